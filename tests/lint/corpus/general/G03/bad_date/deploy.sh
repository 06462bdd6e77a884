#!/bin/sh
# lastcall: ignore=S14 reason="moved away soon" until=2020-01-31
pkill -9 server
