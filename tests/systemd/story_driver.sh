#!/bin/sh
# Runs inside the container: the shop as it was, and as it was mended.
cd /out || exit 1
echo booted > booted
exec > driver.log 2>&1
set -x

# $1 folder: puts the shop there in place, and starts it with 247 clients.
open_shop() {
    cp "$1/server.js" /srv/web/server.js
    cp "$1/server.js" /srv/web/build/server.js
    cp "$1/web.service" /etc/systemd/system/web.service
    systemctl daemon-reload
    systemctl start web
    tries=0
    until /usr/bin/python3 -c 'import socket; socket.create_connection(("127.0.0.1", 8080))'; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || exit 1
        sleep 0.1
    done 2> /dev/null
}

keep_clients() {
    : > clients
    /usr/bin/python3 /srv/keep_connections.py 247 8080 > clients 2>&1 &
    clients=$!
    tries=0
    until grep -q open clients; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || exit 1
        sleep 0.1
    done
}

# $1 name, $2 folder
look() {
    cd "$2" || exit 1
    /srv/lastcall doctor --unit web --stopped-by deploy.sh > "/out/$1.text"
    /srv/lastcall doctor --unit web --stopped-by deploy.sh --json > "/out/$1.json"
    echo $? > "/out/$1.status"
    /srv/lastcall lint . > "/out/$1.lint"
    echo $? > "/out/$1.lint.status"
    cd /out || exit 1
}

# $1 name: again where the machine was too busy to send the load in time, which is inconclusive.
drill() {
    for _ in 1 2 3; do
        systemctl start web
        /srv/lastcall drill -q --load 1s --samples 2 --unit web --url http://127.0.0.1:8080/ \
            > "$1.drill" 2>&1
        echo $? > "$1.drill.status"
        [ "$(cat "$1.drill.status")" = 4 ] || break
    done
}

open_shop /srv/late_stop/mended
keep_clients
look after /srv/late_stop/mended
cd /srv/web || exit 1
begin=$(date +%s)
sh /srv/late_stop/mended/deploy.sh
echo $(($(date +%s) - begin)) > /out/after.seconds
cd /out || exit 1
kill "$clients"
sleep 1
drill after
systemctl stop web

# Last of all: where a cgroup of version 1 tells systemd of no end, it waits 90 s for what it killed.
open_shop /srv/late_stop
keep_clients
look before /srv/late_stop
kill "$clients"
drill before

echo finished > finished
systemctl --force exit 0
