#!/bin/sh
warm_up &
wait
echo "it is warm"
exec server
