#!/bin/sh
if true; then
    echo "never closed
