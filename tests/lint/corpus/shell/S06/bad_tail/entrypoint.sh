#!/bin/sh
server &
tail -f /var/log/server.log
