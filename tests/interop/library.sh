# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the interoperability tests share: peers and boards that are always ended, waits that are bounded, and assertions.
# The environment gives: LATCHKEY, LATCHKEY_BOARD (programs; the latter empty in builds without it), CERTIFICATES (a folder).
LK_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=sim/prepare.sh
source "$LK_SOURCE/sim/prepare.sh"

WAIT=90 # the longest wait for anything (s)
PORT_TRIES=20

fail()
{
    local log
    printf 'FAILED: %s\n' "$*" >&2
    for log in "$WORK"/*.log; do
        [[ -s $log ]] && printf -- '--- the end of %s\n' "${log##*/}" && tail -n 15 "$log"
    done >&2
    exit 1
}

begin()
{
    # the environment of whoever runs the tests must not decide them
    unset LATCHKEY_DEVICE SSLKEYLOGFILE
    lk_guard
    lk_make_folder
    WORK=$LK_FOLDER
    cd "$WORK" || exit 1
}

# await DESCRIPTION COMMAND...: waits until the command succeeds.
await()
{
    local what=$1 began=$SECONDS
    shift
    until "$@"; do
        ((SECONDS - began < WAIT)) || fail "waited $WAIT s for $what"
        sleep 0.05
    done
}

size_of()
{
    stat -c %s "$1" 2>/dev/null || printf 0
}

has_size()
{
    (($(size_of "$1") >= $2))
}

has_ended()
{
    ! kill -0 "$1" 2>/dev/null
}

# Waits for a process to end by itself; its status in STATUS.
await_end()
{
    await "the end of $2" has_ended "$1"
    wait "$1"
    STATUS=$?
}

# True when a process is gone, or someone listens on the port: then one look at the process tells which.
listens_or_ended()
{
    has_ended "$1" || grep -qE "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$2") [0-9A-F]+:0000 0A " /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# Inputs that this script feeds and ends: our server's by descriptor 7, the peer's by descriptor 8. Nobody else may hold these open,
# or the end would not be seen.
open_inputs()
{
    mkfifo server.in peer.in
    exec 7<>server.in 8<>peer.in
}

# input_of NAME: the pipe of that name, or nothing to read.
input_of()
{
    if [[ -p $1 ]]; then
        printf %s "$1"
    else
        printf /dev/null
    fi
}

# start_on_port LOG COMMAND...: starts a server that must be told its port (PORT in a word stands for it). A port that is taken in
# the meantime ends the server: then another one is tried. Sets PORT and PEER. Its input is peer.in when that exists.
start_on_port()
{
    local log=$1 tries word words
    shift
    for ((tries = 0; tries < PORT_TRIES; tries++)); do
        PORT=$((20000 + RANDOM % 12000))
        listens_or_ended $$ "$PORT" && continue
        words=()
        for word in "$@"; do
            words+=("${word//PORT/$PORT}")
        done
        lk_spawn "${words[@]}" <"$(input_of peer.in)" >peer.out 2>"$log.log" 7>&- 8>&-
        PEER=$LK_PROCESS
        await "$1 to listen" listens_or_ended "$PEER" "$PORT"
        has_ended "$PEER" || return 0
    done
    fail "$1 found no port in $PORT_TRIES tries"
}

# start_board ulpi|direct [OPTION...]: sets URI and BOARD.
start_board()
{
    rm -f uri
    lk_spawn "$LATCHKEY_BOARD" --listen 127.0.0.1:0 --uri-file uri --phy "$1" "${@:2}" >board.log 2>&1 </dev/null
    BOARD=$LK_PROCESS
    await 'the board' board_is_up
    URI=$(<uri)
}

board_is_up()
{
    has_ended "$BOARD" && fail 'the board ended before it was ready'
    [[ -s uri ]]
}

# choose_engine software|direct|ulpi: starts a board if one is needed; the options for the command in ENGINE.
choose_engine()
{
    # shellcheck disable=SC2034 # used by who sources this
    ENGINE=(--engine software)
    if [[ $1 != software ]]; then
        start_board "$1"
        # shellcheck disable=SC2034
        ENGINE=(--engine device --device "$URI")
    fi
}

# start_server OPTION...: our server on a port of the kernel's choice. Sets PORT and SERVER. Its input is server.in if that exists.
start_server()
{
    rm -f port
    lk_spawn "$LATCHKEY" server 127.0.0.1:0 --port-file port --stats-json stats.json --timeout "$WAIT" "$@" \
        <"$(input_of server.in)" >server.out 2>server.log 7>&- 8>&-
    SERVER=$LK_PROCESS
    await 'our server' server_is_up
    PORT=$(<port)
}

server_is_up()
{
    has_ended "$SERVER" && fail 'our server ended before it was ready'
    [[ -s port ]]
}

# client OPTION...: our client, to the end, bounded; its status in STATUS.
client()
{
    timeout "$WAIT" "$LATCHKEY" client "localhost:$PORT" --stats-json stats.json --timeout "$WAIT" "$@" 2>client.log
    STATUS=$?
}

assert_status()
{
    ((STATUS == $1)) || fail "$2 ended with status $STATUS instead of $1"
}

assert_same()
{
    cmp "$1" "$2" || fail "$2 is not byte for byte $1 ($(size_of "$1") bytes)"
}

# assert_stats JQ-CONDITION: of the statistics file.
assert_stats()
{
    jq -e "$1" stats.json >/dev/null || {
        cat stats.json >&2
        fail "the statistics do not say: $1"
    }
}

# One line on standard error that names the error.
assert_complaint()
{
    local log=$1 name=$2
    grep -q "^latchkey: .*\[$name\]\$" "$log" || fail "$log does not name $name"
    (($(grep -c '^latchkey: .*\[[A-Z_0-9]*\]$' "$log") == 1)) || fail "$log does not name the error in one line"
}

# Every protected record was made or opened by the engine that was asked for; on a board, its own counters say so too. OUTCOME: how the
# connection ended, where it was not well.
assert_engine()
{
    assert_stats ".outcome == \"${OUTCOME:-OK}\""
    if [[ $1 == software ]]; then
        assert_stats '[.sent, .received] | all(.software.records > 0 and .device.records == 0)'
        return
    fi
    assert_stats '[.sent, .received] | all(.device.records > 0 and .software.records == 0)'
    assert_stats '.engine.fallbacks == 0 and .device.rejected == 0'
    assert_stats '.sent.device.records == .device.sealed_records and .received.device.records == .device.opened_records'
}
