# A real systemd in a container, for the tests that source this file.
#
# The container is an empty root with this machine's /usr in it, read-only: nothing is
# downloaded, and nothing of /etc is seen. Its network is its own, with nothing but the
# loopback, so that fixed ports disturb nobody.
#
#   make_root NAME FILE…     $root, with the files in /srv; NAME is that of the test
#   unit NAME TYPE STOP_TIMEOUT COMMAND [LINE…]
#                            a service of it; the lines are further ones of [Service]
#   allow SYSCALL…           system calls that systemd-nspawn refuses, and a machine does not
#   boot                     runs the unit driver.service in it, to the end
#   check CLAIM COMMAND…     counts a violation when the command fails
#   finish FILE…             prints the files when there are violations; exits
#
# Status: 0 passed, 1 failed, 77 cannot run here (the reason is the last line).
set -u

machine=lastcall-$$
test_name=
work=
root=
out=
nspawn=
nspawn_options=()
own_cgroups=()
violations=0

cannot_run() {
    echo "SKIPPED: $test_name needs $1" >&2
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

make_root() {
    test_name=$1
    shift
    [ "$(id -u)" = 0 ] || cannot_run "root, to start a container"
    command -v systemd-nspawn > /dev/null || cannot_run "systemd-nspawn (Debian: systemd-container)"
    [ -x /usr/lib/systemd/systemd ] || cannot_run "systemd"
    [ -x /usr/bin/dbus-daemon ] || cannot_run "dbus, for the service to ask systemd"
    [ "$(readlink -f /bin)" = /usr/bin ] || cannot_run "a merged /usr"

    work=$(mktemp -d "${TMPDIR:-/tmp}/lastcall-systemd.XXXXXX")
    root=$work/root
    out=$root/out
    mkdir -p "$root"/{etc/systemd/system,usr,var,run,tmp,proc,sys,dev,root,srv,out}
    for link in bin sbin lib lib32 lib64 libx32; do
        [ ! -e /usr/$link ] || ln -s usr/$link "$root/$link"
    done
    cp "$@" "$root/srv"
    cp /usr/lib/os-release "$root/etc/os-release"
    : > "$root/etc/machine-id"
    getent passwd root messagebus nobody > "$root/etc/passwd"
    getent group root messagebus nogroup adm tty utmp systemd-journal > "$root/etc/group"
    unit driver exec 5s '/bin/sh /srv/driver.sh'
    cat > "$root/etc/systemd/system/test.target" << UNIT
[Unit]
Wants=systemd-journald.socket driver.service
After=systemd-journald.socket
UNIT
}

unit() {
    local file=$root/etc/systemd/system/$1.service
    cat > "$file" << UNIT
[Unit]
DefaultDependencies=no
Requires=dbus.socket
After=dbus.socket
[Service]
Type=$2
TimeoutStopSec=$3
ExecStart=$4
UNIT
    shift 4
    [ $# = 0 ] || printf '%s\n' "$@" >> "$file"
}

allow() { nspawn_options+=(--system-call-filter="$*"); }

boot() {
    # Under a systemd of its own the machine gives the container a scope. Else it gets a
    # cgroup of ours, in which nspawn can make its own, and which can be removed afterwards.
    local options=(--register=no) cgroup mount rest
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
        exec systemd-nspawn --quiet "${options[@]}" "${nspawn_options[@]}" --directory="$root" \
            --bind-ro=/usr --private-network --machine="$machine" --console=pipe \
            /usr/lib/systemd/systemd --unit=test.target
    ) < /dev/null > "$work/console" 2>&1 &
    nspawn=$!
    for _ in $(seq 1800); do
        kill -0 "$nspawn" 2> /dev/null || break
        sleep 0.1
    done
    [ -e "$out/booted" ] || {
        cat "$work/console" >&2
        cannot_run "a machine where systemd-nspawn can boot systemd; what it said is above"
    }
    check 'the container ran to its end in time' test -e "$out/finished"
}

# $1 what must be so, then a command that tells
check() {
    local claim=$1
    shift
    if ! "$@" > /dev/null 2>&1; then
        echo "violation: $claim" >&2
        violations=$((violations + 1))
    fi
}

finish() {
    if [ "$violations" -gt 0 ]; then
        echo "--- console" >&2
        tail -n 40 "$work/console" >&2
        local file
        for file in "$@"; do
            echo "--- ${file##*/}" >&2
            tail -n 60 "$file" >&2
        done
        exit 1
    fi
    echo "systemd $(/usr/lib/systemd/systemd --version | head -1 | cut -d' ' -f2): all checks hold"
    exit 0
}
