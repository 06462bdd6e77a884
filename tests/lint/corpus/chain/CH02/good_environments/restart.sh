#!/bin/sh
kubectl delete pod -l app=web --grace-period=30
