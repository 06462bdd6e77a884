#!/bin/sh
pkill -9 other # lastcall: ignore=S14,S15 reason="it keeps nothing"
pkill -TERM server # lastcall: ignore=S14 reason="it keeps nothing"
