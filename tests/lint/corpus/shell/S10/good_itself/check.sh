#!/bin/sh
trap 'exit 0' QUIT
{
    sleep 10
    kill -QUIT $$
} &
read -r line
echo "$line"
