#!/bin/sh
timeout 120 systemctl stop web
timeout 40 docker stop -t 30 web
