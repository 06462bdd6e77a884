#!/bin/sh
rm -rf /opt/web/build
build /opt/web/build
ssh example.com sudo systemctl restart web
