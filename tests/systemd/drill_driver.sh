#!/bin/sh
# Runs inside the container, as a unit of the systemd under test.
set -u
cd /out || exit 1
echo booted > booted
exec > driver.log 2>&1

# $1 name of the results, then the arguments of a drill
drill() {
    name=$1
    shift
    /srv/lastcall drill -q --load 1500ms --json "$name.json" "$@" > "$name.text" 2>&1
    echo $? > "$name.status"
}

# One that is inconclusive, because the machine was too busy to send the load in time, is repeated.
for _ in 1 2 3 4 5; do
    systemctl start orders.service
    drill orders --unit orders.service --url http://127.0.0.1:8080/ --post /orders \
        --body '{"item":"{id}","quantity":1}' --slow '/slow?ms=300' --ready /ready \
        --allow-leftover '*/orders.db'
    [ "$(cat orders.status)" = 4 ] || break
done
systemctl start deaf.service
drill deaf --unit deaf.service --url http://127.0.0.1:8081/
systemctl reset-failed
drill none --unit no-such-unit.service --url http://127.0.0.1:8080/
echo finished > finished
systemctl poweroff --no-block || systemctl exit --no-block
