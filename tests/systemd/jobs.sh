#!/bin/bash
# `lastcall doctor` against a real systemd: a stop that waits for that of another unit (L56), a
# service that is started again (L58), and neither where there is none.
#
#   jobs.sh LASTCALL
here=$(dirname "$(readlink -f "$0")")
. "$here/container.sh"

make_root systemd_jobs "$1"
cp "$here/jobs_driver.sh" "$root/srv/driver.sh"
cp -r /etc/alternatives "$root/etc/" # libraries whose names go through it (libblas and the like)
cp /etc/ld.so.cache "$root/etc/" 2> /dev/null

# Stopped together, `second` goes first, and takes its time.
unit first exec 20s '/bin/sleep 1000'
unit second exec 6s "/bin/sh -c 'trap : TERM; while :; do sleep 1; done'"
sed -i 's/^After=.*/& first.service/' "$root/etc/systemd/system/second.service"
unit again exec 20s '/bin/sleep 1000' Restart=always RestartSec=200ms
unit once exec 20s '/bin/sleep 1000'
boot

# $1 report, $2 rule: it is among the findings
finds() {
    /usr/bin/python3 -c '
import json, sys
rules = [one["rule"] for one in json.load(open(sys.argv[1]))["findings"]]
sys.exit(sys.argv[2] not in rules)' "$out/$1.json" "$2"
}
finds_no() { [ -s "$out/$1.json" ] && ! finds "$1" "$2"; }

check 'a stop waits for another unit' finds first L56
check 'which is named' grep -qF 'waits for second.service/stop' "$out/first.json"
check 'the other one waits for nobody' finds_no second L56
check 'who runs has no job' finds_no running L56
check 'who runs was not started again' finds_no running L58
check 'who was killed is started again' grep -q 'L58 pid .* was started again' "$out/again.watch"
check 'and systemd would not do that by its own stop' grep -qF 'systemctl stop again.service' \
    "$out/again.watch"
check 'one look tells it by the counter' finds again L58
check 'who stays away was not' grep -q 'it has ended' "$out/once.watch"
check 'so nothing is said' bash -c "! grep -q L58 '$out/once.watch'"
finish "$out"/*.json "$out"/*.watch
