#!/bin/sh
# Stops everything, and only then lists the orders that are there: `--effects-command`.
set -eu
lastcall stop --all >build/demo/stop.txt
sqlite3 build/demo/orders.db 'select item from orders'
