#!/bin/sh
case "$1" in
    web) exec server ;;
    shell) bash ;;
esac
