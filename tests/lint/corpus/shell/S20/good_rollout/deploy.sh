#!/bin/sh
timeout 10m helm upgrade web ./chart --wait
timeout 60 helm upgrade web ./chart
timeout 60 helm upgrade web ./chart --wait --timeout "$WAIT"
timeout 60 kubectl rollout status deployment/web
timeout 5 docker stop -t "$GRACE" web
