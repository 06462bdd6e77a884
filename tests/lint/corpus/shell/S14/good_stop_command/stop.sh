#!/bin/sh
start-stop-daemon --stop --retry=TERM/30 --pidfile /run/web.pid
killall -9 web
