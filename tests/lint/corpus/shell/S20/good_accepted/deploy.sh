#!/bin/sh
# lastcall: ignore=S20 reason="it stops within a second"
timeout 30 systemctl stop web
