# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
# What is checked inside the guest: each case is a function, and from `enumeration` on each leaves the board attached for the next.
# settings.sh, which tests/guest/run writes, gives the numbers of the board, the ports at the HOST, the identity of the
# page, and the CASES to run (none: all).
. /settings.sh

WAIT=60          # the longest wait for anything (s)
PART=20         # a session has begun when one part in so many of the page is here
VHCI=/sys/devices/platform/vhci_hcd.0
TRUST="--ca /ca.pem --name localhost"
LATCHKEY_WAIT=30 # what the command may wait for the other side (s)

fail()
{
    printf 'FAILED: %s\n' "$*"
    exit 1
}

now()
{
    cut -d . -f 1 /proc/uptime
}

# await DESCRIPTION COMMAND...: waits until the command succeeds.
await()
{
    what=$1 began=$(now)
    shift
    until "$@"; do
        [ $(($(now) - began)) -lt $WAIT ] || fail "waited $WAIT s for $what"
        sleep 0.1
    done
}

# The board in sysfs.
board_folder()
{
    vendor=$(grep -lsx "$VENDOR" /sys/bus/usb/devices/*/idVendor) && printf %s "${vendor%/*}"
}

board_is_configured()
{
    [ "$(cat "$(board_folder)/bConfigurationValue" 2>/dev/null)" = 1 ]
}

board_is_gone()
{
    ! board_folder >/dev/null
}

# Ports of the virtual host controller that are in use.
used_ports()
{
    awk '$3 == "006" { print $2 + 0 }' $VHCI/status
}

try_attach()
{
    usbip --tcp-port "$BOARD_PORT" attach --remote "$HOST" --busid "$BUSID"
}

plug()
{
    await 'the board to be attached' try_attach
    await 'the board to be configured' board_is_configured
}

unplug()
{
    for port in $(used_ports); do
        usbip detach --port "$port" || fail 'the board cannot be detached'
    done
}

has_size()
{
    [ "$(stat -c %s "$1" 2>/dev/null || printf 0)" -ge "$2" ]
}

has_ended()
{
    ! kill -0 "$1" 2>/dev/null
}

# client OPTION...: our client, to the end; its status in STATUS.
client()
{
    rm -f stats.json
    # shellcheck disable=SC2086 # words
    timeout $((WAIT * 2)) latchkey client $TRUST --stats-json stats.json --timeout $LATCHKEY_WAIT "$@" 2>client.log
    STATUS=$?
    cat client.log >&2
}

# fetch OPTION...: fetches the page into `got`.
fetch()
{
    rm -f got
    client "$HOST:$PAGE_PORT" --device usb: --get /page.bin --output got "$@"
}

assert_status()
{
    [ "$STATUS" -eq "$1" ] || fail "$2 ended with status $STATUS instead of $1"
}

assert_page()
{
    [ "$(sha256sum <"$1")" = "$PAGE_SHA256  -" ] || fail "$1 is not byte for byte the page ($(stat -c %s "$1") bytes)"
}

# assert_stats JQ-CONDITION: of the statistics file.
assert_stats()
{
    jq -e "$1" stats.json >/dev/null || {
        cat stats.json
        fail "the statistics do not say: $1"
    }
}

# Every protected record was made or opened on the board, and the board's own counters say so too.
assert_on_board()
{
    assert_stats '.outcome == "OK"'
    assert_stats '[.sent, .received] | all(.device.records > 0 and .software.records == 0)'
    assert_stats '.engine.fallbacks == 0 and .device.rejected == 0'
    assert_stats '.sent.device.records == .device.sealed_records and .received.device.records == .device.opened_records'
}

# as USER COMMAND
as()
{
    su -s /bin/sh "$1" -c "$2"
}

# Cases

no_board()
{
    latchkey devices >out 2>err
    STATUS=$?
    assert_status 1 'latchkey devices'
    cat err
    grep -q 'no board is attached' err || fail 'it does not say that there is no board'
    fetch --engine device
    assert_status 1 'our client'
    grep -q '\[DEVICE_NOT_FOUND\]$' client.log || fail 'it does not name the error'
}

enumeration()
{
    usbip --tcp-port "$BOARD_PORT" list --remote "$HOST" || fail 'the host does not list the board'
    plug
    folder=$(board_folder)
    [ "$(cat "$folder/speed")" = 480 ] || fail "the speed is $(cat "$folder/speed")"
    [ "$(cat "$folder/manufacturer")" = Latchkey ] || fail "the manufacturer is $(cat "$folder/manufacturer")"
}

# lsusb asks for every descriptor and status that a device can have, and complains of each that it cannot understand.
descriptors()
{
    lsusb -v -d "$VENDOR:$PRODUCT" >out 2>err
    STATUS=$?
    cat out err
    assert_status 0 lsusb
    [ ! -s err ] || fail 'lsusb complains'
    ! grep -iE "can't|cannot|couldn't|unrecogni[sz]ed|invalid|warning|error|junk|short|unknown" out || fail 'lsusb complains'
    for fact in 'bcdUSB *2.01' 'iManufacturer .*Latchkey' 'bNumConfigurations *1' 'wMaxPacketSize *0x0200' \
        'PlatformCapabilityUUID *{d8dd60df-4589-4cc7-9cd2-659d9e648a9f}' 'Device Status: *0x0000'; do
        grep -q "$fact" out || fail "lsusb does not say: $fact"
    done
}

# Before the rule: a device belongs to root alone. Then whoever is in the rule's group may use it, and nobody else.
permissions()
{
    as member 'latchkey devices' && fail 'anybody may open the board'
    as member 'latchkey devices' | grep -q DEVICE_PERMISSION || fail 'the command does not tell why'
    as member "latchkey client localhost:1 --engine device --device usb: --ca /ca.pem" >err 2>&1
    cat err
    grep -q 'udev rule' err || fail 'the command does not tell what to do'
    start_udev
    ls -l /dev/bus/usb/*/*
    as member 'latchkey devices' || fail 'a member of the group cannot open the board'
    as stranger 'latchkey devices' && fail 'anybody may open the board'
    unplug
    await 'the board to be gone' board_is_gone
    plug
    udevadm settle --timeout=$WAIT || fail 'udev does not settle'
    as member 'latchkey devices' || fail 'a member of the group cannot open the board that was plugged in again'
}

start_udev()
{
    ln -sf udevadm /bin/systemd-udevd
    systemd-udevd --daemon || fail 'udev cannot be started'
    udevadm trigger --action=add --subsystem-match=usb
    udevadm settle --timeout=$WAIT || fail 'udev does not settle'
}

description()
{
    latchkey devices || fail 'latchkey devices failed'
    latchkey devices --json >devices.json || fail 'latchkey devices --json failed'
    cat devices.json
    jq -e '.[0] | (.uri | startswith("usb:serial=")) and .state == "usable" and .slots >= 256 and .health == 0
        and (.ciphers | index("AES-128-GCM")) and .serial != ""' devices.json >/dev/null || fail 'the description is wrong'
    uri=$(jq -r '.[0].uri' devices.json)
    latchkey devices --device "$uri" || fail "there is no board at $uri"
    latchkey devices --device usb:serial=none && fail 'there is a board with a serial number that no board has'
    true
}

# The page comes in records that the board opens.
receiving()
{
    fetch --engine device
    assert_status 0 'our client'
    assert_page got
    assert_on_board
}

# A session of the older version: records of another shape.
receiving_tls12()
{
    fetch --engine device --tls 1.2
    assert_status 0 'our client'
    assert_page got
    assert_on_board
}

# The board that was plugged in again works as before.
replugged()
{
    receiving
}

# The page goes to a server that sends it back: both directions at once.
both_ways()
{
    rm -f input && mkfifo input
    : >got
    exec 7<>input
    # in a process of its own without the pipe's other end, or the client would never see the end of its input
    (exec 7>&- && client "$HOST:$ECHO_PORT" --device usb: --engine device <input >got) &
    process=$!
    cat /page.bin >&7
    await 'the echo' has_size got "$PAGE_BYTES"
    exec 7>&-
    wait $process
    head -c "$PAGE_BYTES" got >echoed
    assert_page echoed
    assert_on_board
}

# Two programs do not share a board.
second_program()
{
    fetch --engine device >first.log &
    await 'a part of the page' has_size got $((PAGE_BYTES / PART))
    latchkey devices >out 2>err
    cat out err
    grep -q DEVICE_BUSY out err || fail 'the board is not busy'
    wait $!
    assert_page got
}

# fetch_and_unplug POLICY
fetch_and_unplug()
{
    rm -f got stats.json
    (fetch --engine "$1" && exit $STATUS) &
    process=$!
    await 'a part of the page' has_size got $((PAGE_BYTES / PART))
    unplug
    wait $process
    STATUS=$?
    await 'the board to be gone' board_is_gone
}

unplugged_auto()
{
    fetch_and_unplug prefer-device
    assert_status 0 'our client'
    assert_page got
    assert_stats '.outcome == "OK" and .engine.fallbacks > 0 and (.engine.fallback_reason | length) > 0'
    assert_stats '.received.device.records > 0 and .received.software.records > 0'
    grep -q 'went over to software' client.log || fail 'nobody was told'
    plug
}

unplugged_device()
{
    fetch_and_unplug device
    assert_status 1 'our client'
    grep -q '\[DEVICE_LOST\]$' client.log || fail 'the error is not named'
    assert_stats '.outcome == "DEVICE_LOST" and .received.software.records == 0'
    plug
}

unplugged_idle()
{
    unplug
    await 'the board to be gone' board_is_gone
    fetch --engine prefer-device
    assert_status 0 'our client'
    assert_page got
    assert_stats '.received.device.records == 0'
    plug
}

# The kernel's own tests of a device, at the sink and the source of alternate setting 1. Lengths are whole packets: what a source sends
# beyond the end of a transfer is babble. Not for this board: 14 and 21 (vendor requests of Linux' own test gadget), 25 and 26 (interrupt
# endpoints), 15, 16, 22 and 23 (isochronous ones).
kernel_usbtest()
{
    interface=$(board_folder)
    interface=$interface/${interface##*/}:1.0
    node=$(printf /dev/bus/usb/%03d/%03d "$(cat "$(board_folder)/busnum")" "$(cat "$(board_folder)/devnum")")
    insmod /modules/usbtest.ko "vendor=0x$VENDOR" "product=0x$PRODUCT" alt=1 || fail 'the module cannot be loaded'
    [ "$(basename "$(readlink "$interface/driver")")" = usbtest ] || fail 'the module does not take the board'
    [ "$(cat "$interface/bAlternateSetting")" -eq 1 ] || fail 'the alternate setting is not 1'
    while read -r number iterations length vary entries; do
        timeout $WAIT usbtest "$node" "$number" "$iterations" "$length" "$vary" "$entries" || fail "case $number"
    done <<END
0 1 512 512 1
1 20 1024 512 1
2 20 1024 512 1
3 20 1024 421 1
4 20 1024 512 1
5 5 1024 512 16
6 5 1024 512 16
7 5 1024 421 16
8 5 1024 512 16
9 5 512 512 1
10 5 512 512 16
11 10 1024 512 1
12 10 1024 512 1
13 5 1024 512 1
17 10 1024 512 1
18 10 1024 512 1
19 10 1024 512 1
20 10 1024 512 1
24 5 1024 512 8
27 5 1024 512 16
28 5 1024 512 16
29 10 512 512 1
END
    rmmod usbtest
    [ "$(cat "$interface/bAlternateSetting")" -eq 0 ] || fail 'the alternate setting stays'
    receiving
}

# What vhci-hcd says of sockets that fail when the board goes amid a transfer is the unplugging, and no complaint.
quiet_kernel()
{
    ! dmesg | grep -E "BUG:|WARNING:|Oops|Call Trace|did not claim|descriptor read|not accept|cannot find a urb|unknown pdu|usb [0-9].*([Ee]rror|fail|unknown|reset)" ||
        fail 'the kernel complains'
}

# run CASE: in a process and a folder of its own. What it says is shown only if it fails.
run()
{
    case_began=$(now)
    printf '@ runs %s\n' "$1"
    mkdir -p "/tmp/$1"
    if (cd "/tmp/$1" && "$1") >"/tmp/$1.log" 2>&1 </dev/null; then
        printf '@ passed %s %d\n' "$1" $(($(now) - case_began))
        return
    fi
    tail -n 60 "/tmp/$1.log" | sed 's/^/| /'
    dmesg | tail -n 15 | sed 's/^/kernel | /'
    printf '@ failed %s %d\n' "$1" $(($(now) - case_began))
}

ALL="no_board enumeration descriptors permissions description receiving receiving_tls12 both_ways second_program \
    unplugged_auto replugged unplugged_device replugged unplugged_idle replugged kernel_usbtest quiet_kernel"
for name in ${CASES:-$ALL}; do
    run "$name"
done
printf '@ finished\n'
