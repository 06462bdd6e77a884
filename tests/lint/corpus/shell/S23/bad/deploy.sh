#!/bin/sh
rm -rf /opt/web/current
cp -r build /opt/web/current
systemctl restart web
