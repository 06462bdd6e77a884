#!/bin/bash
server &
worker &
wait -n
exit $?
