#!/bin/bash
# lastcall-init as the main process of units of a real systemd: what systemd sees of the
# service behind it, and how both budgets fit.
#
#   keeper.sh LASTCALL_INIT SERVICE_BINARY
here=$(dirname "$(readlink -f "$0")")
. "$here/container.sh"
packaging=$here/../../packaging/lastcall-init

make_root systemd_keeper "$here/keeper_services.py"
[ -x /usr/bin/python3 ] || cannot_run "python3, for the services"
cp "$here/keeper_driver.sh" "$root/srv/driver.sh"
cp "$1" "$root/srv/lastcall-init"
cp "$2" "$root/srv/service"
for name in tells daemon ends tcp drains; do
    mkfifo "$root/out/$name.go"
done
sed 's:/usr/bin/lastcall-init:/srv/lastcall-init:' "$packaging/lastcall-init@.service" \
    > "$root/etc/systemd/system/lastcall-init@.service"

# $1 name, $2 type, $3 stop timeout, $4 grace of the keeper, $5 its options and the
# program, then further lines of [Service]
kept_unit() {
    local name=$1 type=$2 timeout=$3 grace=$4 words=$5
    shift 5
    unit "$name" "$type" "$timeout" "/srv/lastcall-init $words" TimeoutStartSec=20s \
        "Environment=LASTCALL_GRACE=$grace" KillMode=mixed "$@"
}
services='/usr/bin/python3 -B /srv/keeper_services.py'

kept_unit tells notify 20s 19s "-- $services tells" NotifyAccess=main
kept_unit says notify 5s 4s "-- /bin/sh -c 'systemd-notify --ready --status=from-a-script && echo \$\$ > /out/says.barrier; exec sleep 1000'" \
    NotifyAccess=main
kept_unit drains notify 10s 9s '-- /srv/service drains /out/drains.json /out/drains.go'
kept_unit tcp notify 5s 4s "--ready tcp:8080 -- $services opens_tcp"
kept_unit http notify 5s 4s "--ready http:8081/ready -- $services opens_http"
kept_unit file notify 5s 4s "--ready file:/out/file.good -- /bin/sleep 1000"
kept_unit extends notify 2s 1s "-- $services extends"
kept_unit daemon notify 5s 4s "-- $services daemon"
kept_unit mixed notify 8s 7s "-- $services leaves_some mixed"
kept_unit group notify 8s 7s "-- $services leaves_some group" KillMode=control-group
kept_unit ends notify 10s 9s "-- $services ends_before_the_rest"
kept_unit ignores notify 3s 2s "-- $services ignores"
kept_unit mapped exec 5s 4s "--exit-map 143=0 -- /bin/sleep 1000"
kept_unit allowed exec 5s 4s "-- /bin/sleep 1000" SuccessExitStatus=143
kept_unit plain exec 5s 4s "-- /bin/sleep 1000"
kept_unit listens exec 5s 4s "-- $services listens"
kept_unit barks notify 5s 4s "-- $services barks" WatchdogSec=1s
kept_unit stores notify 5s 4s "-- $services stores" FileDescriptorStoreMax=4
# What the checks must find out: the same without lastcall-init.
unit bare notify 8s "$services leaves_some bare" TimeoutStartSec=20s \
    Environment=LASTCALL_GRACE=7s KillMode=mixed NotifyAccess=all
mkdir "$root/etc/default"
echo 'ARGUMENTS=1000' > "$root/etc/default/sleep"
cat > "$root/etc/systemd/system/listens.socket" << UNIT
[Unit]
DefaultDependencies=no
[Socket]
ListenStream=/run/listens
FileDescriptorName=shop
UNIT
boot

# $1 unit, $2 what the last JSON line must contain
last_line_has() {
    grep '^{' "$out/$1.journal" | tail -n 1 | grep -qF -- "$2"
}
# $1 unit, $2 least milliseconds, $3 most
stop_took() {
    local ms
    ms=$(sed -n 's/^{.*"stop_ms":\([0-9]*\).*/\1/p' "$out/$1.journal" | tail -n 1)
    [ -n "$ms" ] && [ "$ms" -ge "$2" ] && [ "$ms" -le "$3" ]
}
# $1 file of the driver, $2 state of the unit, $3 its text
state_is() { [ "$(cat "$out/$1")" = "ActiveState=$2"$'\n'"StatusText=$3" ]; }
# $1 unit, $2 property of systemctl show
ended() { grep -qx -- "$2" "$out/$1.ended"; }

check 'before READY=1 the unit is activating' grep -qx ActiveState=activating "$out/tells.starting"
check 'systemctl start returned after READY=1' test -e "$out/tells.start_was_right"
check 'READY=1 and STATUS came through' \
    state_is tells.running active 'taking orders'
check 'STOPPING=1 and its STATUS came through' \
    state_is tells.stopping deactivating 'finishing order 17'
check 'the stop was a success' ended tells Result=success
check 'the journal ends with the JSON line' last_line_has tells '"exit":0'
check 'which names systemd as the sender' \
    last_line_has tells '"sender":{"signal":"SIGTERM","pid":1,'

check 'systemd-notify in a script makes the unit active' \
    state_is says.running active from-a-script
check 'and its barrier has returned' test -s "$out/says.barrier"

check 'a service with the library is seen through' \
    state_is drains.stopping deactivating 'draining, 1 inside; shop: finishing order 17'
check 'its grace is what the keeper leaves it' \
    grep -Eq '"grace_ms":8[45][0-9][0-9][,}].*"grace_source":"(LASTCALL_GRACE|keeper)"' "$out/drains.json"
check 'it stopped clean' ended drains ExecMainStatus=0

for how in tcp http file; do
    check "$how: not ready before its time" grep -qx ActiveState=activating "$out/$how.starting"
    check "$how: ready" grep -qx ActiveState=active "$out/$how.running"
    check "$how: the last line has the time" last_line_has "$how" '"ready_ms":'
done

check 'EXTEND_TIMEOUT_USEC gave time of both budgets' ended extends Result=success
check 'more than either of them had' stop_took extends 3000 5900
check 'and nothing was killed' last_line_has extends '"killed_count":0'

check 'the unit lives on when the first process of a daemon ends' \
    grep -qx ActiveState=active "$out/daemon.running"
check 'with lastcall-init as its main process' test -s "$out/daemon.main_is_keeper"
check 'and ends with the daemon, with its status' ended daemon ExecMainStatus=7

for mode in mixed group; do
    check "$mode: what the service left behind has cleaned up" test -e "$out/$mode.cleaned"
    check "$mode: and the stop was a success" ended "$mode" Result=success
    # A second; by control-group its signal comes a little before the keeper has read its own.
    check "$mode: it took what that needs" stop_took "$mode" 900 6000
done
check 'without lastcall-init it would not have' test ! -e "$out/bare.cleaned"
check 'a service that ends by itself is deactivating while the rest works on' \
    grep -qx ActiveState=deactivating "$out/ends.stopping"
check 'and the cause is told' last_line_has ends '"cause":"main_exited"'

check 'what ignores SIGTERM is named' grep -q 'cause: \[L03\] it ignores SIGTERM' "$out/ignores.journal"
check 'killed before systemd does it' last_line_has ignores '"killed_by_keeper":true'
check 'and systemd had not to' ended ignores ExecMainStatus=137
check 'as its result says' ended ignores Result=exit-code

check '--exit-map 143=0 makes a success' ended mapped Result=success
check 'SuccessExitStatus=143 does' ended allowed Result=success
check 'without both it is none' ended plain Result=exit-code

check 'the socket of a .socket unit is served' grep -qx 'served shop' "$out/listens.answer"
check 'and the service stops' last_line_has listens '"status":0'

check 'WATCHDOG=1 came through' grep -qx ActiveState=active "$out/barks.running"
check 'its absence is found out' ended barks Result=watchdog
check 'and the signal of that reaches the service' test -e "$out/barks.aborted"

check 'a descriptor came through to the store' \
    grep -qx NFileDescriptorStore=1 "$out/stores.running"

check 'the sample unit runs a program' grep -qx ActiveState=active "$out/sample.running"
check 'and its stop is a success' ended lastcall-init@sleep Result=success
check 'within the grace it says' last_line_has lastcall-init@sleep '"grace_ms":30000.000,"grace_source":"LASTCALL_GRACE"'

finish "$out"/*.ended "$out"/*.running "$out"/*.st*ing "$out"/*.journal "$out/driver.log"
