#!/bin/sh
trap 'rm -f /run/lock' TERM KILL
server &
wait $!
wait
