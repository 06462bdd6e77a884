#!/bin/sh
. /opt/lib/messages.sh
if [ -n "$1" ]; then
    exec server "$1"
else
    die "no name is given"
fi
