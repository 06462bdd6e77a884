#!/bin/sh
kill "$old"
tail --pid="$old" -f /dev/null
server &
