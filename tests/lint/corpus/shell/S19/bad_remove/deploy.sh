#!/bin/sh
kill "$old"
rm -rf /opt/web/old
