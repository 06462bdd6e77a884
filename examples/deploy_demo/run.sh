#!/bin/sh
# usage: examples/deploy_demo/run.sh DIRECTORY-OF-THE-PROGRAMS [OPTION-OF-lastcall-drill...]
#
# A service under `lastcall up` gets ten new versions, a broken one, and one that is taken back,
# all while the drill's load runs; then everything stops, and every order is accounted for.
set -eu
cd "$(dirname "$0")/../.."
PATH=$(cd "$1" && pwd):$PATH
shift
export PATH LASTCALL_HOME="$PWD/build/demo"

# What was left of a demo that was interrupted.
lastcall stop --all >/dev/null 2>&1 || true
rm -rf "$LASTCALL_HOME"
mkdir -p "$LASTCALL_HOME"
trap 'lastcall stop --all >/dev/null 2>&1 || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

echo '$ lastcall up -d examples/deploy_demo/lastcall.yaml'
lastcall up -d examples/deploy_demo/lastcall.yaml
address=$(lastcall status orders --json | sed 's/.*"address":"tcp:\([^"]*\)".*/\1/')

echo
echo '$ lastcall drill --url http://'"$address"'/ --exec examples/deploy_demo/deploys.sh …'
status=0
lastcall drill --url "http://$address/catalogue" --post "http://$address/orders" \
    --body '{"item":"{id}","quantity":1}' --slow "http://$address/slow?ms=300" \
    --download "http://$address/catalogue" --stream "http://$address/stream?seconds=2" \
    --ws "http://$address/feed" --ready "http://$address/ready" \
    --exec examples/deploy_demo/deploys.sh --effects-command examples/deploy_demo/left_orders.sh \
    --grace 120s --html build/drill.html --json build/drill.json --events build/drill.ndjson \
    "$@" || status=$?

echo
echo '$ lastcall history orders'
lastcall history orders
echo
echo '$ lastcall stop --all'
cat build/demo/stop.txt
exit "$status"
