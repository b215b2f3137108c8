# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What prove and mutate share (they source it): reading a property's own description, and running its proof.

LK_FORMAL=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LK_RTL=$LK_FORMAL/../../rtl
LK_SOLVER=z3

lk_fail()
{
    printf '%s: %s\n' "$LK_SCRIPT" "$*" >&2
    exit 2
}

lk_need_tools()
{
    local tool
    for tool in yosys yosys-smtbmc "$LK_SOLVER"; do
        command -v "$tool" >/dev/null || lk_fail "there is no $tool here (packages yosys and $LK_SOLVER on Debian and Ubuntu)"
    done
}

# Every property, one a line.
lk_properties()
{
    local file
    for file in "$LK_FORMAL"/*.v; do
        basename "$file" .v
    done
}

# lk_describe PROPERTY KEY: what stands behind `// KEY: ` in the head of the property's file, one a line.
lk_describe()
{
    sed -n "s|^// $2: ||p" "$LK_FORMAL/$1.v"
}

# The words A to B of a memory, MEMORY[A..B], as one vector with the first word lowest; anything else as it is.
lk_expand()
{
    local memory range word
    [[ $1 == *..* ]] || { printf '%s' "$1"; return; }
    memory=${1%[*} range=${1##*[} range=${range%]}
    for ((word = ${range#*..}; word > ${range%..*}; word--)); do
        printf '%s[%d],' "$memory" "$word"
    done
    printf '%s[%d]' "$memory" "$word"
}

# lk_translate PROPERTY RTL FOLDER METHOD: makes FOLDER/proof.smt2 of the property, and of the modules under RTL.
#
# A module's own assumptions become assertions: only the property may assume. What is cut is replaced by outputs that do what they
# like, and so is an input that the property leaves open. With any-state the modules have no initial values, but the property has. What
# the property sees of the inside is connected to its own wires.
lk_translate()
{
    local name=$1 rtl=$2 folder=$3 method=$4 forgets='' cut cuts='' seen sees='' inside map='memory_collect' memory
    while read -r cut; do
        case $cut in
        */*) cuts+="cutpoint *${cut%/*}*/w:${cut#*/}; " ;;
        *) cuts+="cutpoint =*$cut*; delete *$cut*/m:*; " ;;
        esac
    done < <(lk_describe "$name" cut)
    while read -r seen inside; do
        sees+="connect -nounset -set $seen $(lk_expand "$inside"); "
    done < <(lk_describe "$name" sees)
    if [[ $method == any-state ]]; then
        forgets='setattr -unset init * @top %d'
    fi
    memory=$(lk_describe "$name" memory)
    [[ $memory != registers ]] || map='memory_collect; memory_map'
    cat >"$folder/proof.ys" <<SCRIPT
read_verilog -formal -I$rtl/include $rtl/stream/*.v $rtl/crypto/*.v $rtl/record/*.v $LK_FORMAL/$name.v
hierarchy -check -top formal_$name
proc
chformal -early
select -module formal_$name; select -set top *; select -clear
chformal -assume -assume2assert * @top %d
$forgets
$cuts
flatten
$map
cd formal_$name; $sees cd
opt_clean
tee -q -o $folder/check.log check
setundef -undriven -anyseq
opt -keepdc
dffunmap
check -assert
write_smt2 -wires $folder/proof.smt2
SCRIPT
    yosys -q -e 'Width|conflict|Ignoring' -l "$folder/yosys.log" "$folder/proof.ys" >"$folder/yosys.out" 2>&1 ||
        { cat "$folder/yosys.out"; return 1; }
    # A wire of the property's own without a driver is a mistake: it would take any value.
    ! grep -E "Wire formal_$name"'\.\\[a-z0-9_]+( \[[0-9]+\])? is used but has no driver' "$folder/check.log"
}

# lk_solve FOLDER LOG OPTION...: true when the solver finds nothing; what it said is in FOLDER/LOG.
lk_solve()
{
    local folder=$1 log=$1/$2
    shift 2
    yosys-smtbmc -s "$LK_SOLVER" --unroll --noprogress --dump-vcd "$folder/trace.vcd" "$@" "$folder/proof.smt2" >"$log" 2>&1
    case $(tail -n 1 "$log") in
    *'Status: PASSED'* | *'Status: passed'*) return 0 ;;
    *'Status: FAILED'* | *'Status: failed'*) return 1 ;;
    esac
    cat "$log" >&2
    lk_fail "the solver said neither yes nor no ($log)"
}

# lk_prove PROPERTY RTL FOLDER: the verdict in LK_VERDICT; false when it is FAILED, then LK_FOUND says by what.
lk_prove()
{
    local name=$1 rtl=$2 folder=$3 method depth least
    read -r method depth < <(lk_describe "$name" method)
    [[ -n ${depth:-} ]] || lk_fail "$name.v does not say '// method: METHOD DEPTH'"
    LK_VERDICT="FAILED (trace $folder/trace.vcd, log $folder/bounded.log)" LK_FOUND='by a trace'
    lk_translate "$name" "$rtl" "$folder" "$method" || lk_fail "$name cannot be translated"
    case $method in
    bounded)
        lk_solve "$folder" bounded.log -t "$depth" || return 1
        LK_VERDICT="BOUNDED (depth $depth)"
        ;;
    any-state)
        lk_solve "$folder" bounded.log -t "$depth" || return 1
        LK_VERDICT="PROVEN (from any state, depth $depth)"
        ;;
    induction)
        lk_solve "$folder" bounded.log -t "$depth" || return 1
        LK_VERDICT="FAILED (no proof by induction; trace $folder/trace.vcd, log $folder/induction.log)" LK_FOUND='by the induction'
        lk_solve "$folder" induction.log -i -t "$depth" || return 1
        least=$(sed -nE 's/.*Trying induction in step ([0-9]+)\.\..*/\1/p' "$folder/induction.log" | tail -n 1)
        LK_VERDICT="PROVEN (by induction, depth $((depth - least)))"
        ;;
    *) lk_fail "$name.v: there is no method '$method'" ;;
    esac
}
