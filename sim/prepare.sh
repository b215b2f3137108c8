# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What sim/demo and tests/run share (they source it): finding and installing what is missing, steps that show their progress, and
# processes that are always ended.

# What is needed, one a line: Debian package, check, its arguments; where to get it elsewhere.
# shellcheck disable=SC2034 # used by who sources this
LK_NEEDS_DEMO='
build-essential   | command c++             | a C11 and C++17 compiler and make; https://gcc.gnu.org
cmake             | version cmake 3.25      | CMake 3.25 or later; https://cmake.org/download
ninja-build       | command ninja           | Ninja; https://ninja-build.org
pkg-config        | command pkg-config      | pkg-config; https://www.freedesktop.org/wiki/Software/pkg-config
verilator         | version verilator 5.006 | Verilator 5.006 or later; https://verilator.org
libssl-dev        | module libcrypto 3.0    | libcrypto 3.0 or later with headers; https://openssl.org
libusb-1.0-0-dev  | module libusb-1.0       | libusb 1.0 with headers; https://libusb.info
libjansson-dev    | module jansson          | Jansson with headers; https://github.com/akheron/jansson
zlib1g-dev        | module zlib             | zlib with headers; https://zlib.net
openssl           | command openssl         | the openssl command; https://openssl.org
jq                | command jq              | jq; https://jqlang.github.io/jq
'
# shellcheck disable=SC2034
LK_NEEDS_TESTS='
libcriterion-dev  | module criterion        | Criterion with headers; https://github.com/Snaipe/Criterion
gnutls-bin        | command gnutls-serv     | gnutls-cli and gnutls-serv; https://gnutls.org
curl              | command curl            | curl; https://curl.se
libnss3-tools     | command tstclnt         | tstclnt, selfserv and certutil; https://firefox-source-docs.mozilla.org/security/nss
libmbedtls-dev    | folder /usr/include/mbedtls | Mbed TLS 2.28 with headers; https://www.trustedfirmware.org/projects/mbed-tls
libwolfssl-dev    | module wolfssl          | wolfSSL with headers; https://www.wolfssl.com
iverilog          | command iverilog        | Icarus Verilog; https://github.com/steveicarus/iverilog
yosys             | command yosys           | Yosys; https://yosyshq.net/yosys
z3                | command z3              | Z3; https://github.com/Z3Prover/z3
clang-format      | command clang-format    | clang-format; https://clang.llvm.org
tshark            | command tshark          | tshark, of Wireshark; https://www.wireshark.org
clang             | command clang           | Clang; https://clang.llvm.org
libclang-rt-dev   | fuzzer clang            | libFuzzer (compiler-rt of LLVM); https://llvm.org/docs/LibFuzzer.html
'
# shellcheck disable=SC2034
LK_NEEDS_PLOTS='
gnuplot-nox       | command gnuplot         | gnuplot; http://gnuplot.info
'

# Published test vectors, where lk_is_debian says that they are packaged: elsewhere their tests are skipped.
# shellcheck disable=SC2034
LK_NEEDS_VECTORS='
python3-cryptography-vectors | folder /usr/lib/python3/dist-packages/cryptography_vectors | the test vectors of pyca/cryptography
'

# For tests/guest/run, where lk_has_guest says so.
# shellcheck disable=SC2034
LK_NEEDS_GUEST='
qemu-system-x86   | command qemu-system-x86_64 | QEMU for x86; https://www.qemu.org
cpio              | command cpio            | GNU cpio; https://www.gnu.org/software/cpio
xz-utils          | command xz              | XZ Utils; https://tukaani.org/xz
'

LK_PROCESSES=()   # ended when the script ends, whatever the reason
LK_FOLDERS=()     # removed then
LK_PROGRESS_FROM=2    # a step that takes longer than this shows progress (s)
LK_PROGRESS_EVERY=10  # and then again after so long, where there is no terminal (s)

lk_fail()
{
    printf '%s: %s\n' "$LK_SCRIPT" "$*" >&2
    exit 1
}

# Starts a command in the background, in a process group of its own, to be ended when the script ends; its id in LK_PROCESS.
lk_spawn()
{
    set -m
    "$@" &
    LK_PROCESS=$!
    set +m
    LK_PROCESSES+=("$LK_PROCESS")
}

# lk_end_process PROCESS [SECONDS]: ends a process of ours and what it started, by its id: politely, then, after so long, by force.
lk_end_process()
{
    local process=$1 tries=$((${2:-5} * 10))
    kill -TERM -- "-$process" 2>/dev/null || return 0
    while kill -0 "$process" 2>/dev/null && ((tries-- > 0)); do
        sleep 0.1
    done
    kill -KILL -- "-$process" 2>/dev/null
    return 0
}

lk_clean_up()
{
    local process folder
    for process in "${LK_PROCESSES[@]}"; do
        lk_end_process "$process"
    done
    for folder in "${LK_FOLDERS[@]}"; do
        rm -rf "$folder"
    done
}

# From here on the end of the script ends its processes and removes its folders.
lk_guard()
{
    trap lk_clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
}

# A folder that lives as long as the script; its name in LK_FOLDER.
lk_make_folder()
{
    LK_FOLDER=$(mktemp -d) || lk_fail "no temporary folder can be made in ${TMPDIR:-/tmp}: is it full?"
    LK_FOLDERS+=("$LK_FOLDER")
}

# Shows that a step goes on: on a terminal a spinner that stays in its line, elsewhere a line now and then.
lk_show_progress()
{
    local title=$1 log=$2 elapsed=$3 turn=$4 last
    last=$(tail -c 300 "$log" | tr '\r' '\n' | grep -v '^[[:space:]]*$' | tail -n 1 | tr -cd '[:print:]' | cut -c 1-60)
    if [[ -t 1 ]]; then
        printf '\r\033[K%s %s (%d s) %s' "${LK_SPINNER:turn % 4:1}" "$title" "$elapsed" "$last"
    elif ((elapsed >= LK_NEXT_LINE)); then
        LK_NEXT_LINE=$((elapsed + LK_PROGRESS_EVERY))
        printf '  ... %s (%d s) %s\n' "$title" "$elapsed" "$last"
    fi
}
LK_SPINNER='|/-+'

# lk_step TITLE COMMAND...: runs a command quietly, with progress; the title is short, a line of a terminal and a file's name. When it fails: the end of what it said, and its status.
lk_step()
{
    local title=$1 log began=$SECONDS turn=0 process status
    shift
    [[ -n ${LK_LOGS:-} ]] || { lk_make_folder; LK_LOGS=$LK_FOLDER; }
    log=$LK_LOGS/$(printf '%s' "$title" | tr -c '[:alnum:]' _).log
    LK_NEXT_LINE=$LK_PROGRESS_FROM
    : >"$log" || lk_fail "the log of a step cannot be written: is there room in ${LK_LOGS}?"
    lk_spawn "$@" >"$log" 2>&1 </dev/null
    process=$LK_PROCESS
    while kill -0 "$process" 2>/dev/null; do
        sleep 0.1
        lk_show_progress "$title" "$log" $((SECONDS - began)) $((turn++))
    done
    wait "$process"
    status=$?
    unset 'LK_PROCESSES[-1]'
    [[ -t 1 ]] && printf '\r\033[K'
    if ((status != 0)); then
        printf '%s: FAILED after %d s; the end of what it said:\n' "$title" $((SECONDS - began))
        tail -n 60 "$log"
        return "$status"
    fi
    printf '%s: done (%d s)\n' "$title" $((SECONDS - began))
}

# True when the first version number is not below the second.
lk_version_reaches()
{
    [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

lk_has()
{
    local kind=$1 name=$2 least=${3:-} found
    case $kind in
    command) command -v "$name" >/dev/null ;;
    folder) [[ -d $name ]] ;;
    module) pkg-config --exists "$name${least:+ >= $least}" 2>/dev/null ;;
    fuzzer) "$name" -fsanitize=fuzzer -x c -o /dev/null - <<<'int LLVMFuzzerTestOneInput(void) { return 0; }' 2>/dev/null ;;
    version)
        found=$("$name" --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+' | head -n 1) || return 1
        lk_version_reaches "$found" "$least"
        ;;
    esac
}

# Puts the lines of a table whose check fails into LK_MISSING, their packages into LK_PACKAGES.
lk_find_missing()
{
    local package check title
    LK_MISSING=() LK_PACKAGES=()
    while IFS='|' read -r package check title; do
        package=${package// /}
        [[ -n $package ]] || continue
        # shellcheck disable=SC2086 # the check is words
        lk_has $check && continue
        LK_PACKAGES+=("$package")
        LK_MISSING+=("${title# }")
    done <<<"$1"
}

lk_print_missing()
{
    local i
    printf '%s: this is missing:\n' "$LK_SCRIPT"
    for i in "${!LK_MISSING[@]}"; do
        printf '  %s (package %s on Debian and Ubuntu)\n' "${LK_MISSING[i]}" "${LK_PACKAGES[i]}"
    done
} >&2

# True on Debian and what descends from it.
lk_is_debian()
{
    command -v apt-get >/dev/null && grep -qiE '^ID(_LIKE)?=.*(debian|ubuntu)' /etc/os-release 2>/dev/null
}

# True where the guest of tests/guest can be made: its kernel and tools are Debian's, its programs those that are built here.
lk_has_guest()
{
    grep -qsx 'ID=debian' /etc/os-release && [[ $(dpkg --print-architecture) == amd64 ]]
}

# How to become root: nothing when we are, sudo when it works without asking (or there is somebody to ask).
lk_find_root()
{
    LK_ROOT=()
    ((EUID == 0)) && return 0
    command -v sudo >/dev/null || return 1
    LK_ROOT=(sudo)
    sudo -n true 2>/dev/null && return 0
    [[ -t 0 && -t 1 ]] && sudo -v
}

lk_apt()
{
    "${LK_ROOT[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 "$@"
}

# lk_prepare TABLE...: makes sure that everything in the tables is here. Installs where it may; otherwise says what is missing and
# how to get it, and ends the script.
lk_prepare()
{
    local table="$*"
    lk_find_missing "$table"
    ((${#LK_MISSING[@]} == 0)) && return 0
    if ! lk_is_debian; then
        lk_print_missing
        lk_fail 'install it with the package manager of this system, or from the addresses above, and run this again.'
    fi
    if ! lk_find_root; then
        lk_print_missing
        lk_fail "only root may install it: run 'apt-get install ${LK_PACKAGES[*]}' as root, and this again."
    fi
    lk_step 'Reading the package lists' lk_apt update ||
        printf '%s: the package lists could not be renewed; going on with the old ones\n' "$LK_SCRIPT" >&2
    printf 'To be installed: %s\n' "${LK_PACKAGES[*]}"
    lk_step "Installing ${#LK_PACKAGES[@]} packages" lk_apt install --yes --no-install-recommends "${LK_PACKAGES[@]}" ||
        lk_fail 'the packages could not be installed: is there a network, and room on the disk?'
    lk_find_missing "$table"
    ((${#LK_MISSING[@]} == 0)) && return 0
    lk_print_missing
    lk_fail 'what this system packages is too old or incomplete: install it from the addresses above, and run this again.'
}
