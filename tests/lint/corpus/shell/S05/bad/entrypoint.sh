#!/bin/sh
server &
wait
