#!/bin/sh
service php-fpm start
nginx
tail -f /var/log/nginx/access.log
