#!/bin/sh
if [ "$1" = workers ]; then
    supervisorctl start workers:*
else
    service web start
fi
