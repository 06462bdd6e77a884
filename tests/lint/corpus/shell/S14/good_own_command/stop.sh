#!/bin/sh
/opt/web/bin/web.sh stop
sleep 1
pkill -9 -f web.jar
