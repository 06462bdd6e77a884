#!/bin/sh
kill "$1"
sleep 3
kill -9 "$1"
