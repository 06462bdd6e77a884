#!/bin/sh
kill "$1"
timeout 30 tail --pid="$1" -f /dev/null || kill -9 "$1"
