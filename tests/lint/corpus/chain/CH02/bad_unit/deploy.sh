#!/bin/sh
set -e
timeout 120 systemctl restart web
