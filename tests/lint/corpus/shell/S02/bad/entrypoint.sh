#!/bin/sh
trap 'rm -f /run/lock' TERM
server --port 80
