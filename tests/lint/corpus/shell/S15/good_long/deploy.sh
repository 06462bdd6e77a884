#!/bin/sh
kill "$1"
sleep 45
kill -9 "$1"
