#!/bin/sh
server &
kill -INT "$(pidof other)"
