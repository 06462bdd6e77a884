#!/bin/sh
# Puts a new version of the shop in place of the old one.
set -e
timeout 30 systemctl stop web
cp build/server.js /srv/web/server.js
systemctl start web
