#!/bin/sh
# Puts a new version of the shop in place of the old one.
set -e
systemctl stop web # comes back when it has stopped: after 20 s at the latest, by its unit
cp build/server.js /srv/web/server.js
systemctl start web
