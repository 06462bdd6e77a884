#!/bin/sh
cp build/server /usr/local/bin/server
systemctl restart web
