#!/bin/sh
clean_up_later() {
    trap "kill $pid" EXIT
}
server &
pid=$!
clean_up_later
check
