#!/bin/sh
until false; do
    server || echo again
done
