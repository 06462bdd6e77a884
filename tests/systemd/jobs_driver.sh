#!/bin/sh
# Runs inside the container, as a unit of the systemd under test: what the doctor says of units
# that are stopped and killed goes to /out.
set -u
cd /out || exit 1
echo booted > booted

systemctl start first second again once
/srv/lastcall doctor --unit first --json > running.json

systemctl stop --no-block second first
/srv/lastcall doctor --unit first --json > first.json
/srv/lastcall doctor --unit second --json > second.json

# $1 unit: is followed while its main process is killed
kill_under_watch() {
    /srv/lastcall doctor --watch --unit "$1" > "$1.watch" &
    tries=0
    until [ -s "$1.watch" ] || [ "$tries" -gt 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    kill "$(systemctl show -P MainPID "$1")"
    wait $!
}
kill_under_watch again
/srv/lastcall doctor --unit again --json > again.json
kill_under_watch once

echo done > finished
systemctl --force exit 0
