#!/bin/sh
server &
worker &
wait -n
