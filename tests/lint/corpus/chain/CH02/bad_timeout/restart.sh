#!/bin/sh
kubectl delete pod -l app=web --timeout=40s
