#!/bin/sh
# Runs inside the container, as a unit of the systemd under test: starts and stops the
# services of keeper.sh, and writes down what systemd says of them.
set -u
cd /out || exit 1
echo booted > booted
exec > driver.log 2>&1

# $1 file, then a command: waits until it succeeds; 10 s at most
wait_until() {
    tries=0
    until "$@" > /dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || { echo "in vain: $*"; return 1; }
        sleep 0.1
    done
}
# The state and the text, in one order.
state() { systemctl show -p ActiveState,StatusText "$1" | sort; }
status_has() { systemctl show -P StatusText "$1" | grep -qF "$2"; }
is() { [ "$(systemctl show -P ActiveState "$1")" = "$2" ]; }
first_process_has_ended() { [ ! -e "/proc/$1" ]; }
# Lets a service go on; nobody reads the FIFO if it has ended.
go() { timeout 5 sh -c ": > $1.go"; }

by_notify() {
    systemctl start tells.service &
    start=$!
    wait_until test -e tells.started
    state tells.service > tells.starting
    go tells
    wait "$start" && [ -e tells.said_ready ] && echo yes > tells.start_was_right
    wait_until status_has tells.service 'taking orders'
    state tells.service > tells.running
    systemctl stop --no-block tells.service
    wait_until status_has tells.service 'order 17'
    state tells.service > tells.stopping
    go tells
    systemctl stop tells.service

    systemctl start says.service
    state says.service > says.running
    wait_until test -s says.barrier
    systemctl stop says.service

    systemctl start drains.service
    systemctl stop --no-block drains.service
    wait_until status_has drains.service 'order 17'
    state drains.service > drains.stopping
    go drains
    systemctl stop drains.service
}

by_probe() {
    systemctl start --no-block tcp.service http.service file.service
    wait_until test -s http.answers
    for how in tcp http file; do
        state "$how.service" > "$how.starting"
    done
    go tcp
    touch http.good file.good
    for how in tcp http file; do
        systemctl start "$how.service"
        state "$how.service" > "$how.running"
        systemctl stop "$how.service"
    done
}

by_time() {
    systemctl start extends.service mixed.service group.service bare.service ignores.service
    systemctl stop extends.service mixed.service group.service bare.service ignores.service
}

by_status() {
    systemctl start mapped.service allowed.service plain.service 'lastcall-init@sleep.service'
    state 'lastcall-init@sleep.service' > sample.running
    systemctl stop mapped.service allowed.service plain.service 'lastcall-init@sleep.service'
}

by_process() {
    systemctl start daemon.service
    main=$(systemctl show -P MainPID daemon.service)
    wait_until first_process_has_ended "$(cat daemon.first)"
    state daemon.service > daemon.running
    grep -q lastcall-init "/proc/$main/comm" && echo yes > daemon.main_is_keeper
    go daemon
    wait_until is daemon.service failed

    systemctl start ends.service
    wait_until is ends.service deactivating
    state ends.service > ends.stopping
    go ends
    wait_until is ends.service inactive
}

by_descriptor() {
    systemctl start listens.socket
    /usr/bin/python3 -B /srv/keeper_services.py ask /run/listens > listens.answer
    systemctl stop listens.socket listens.service

    systemctl start stores.service
    wait_until sh -c '[ "$(systemctl show -P NFileDescriptorStore stores.service)" = 1 ]'
    systemctl show -p NFileDescriptorStore stores.service > stores.running
    systemctl stop stores.service
}

by_watchdog() {
    systemctl start barks.service
    wait_until test -e barks.fed
    state barks.service > barks.running
    wait_until is barks.service failed
}

for part in by_notify by_probe by_time by_status by_process by_descriptor by_watchdog; do
    "$part" &
done
wait

journalctl --sync
for unit in tells says drains tcp http file extends daemon mixed group bare ends ignores mapped \
    allowed plain listens barks stores lastcall-init@sleep; do
    systemctl show -p ActiveState,Result,ExecMainCode,ExecMainStatus "$unit.service" \
        > "$unit.ended"
    journalctl --no-pager -o cat -u "$unit.service" > "$unit.journal" 2>&1
done
echo done > finished
systemctl --force exit 0
