#!/bin/sh
ssh -p 22 deploy@example.com -i key 'cd /srv/web && pkill -9 server'
