#!/bin/sh
server &
sleep infinity
