#!/bin/bash
# Boots a real systemd in a container, has it stop a service of ours, and checks what
# both of them say: that the deadline came from the unit, that the stop was clean, that
# the progress was told; and that a service that cannot end is ended by itself, before
# systemd has to kill it.
#
# The container is an empty root with this machine's /usr in it, read-only: nothing is
# downloaded, and nothing of /etc is seen.
#
#   run.sh SERVICE_BINARY
#
# Status: 0 passed, 1 failed, 77 cannot run here (the reason is the last line).
set -u

service=$1
here=$(dirname "$(readlink -f "$0")")
machine=lastcall-$$
work=
nspawn=
own_cgroups=()

cannot_run() {
    echo "SKIPPED: systemd_stop needs $1" >&2
    [ -z "${LASTCALL_REQUIRE_NSPAWN:-}" ] || exit 1
    exit 77
}

clean_up() {
    if [ -n "$nspawn" ] && kill -0 "$nspawn" 2> /dev/null; then
        kill -TERM "$nspawn" # nspawn ends the container
        for _ in $(seq 50); do
            kill -0 "$nspawn" 2> /dev/null || break
            sleep 0.1
        done
        kill -KILL "$nspawn" 2> /dev/null
        wait "$nspawn" 2> /dev/null
    fi
    for cgroup in "${own_cgroups[@]}"; do
        find "$cgroup" -depth -type d -exec rmdir {} \; 2> /dev/null
    done
    [ -z "$work" ] || rm -rf --one-file-system "$work"
}
trap clean_up EXIT

[ "$(id -u)" = 0 ] || cannot_run "root, to start a container"
command -v systemd-nspawn > /dev/null || cannot_run "systemd-nspawn (Debian: systemd-container)"
[ -x /usr/lib/systemd/systemd ] || cannot_run "systemd"
[ -x /usr/bin/dbus-daemon ] || cannot_run "dbus, for the service to ask systemd"
[ "$(readlink -f /bin)" = /usr/bin ] || cannot_run "a merged /usr"

work=$(mktemp -d "${TMPDIR:-/tmp}/lastcall-systemd.XXXXXX")
root=$work/root
mkdir -p "$root"/{etc/systemd/system,usr,var,run,tmp,proc,sys,dev,root,srv,out}
for link in bin sbin lib lib32 lib64 libx32; do
    [ ! -e /usr/$link ] || ln -s usr/$link "$root/$link"
done
cp "$service" "$root/srv/service"
cp "$here/driver.sh" "$root/srv/driver.sh"
cp /usr/lib/os-release "$root/etc/os-release"
: > "$root/etc/machine-id"
getent passwd root messagebus nobody > "$root/etc/passwd"
getent group root messagebus nogroup adm tty utmp systemd-journal > "$root/etc/group"
mkfifo "$root/out/drains.fifo" "$root/out/stuck.fifo"

# $1 name, $2 stop timeout, $3 type, $4 command
unit() {
    cat > "$root/etc/systemd/system/$1.service" << UNIT
[Unit]
DefaultDependencies=no
Requires=dbus.socket
After=dbus.socket
[Service]
Type=$3
TimeoutStopSec=$2
ExecStart=$4
UNIT
}
unit drains 7s notify '/srv/service drains /out/drains.json /out/drains.fifo'
unit stuck 3s notify '/srv/service stuck /out/stuck.json /out/stuck.fifo'
unit deaf 1s exec "/bin/sh -c 'trap \"\" TERM; while :; do sleep 0.1; done'"
unit careless 7s exec '/bin/sleep 3600'
unit driver 5s exec '/bin/sh /srv/driver.sh'
cat > "$root/etc/systemd/system/test.target" << UNIT
[Unit]
Wants=systemd-journald.socket driver.service
After=systemd-journald.socket
UNIT

# Under a systemd of its own the machine gives the container a scope. Else it gets a
# cgroup of ours, in which nspawn can make its own, and which can be removed afterwards.
options=(--register=no)
if [ ! -d /run/systemd/system ]; then
    options+=(--keep-unit)
    while read -r _ _ _ _ mount _ rest; do
        case $rest in
            *"- cgroup2 "* | *"- cgroup "*name=systemd*)
                mkdir "$mount/$machine" 2> /dev/null && own_cgroups+=("$mount/$machine")
                ;;
        esac
    done < /proc/self/mountinfo
fi
(
    for cgroup in "${own_cgroups[@]}"; do
        echo "$BASHPID" > "$cgroup/cgroup.procs"
    done
    exec systemd-nspawn --quiet "${options[@]}" --directory="$root" --bind-ro=/usr \
        --machine="$machine" --console=pipe /usr/lib/systemd/systemd --unit=test.target
) < /dev/null > "$work/console" 2>&1 &
nspawn=$!
for _ in $(seq 500); do
    kill -0 "$nspawn" 2> /dev/null || break
    sleep 0.1
done
out=$root/out
[ -e "$out/booted" ] || {
    cat "$work/console" >&2
    cannot_run "a machine where systemd-nspawn can boot systemd; what it said is above"
}

violations=0
# $1 what must be so, then a command that tells
check() {
    local claim=$1
    shift
    if ! "$@" > /dev/null 2>&1; then
        echo "violation: $claim" >&2
        violations=$((violations + 1))
    fi
}
# $1 unit: the checks of a clean stop, in the words of systemd
count_violations_of_a_clean_stop() {
    local count=0
    grep -qx 'Result=success' "$out/$1.ended" || count=$((count + 1))
    grep -qF 'STATUS=draining, 1 inside; shop: finishing order 17' "$out/$1.journal" || count=$((count + 1))
    echo "$count"
}

check 'the container ran to its end in time' test -e "$out/finished"
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

if [ "$violations" -gt 0 ]; then
    echo "--- console" >&2
    tail -n 40 "$work/console" >&2
    for file in "$out"/*.ended "$out"/*.running "$out"/*.stopping "$out"/*.json "$out"/*.journal; do
        echo "--- ${file##*/}" >&2
        tail -n 60 "$file" >&2
    done
    exit 1
fi
echo "systemd $(/usr/lib/systemd/systemd --version | head -1 | cut -d' ' -f2): all checks hold"
