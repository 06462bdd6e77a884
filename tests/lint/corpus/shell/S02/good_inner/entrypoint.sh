#!/bin/sh
(trap 'rm -f lock' TERM EXIT; prepare)
exec server
