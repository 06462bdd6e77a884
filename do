#!/usr/bin/env bash
# How a person works with this project; `./do help` lists the verbs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

jobs=$(nproc)

help() {
    cat <<'TEXT'
usage: ./do VERB [ARGUMENT...]

  demo     twelve deploys of a real service under load, and every request accounted for
           (demo stop: a fire drill, SIGTERM under load; demo wrapper: lastcall-init, and a
           shell that keeps SIGTERM to itself)
  test     unit, integration, model, packaging, sanitizers
           (test slow: the sweeps too: the agent killed at every edge, many deploys, real servers,
            each fault of the drill's proof 20 times)
  museum   drill real servers with published shutdown bugs
  bench    run the benchmarks [those named]; results go to bench/results/
  build    build what ships, or the targets named; the programs are in build/release/bin/
  check    format, layers, words, documents, API reference, clang-tidy
  clean    remove build/
  help     this text

On Debian 12 each verb first installs the packages it misses (tools/packages.txt).
TEXT
}

say() { printf './do: %s\n' "$*" >&2; }

# packages GROUP...: the packages of these groups of tools/packages.txt, one a line.
packages() {
    awk -v wanted=" $* " '
        /^\[/ { in_group = index(wanted, " " substr($0, 2, length($0) - 2) " "); next }
        /^[^#]/ && in_group' tools/packages.txt
}

# need GROUP...: installs what is missing of these groups.
need() {
    local missing=() as_root=() package
    command -v dpkg-query >/dev/null || {
        say "no dpkg here: install the likes of these yourself: $(packages "$@" | xargs)"
        return
    }
    # A package that dpkg has never heard of is missing from the output and is the reason
    # for a status of 1; comm finds both kinds.
    mapfile -t missing < <(comm -23 <(packages "$@" | sort -u) <(
        # shellcheck disable=SC2016  # the format is for dpkg-query to expand
        packages "$@" | xargs dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null |
            sed -n 's/^installed //p' | sort -u))
    ((${#missing[@]} > 0)) || return 0

    if ((EUID != 0)); then
        command -v sudo >/dev/null || {
            say "these Debian packages are missing: ${missing[*]}"
            say "cannot install them: not root, and there is no sudo. As root, run:"
            say "  apt-get install ${missing[*]}"
            exit 1
        }
        as_root=(sudo)
    fi
    say "installing Debian packages needed to ${verb}:"
    for package in "${missing[@]}"; do say "  $package"; done
    "${as_root[@]}" apt-get update -q >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "${missing[@]}" >&2 </dev/null
}

# build PRESET [TARGET...]
build() {
    local preset=$1
    shift
    cmake --preset "$preset" >"build/$preset.configure.log" 2>&1 || {
        cat "build/$preset.configure.log" >&2
        say "cmake could not configure the preset $preset"
        exit 1
    }
    cmake --build --preset "$preset" --parallel "$jobs" ${1:+--target "$@"}
}

run_build() {
    need build libraries
    build release "${@:-ship}"
}

run_demo() {
    need build libraries demo
    case ${1:-} in
    wrapper)
        build release lastcall-init example_02_lifecycle >&2
        exec examples/wrapper_demo/run.sh build/release/bin
        ;;
    stop)
        build release lastcall lastcall-init orders >&2
        exec build/release/bin/lastcall drill --contract examples/orders/shutdown.yaml \
            --html build/drill.html --json build/drill.json --events build/drill.ndjson "${@:2}"
        ;;
    *)
        build release lastcall lastcall-keeper lastcall-init orders >&2
        exec examples/deploy_demo/run.sh build/release/bin "$@"
        ;;
    esac
}

# ThreadSanitizer runs what is about threads. What failed under any preset is said once more at the
# end: the summary of the last one would hide it.
run_test() {
    need build libraries test check
    local status=0 failures=()
    local sanitizer_report='ERROR: [A-Za-z]+Sanitizer|WARNING: ThreadSanitizer|runtime error:'
    build asan
    run_suite asan || status=1
    build tsan threaded_tests
    run_suite tsan --label-regex '^threads$' || status=1
    build release
    local left_out='museum|slow'
    if [[ ${1:-} == slow ]]; then
        left_out=museum
        export LASTCALL_TRUTH_RUNS=${LASTCALL_TRUTH_RUNS:-20}
    fi
    run_suite release --label-exclude "$left_out" || status=1
    ((status == 0)) || printf '%s\n' "${failures[@]}" >&2
    exit "$status"
}

# run_suite PRESET [ARGUMENT...]: many tests run real processes against the clock, and machines are
# shared, so a test has a second attempt. One that needs it has a fault that is to be found, and is
# named. What a sanitizer has reported is not forgiven.
run_suite() {
    local preset=$1 log=build/$1/tests.log status=0 once
    shift
    ctest --preset "$preset" --parallel "$jobs" --repeat until-pass:2 "$@" | tee "$log" || status=1
    ((status == 0)) || failures+=("tests failed under $preset:" "$(excerpts "$log")")
    # What a test prints is in the log only when it has failed.
    if grep -qE "$sanitizer_report" "$log"; then
        failures+=("a sanitizer has found something under $preset:"
            "$(grep -m1 -A20 -E "$sanitizer_report" "$log")")
        status=1
    fi
    once=$(sed -n 's/^[ 0-9/]*Test *#[0-9]*: \([^ ]*\) .*\*\*\*[FT].*/\1/p' "$log" | sort | uniq -c |
        awk '$1 == 1 { print $2 }')
    [[ -z $once ]] ||
        say "failed once under $preset, and passed when run again: $(xargs <<<"$once")"
    return "$status"
}

# excerpts LOG: of each test that has failed twice, how it began, what failed, and how it ended.
excerpts() {
    awk '/Test +#[0-9]+:/ { again = /\*\*\*/ && ++attempts[$1 == "Test" ? $3 : $4] == 2; shown = again ? 12 : 0 }
         again && /: Failure$|FAILED|[Vv]iolation|Sanitizer|[Ee]rror/ { shown = 8 }
         /^ +Start +[0-9]+:/ { again = shown = 0 }
         shown-- > 0' "$1"
}

# Real servers with published shutdown bugs: their versions are Debian's, not ours to keep, so
# they say something about the drill but decide nothing about a change.
run_museum() {
    need build libraries test museum
    build release
    ctest --preset release --label-regex museum --verbose
}

run_bench() {
    need build libraries test museum bench
    build release
    exec tools/run_benchmarks build/release/bin bench/results "$@"
}

run_check() {
    need build libraries test check
    exec tools/check_all
}

verb=${1:-help}
(($# == 0)) || shift
case $verb in
build | demo | test | museum | bench | check)
    mkdir -p build
    "run_$verb" "$@"
    ;;
clean) rm -rf build ;;
help | -h | --help) help ;;
*)
    help >&2
    say "there is no verb '$verb'"
    exit 2
    ;;
esac
