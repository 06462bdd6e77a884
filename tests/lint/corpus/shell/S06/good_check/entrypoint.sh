#!/bin/sh
nginx -t
service web status
tail -f /dev/null
