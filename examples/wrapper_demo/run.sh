#!/usr/bin/env bash
# A service behind `sh -c`, stopped twice: with a shell that keeps SIGTERM to itself, and
# with the `exec` that the block report asks for.
#
# usage: run.sh [FOLDER]    where lastcall-init and example_02_lifecycle are
set -euo pipefail
PATH=${1:+$(realpath "$1"):}$PATH

# stop_once COMMAND: runs it, sends SIGTERM when it serves, and shows what is said.
stop_once() {
    local line keeper status=0
    printf "$ lastcall-init --grace 2s --no-last-line -- sh -c '%s' &\n" "$1"
    exec {said}< <(exec lastcall-init --grace 2s --no-last-line -- sh -c "$1" 2>&1)
    keeper=$!
    while read -r -u "$said" line; do
        printf '%s\n' "$line"
        # shellcheck disable=SC2016  # what is shown is what one would type
        [[ $line != serving* ]] || { echo '$ kill -TERM $!' && kill -TERM "$keeper"; }
    done
    exec {said}<&-
    wait "$keeper" || status=$?
    printf '$ wait; echo $?\n%s\n' "$status"
}

stop_once 'trap "echo bye" TERM; example_02_lifecycle'
echo
stop_once 'trap "echo bye" TERM; exec example_02_lifecycle'
