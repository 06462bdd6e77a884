#!/bin/bash
ssh "$HOST" sudo killall -9 server
