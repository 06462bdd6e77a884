#!/bin/sh
service nginx start
while true; do
    ls /var/log/nginx
    tail -f /var/log/nginx/error.log || sleep 1
done
