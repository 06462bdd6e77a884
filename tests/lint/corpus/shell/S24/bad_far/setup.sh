#!/bin/sh
cp build/engine /usr/local/bin/
mkdir -p /etc/engine
write-settings
check-settings
load-images
systemctl restart engine.service
