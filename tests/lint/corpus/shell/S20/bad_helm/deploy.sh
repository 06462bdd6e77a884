#!/bin/sh
helm uninstall web --wait --cascade foreground --timeout 20s
kubectl drain node-1 --ignore-daemonsets --timeout=10s
