#!/bin/bash
sh "$HOME/bin/shutdown.sh"
sleep 30
pid=$(pgrep -f server)
[ -z "$pid" ] || kill -9 "$pid"
