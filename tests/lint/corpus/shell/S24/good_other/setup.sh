#!/bin/sh
cp build/shim /usr/local/bin/shim
mkdir -p /etc/engine
write-settings
check-settings
load-images
systemctl restart engine
