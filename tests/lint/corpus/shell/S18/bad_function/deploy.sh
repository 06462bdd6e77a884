#!/bin/sh
stop() {
    kill $(cat /run/web.pid)
}
stop
sleep 20
stop
