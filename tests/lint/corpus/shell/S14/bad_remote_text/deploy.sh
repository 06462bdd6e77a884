#!/bin/bash
ssh "$HOST" <<'END'
set -e
killall -KILL server
END
