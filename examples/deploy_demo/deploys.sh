#!/bin/sh
# What happens while the drill's load runs: ten new versions, one that never becomes ready, and
# one that is taken back.
set -eu

attempt() { # attempt STATUS COMMAND...: the command must end with this status
    wanted=$1
    shift
    status=0
    "$@" || status=$?
    if [ "$status" -ne "$wanted" ]; then
        echo "deploy demo: '$*' ended with $status and not with $wanted" >&2
        exit 1
    fi
}

for version in 1 2 3 4 5 6 7 8 9 10; do
    attempt 0 lastcall deploy orders --env "VERSION=$version" --note "version $version"
done

attempt 1 lastcall deploy orders --note 'never gets ready' -- sleep 1000

lastcall deploy orders --no-wait --env VERSION=11 --note 'taken back'
until lastcall status orders --json | grep -q '"state":"baking"'; do
    sleep 0.05
done
attempt 0 lastcall rollback orders
