#!/bin/bash
trap "kill ${!}; wait" TERM
server &
wait $!
wait $!
