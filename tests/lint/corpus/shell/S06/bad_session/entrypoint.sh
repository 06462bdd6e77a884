#!/bin/sh
screen -dmS game server
sleep infinity
