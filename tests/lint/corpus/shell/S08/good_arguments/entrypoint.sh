#!/bin/sh
usage() {
    echo "entrypoint.sh [-p PORT]"
}
while [ $# -gt 0 ]; do
    case "$1" in
        -p) port=$2 ;;
        *) usage ;;
    esac
    shift 2
done
exec server "$port"
