#!/bin/sh
kubectl delete pod -l app=web --grace-period=120
kubectl delete pod -l app=api --grace-period=30
kubectl drain "$1" --grace-period=-1
