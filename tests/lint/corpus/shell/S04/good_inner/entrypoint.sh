#!/bin/sh
sh -c 'trap exit TERM; while :; do renew; sleep 12h & wait $!; done' &
exec server
