#!/bin/bash
# `lastcall doctor --unit` against a real systemd: each unit raises the rules of its row and no
# others, before its stop, during it, and after it.
#
#   doctor.sh LASTCALL DOCTOR_SUBJECT
here=$(dirname "$(readlink -f "$0")")
. "$here/container.sh"

make_root systemd_doctor "$1"
cp "$2" "$root/srv/subject"
cp "$here/doctor_driver.sh" "$root/srv/driver.sh"
cp -r /etc/alternatives "$root/etc/" # libraries whose names go through it (libblas and the like)
cp /etc/ld.so.cache "$root/etc/" 2> /dev/null

helper='/bin/sh -c "sleep 300 & exec /srv/subject good"'
shell='/bin/sh -c "/srv/subject good; :"'
# The unit, what is in it, and the rules: of the unit as it runs.
unit good exec 90s '/srv/subject good'
unit helper exec 90s "$helper"
unit helper-mixed exec 90s "$helper" KillMode=mixed
unit shell exec 90s "$shell"
unit shell-mixed exec 90s "$shell" KillMode=mixed
unit helper-process exec 90s "$helper" KillMode=process
unit none exec 90s '/srv/subject good' KillMode=none
unit endless exec infinity '/srv/subject good' SendSIGKILL=no
unit by-hup exec 90s 'nohup /srv/subject good' KillSignal=SIGHUP
unit pid-file forking 90s '/bin/sh -c "/srv/subject good & echo $! > /run/pid-file.pid"' \
    PIDFile=/run/pid-file.pid
[ ! -x /usr/bin/redis-server ] ||
    unit redis exec 5s '/usr/bin/redis-server --port 8090 --save "" --shutdown-timeout 20'
# Of the unit while it stops.
unit deaf exec 90s '/srv/subject ignores'
unit slow exec 90s '/srv/subject slow-handler'
unit idle exec 90s '/srv/subject idle'
unit exec-stop exec 90s '/srv/subject good' 'ExecStop=/bin/sleep 300'
unit steps exec 4s '/srv/subject slow-handler' 'ExecStop=/bin/sleep 3'
unit stop-post exec 90s '/srv/subject good' 'ExecStopPost=/bin/sleep 300'
boot

# $1 report, $2 its rules
raises() {
    /usr/bin/python3 - "$out/$1.json" "$2" << 'PYTHON'
import json, sys
found = sorted(one["rule"] for one in json.load(open(sys.argv[1]))["findings"])
sys.exit(0 if found == sys.argv[2].split() else f"{found}")
PYTHON
}
while read -r name rules; do
    [ -e "$root/etc/systemd/system/${name%.*}.service" ] || continue
    check "$name raises '$rules', and no others" raises "$name" "$rules"
done << 'ROWS'
good
helper
helper-mixed
shell
shell-mixed L16
helper-process L55
none L55
endless L55
by-hup L04
pid-file
pid-file.stale L61
redis L53
deaf.before L03
deaf L03 L54
slow.before
slow L09 L54
idle.before
idle L41 L43 L54
exec-stop.before
exec-stop L54
stop-post L54
helper-process.after L57
ROWS

check 'nobody is signalled by KillMode=none' grep -q '"reached":false' "$out/none.json"
check 'ExecStop= is named' grep -q 'ExecStop= has not ended' "$out/exec-stop.json"
check 'and its process' grep -q '"pid": *'"$(cat "$out/exec-stop.control")"'\b' "$out/exec-stop.json"
check 'what runs behind the main process is named' \
    grep -q 'the main process has ended' "$out/stop-post.json"
check 'systemd is at stop-sigterm, and for how long is told' \
    grep -q 'stop-sigterm, for [2-9]s' "$out/deaf.json"
check 'the unit of a process id is found' cmp "$out/deaf.rules" "$out/deaf.pid.rules"
# $1 what a watch has printed, then what has to be in it, in this order
tells() {
    local file=$1 line=0 found each
    shift
    for each in "$@"; do
        found=$(tail -n +$((line + 1)) "$file" | grep -n -m 1 -e "$each" | cut -d: -f1)
        [ -n "$found" ] || return 1
        line=$((line + found))
    done
}
check 'a watch follows the steps of the stop, and ends with it' \
    tells "$out/steps.watch" 'ExecStop= has not ended' 'L09' 'it has ended'
check 'a unit that is over, and left nothing, is said' \
    grep -q 'does not run' "$out/good.after.text"
finish "$out/driver.log" "$out/steps.watch" "$out"/*.json
