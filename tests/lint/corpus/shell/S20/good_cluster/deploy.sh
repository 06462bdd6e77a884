#!/bin/sh
helm uninstall web --wait --timeout 20s
kubectl delete deployment web --timeout=20s
kubectl delete pod web --wait=false --timeout=20s
kubectl delete pod -l app=web --timeout=2m
