#!/bin/sh
cp build/server /usr/local/bin/server.new
mv /usr/local/bin/server.new /usr/local/bin/server
systemctl restart web
