#!/bin/sh
kubectl drain node-1 --disable-eviction
