#!/bin/sh
server &
trap "kill $!; wait $!" TERM
wait
wait
