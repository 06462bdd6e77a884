#!/bin/sh
start-stop-daemon --stop --signal KILL --pidfile /run/web.pid
pkill -KILL web
