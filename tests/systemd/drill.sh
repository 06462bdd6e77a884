#!/bin/bash
# `lastcall drill --unit` against a real systemd: the example service as a unit passes, one
# that ignores SIGTERM is killed by systemd and fails, and what is no unit is said.
#
#   drill.sh LASTCALL ORDERS
here=$(dirname "$(readlink -f "$0")")
. "$here/container.sh"

make_root systemd_drill "$1" "$2"
cp "$here/drill_driver.sh" "$root/srv/driver.sh"
cp -r /etc/alternatives "$root/etc/" # libraries whose names go through it (libblas and the like)
cp /etc/ld.so.cache "$root/etc/" 2> /dev/null
echo '127.0.0.1 localhost' > "$root/etc/hosts"

unit orders notify 8s '/srv/orders --listen 127.0.0.1:8080 --db sqlite:/tmp/orders.db --temp-dir /tmp --grace 7s'
unit deaf exec 2s "/bin/sh -c 'trap \"\" TERM; /usr/bin/python3 -m http.server --bind 127.0.0.1 8081 & wait; sleep 100'"
boot

status_is() { [ "$(cat "$out/$1.status")" = "$2" ]; }
# $1 report, $2 criterion, $3 its standing
stands() {
    /usr/bin/python3 -c '
import json, sys
made = {one["id"]: one["standing"] for one in json.load(open(sys.argv[1]))["criteria"]}
sys.exit(made[sys.argv[2]] != sys.argv[3])' "$out/$1.json" "$2" "$3"
}
# $1 report, $2 milliseconds
grace_is() {
    /usr/bin/python3 -c '
import json, sys
sys.exit(json.load(open(sys.argv[1]))["settings"]["grace_ms"] != int(sys.argv[2]))' "$out/$1.json" "$2"
}
check 'nothing of it was lost in flight' stands orders V04 pass
check 'its exit code is known' stands orders V03 pass
check 'its stop was that of the unit, within its 8 s' grace_is orders 8000
check 'who ignores SIGTERM fails' status_is deaf 3
check 'because systemd had to kill it' stands deaf V02 fail
check 'what is no unit is said' status_is none 1
check 'with its name' grep -q 'no-such-unit' "$out/none.text"
# Five times in a row this machine did not give the drill its share of a processor.
if status_is orders 4 && grep -q 'requests were sent late' "$out/orders.text"; then
    [ "$violations" -gt 0 ] || cannot_run "a machine that is less busy: $(cat "$out/orders.text")"
fi
check 'the example service passes as a unit' status_is orders 0
finish "$out/driver.log" "$out/orders.text" "$out/deaf.text" "$out/none.text"
