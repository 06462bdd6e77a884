#!/bin/sh
# Runs inside the container, as a unit of the systemd under test.
set -u
cd /out || exit 1
echo booted > booted
exec > driver.log 2>&1

# $1 name of the report, then whom to look at
look() {
    name=$1
    shift
    /srv/lastcall doctor --json "$@" > "$name.json" 2> "$name.text" &
}
rules_of() { grep -o '"rule": *"[^"]*"' "$1.json"; }

# $1 unit, $2 its SubState: waits for it, 20 s at most
wait_for() {
    tries=0
    until [ "$(systemctl show -P SubState "$1.service")" = "$2" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 200 ] || return 1
        sleep 0.1
    done
}

units=$(cd /etc/systemd/system && ls ./*.service | sed 's,^\./,,; s,\.service$,,; /^driver$/d')
# shellcheck disable=SC2086  # one word for each
systemctl start $units
sleep 2 # younger ones are given time for their handlers
for unit in $units; do
    case $unit in
        steps) ;;
        deaf | slow | idle | exec-stop | stop-post) look "$unit.before" --unit "$unit" ;;
        *) look "$unit" --unit "$unit" ;;
    esac
done
wait

/srv/lastcall doctor --watch --unit steps > steps.watch 2>&1 &
systemctl stop --no-block steps
systemctl stop --no-block deaf slow idle exec-stop stop-post
wait_for deaf stop-sigterm
wait_for slow stop-sigterm
wait_for idle stop-sigterm
wait_for exec-stop stop
wait_for stop-post stop-post
sleep 2 # a listener may be kept for a moment, to announce the stop
for unit in deaf slow idle exec-stop stop-post; do
    look "$unit" --unit "$unit.service"
done
look deaf.pid "$(systemctl show -P MainPID deaf.service)"
systemctl show -P ControlPID exec-stop.service > exec-stop.control
echo 1 > /run/pid-file.pid
look pid-file.stale --unit pid-file
systemctl stop good helper-process
look helper-process.after --unit helper-process
look good.after --unit good
wait
for report in deaf deaf.pid; do
    rules_of "$report" > "$report.rules"
done
systemctl kill --signal=KILL deaf slow idle exec-stop stop-post # else the exit waits for them
echo finished > finished
systemctl --force exit 0
