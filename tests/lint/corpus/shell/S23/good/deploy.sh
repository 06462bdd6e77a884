#!/bin/sh
systemctl stop web
rm -rf /opt/web/current
cp -r build /opt/web/current
systemctl start web
