#!/bin/sh
# Runs inside the container, as a unit of the systemd under test.
cd /out || exit 1
echo booted > booted
/usr/bin/python3 -B /srv/driver.py > driver.log 2>&1
journalctl --sync
journalctl --no-pager -o short-precise -u lastcall.service > lastcall.journal 2>&1
cp /var/lib/lastcall/logs/*.log . 2> /dev/null
echo done > finished
systemctl --force exit 0
