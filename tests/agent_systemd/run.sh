#!/bin/bash
# The unit that ships, and its variant, under a real systemd: what driver.py claims.
#
#   run.sh DIRECTORY-OF-THE-PROGRAMS
here=$(dirname "$(readlink -f "$0")")
. "$here/../systemd/container.sh"
packaging=$here/../../packaging/lastcall

make_root agent_systemd "$here"/{driver.sh,driver.py,server.py}
[ -x /usr/bin/python3 ] || cannot_run "python3, for the services"
mkdir "$root/srv/support"
cp "$here"/../support/{claims,load,waiting}.py "$root/srv/support"
cp "$1"/{lastcall,lastcall-keeper,lastcall-init} "$root/srv"
mkdir "$root/etc/lastcall"
for file in lastcall.service survive.conf; do
    sed 's:/usr/bin/lastcall :/srv/lastcall :g' "$packaging/$file" > "$root/srv/$file"
done
cp "$root/srv/lastcall.service" "$root/etc/systemd/system"
allow pidfd_getfd # a keeper takes the sockets of one that was killed with it
boot

while read -r claim; do
    check "$claim" false
done < "$out/violations"
check 'every part was tried' grep -qx 'all parts were tried' "$out/driver.log"
finish "$out/driver.log" "$out/lastcall.journal" "$out"/*.log
