#!/bin/bash
# Has a real systemd stop a service of ours, and checks what both of them say: that the
# deadline came from the unit, that the stop was clean, that the progress was told; and
# that a service that cannot end is ended by itself, before systemd has to kill it.
#
#   run.sh SERVICE_BINARY
here=$(dirname "$(readlink -f "$0")")
. "$here/container.sh"

make_root systemd_stop "$here/driver.sh"
cp "$1" "$root/srv/service"
mkfifo "$root/out/drains.fifo" "$root/out/stuck.fifo"

unit drains notify 7s '/srv/service drains /out/drains.json /out/drains.fifo'
unit stuck notify 3s '/srv/service stuck /out/stuck.json /out/stuck.fifo'
unit deaf exec 1s "/bin/sh -c 'trap \"\" TERM; while :; do sleep 0.1; done'"
unit careless exec 7s '/bin/sleep 3600'
boot

# $1 unit: the checks of a clean stop, in the words of systemd
count_violations_of_a_clean_stop() {
    local count=0
    grep -qx 'Result=success' "$out/$1.ended" || count=$((count + 1))
    grep -qF 'STATUS=draining, 1 inside; shop: finishing order 17' "$out/$1.journal" || count=$((count + 1))
    echo "$count"
}

check 'READY=1 made the unit active' grep -qx 'ActiveState=active' "$out/drains.running"
check 'STOPPING=1 made it deactivating' grep -qx 'ActiveState=deactivating' "$out/drains.stopping"
check 'systemd shows the progress' \
    grep -qx 'StatusText=draining, 1 inside; shop: finishing order 17' "$out/drains.stopping"
check 'the report says that the grace is the 7 s' grep -q '"grace_ms":7000[,.}]' "$out/drains.json"
check 'and that it came from systemd' grep -q '"grace_source":"systemd"' "$out/drains.json"
check 'the report is of a clean stop' grep -q '"result":"clean"' "$out/drains.json"
check 'systemd saw a clean exit' grep -qx 'ExecMainStatus=0' "$out/drains.ended"
check 'the stop was clean for systemd, with STATUS in its journal' \
    test "$(count_violations_of_a_clean_stop drains)" = 0
check 'what cannot end is ended by its own watchdog' \
    grep -qx 'ExecMainStatus=83' "$out/stuck.ended"
check 'and not by the SIGKILL of systemd' grep -qx 'Result=exit-code' "$out/stuck.ended"
check 'its journal names the order that was inside' grep -qF 'order 17' "$out/stuck.journal"
check 'a service that does not stop would be found out' \
    test "$(count_violations_of_a_clean_stop deaf)" = 2
check 'a drain that waits for nothing would be found out' \
    test "$(count_violations_of_a_clean_stop careless)" != 0

finish "$out"/*.ended "$out"/*.running "$out"/*.stopping "$out"/*.json "$out"/*.journal
