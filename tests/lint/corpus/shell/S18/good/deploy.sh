#!/bin/sh
pid=$(cat /run/web.pid)
if [ "$(readlink "/proc/$pid/exe")" = /usr/bin/web ]; then
    kill $(cat /run/web.pid)
fi
