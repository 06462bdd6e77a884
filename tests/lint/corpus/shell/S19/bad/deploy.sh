#!/bin/sh
kill "$old"
server &
