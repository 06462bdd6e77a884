#!/bin/sh
kubectl delete deployments,pods --all --grace-period=0
kubectl delete pod/web-0 --now
