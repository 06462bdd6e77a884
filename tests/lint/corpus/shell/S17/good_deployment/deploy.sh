#!/bin/sh
kubectl delete deployment web --grace-period=0
kubectl delete pvc/data --force
kubectl delete pod web-0 --grace-period=-1
