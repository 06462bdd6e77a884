#!/bin/sh
kill -s KILL "$(pgrep server)"
