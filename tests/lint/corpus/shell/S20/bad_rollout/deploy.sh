#!/bin/sh
timeout 60 helm upgrade web ./chart --wait
timeout 5m kubectl rollout status deployment/web --timeout=10m
