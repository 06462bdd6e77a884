#!/bin/sh
/srv/web/bin/stop_web.sh
sleep 30
pkill -9 -f server
