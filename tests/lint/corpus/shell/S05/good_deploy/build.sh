#!/bin/sh
# Waits for what it has started itself, and is no entrypoint.
compile a &
compile b &
wait
