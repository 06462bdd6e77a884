#!/bin/sh
# Runs inside the container, as a unit of the systemd under test: starts and stops the
# services, and writes down what systemd says of them.
set -u
cd /out || exit 1
echo booted > booted
systemctl log-level debug

# $1 unit: waits until it tells, in its status text, what it is finishing; 20 s at most.
wait_for_drain() {
    tries=0
    until systemctl show -P StatusText "$1" | grep -qF 'order 17'; do
        tries=$((tries + 1))
        [ "$tries" -lt 200 ] || return 1
        sleep 0.1
    done
}

systemctl start drains.service
systemctl show -p ActiveState,StatusText drains.service > drains.running
systemctl stop --no-block drains.service
wait_for_drain drains.service
systemctl show -p ActiveState,SubState,StatusText drains.service > drains.stopping
timeout 5 sh -c 'echo > drains.fifo' # nobody reads it if the service has ended
systemctl stop drains.service

systemctl start stuck.service
systemctl stop stuck.service

# What the checks must find out: a service that does not care, and one that waits for nothing.
systemctl start deaf.service
systemctl stop deaf.service
systemctl start careless.service
systemctl stop careless.service

for unit in drains stuck deaf careless; do
    systemctl show -p ActiveState,Result,ExecMainCode,ExecMainStatus "$unit.service" \
        > "$unit.ended"
    journalctl --sync
    journalctl --no-pager -o cat -u "$unit.service" > "$unit.journal" 2>&1
done
echo done > finished
systemctl --force exit 0
