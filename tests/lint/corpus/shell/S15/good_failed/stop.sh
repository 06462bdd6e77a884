#!/bin/sh
kill "$pid" || kill -9 "$pid"
