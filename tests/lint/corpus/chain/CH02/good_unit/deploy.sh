#!/bin/sh
set -e
timeout 330 systemctl restart web
timeout 120 systemctl restart other
