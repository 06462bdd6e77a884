#!/bin/sh
crond -b
exec tail -f /var/log/cron.log
