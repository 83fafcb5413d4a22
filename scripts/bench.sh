#!/usr/bin/env bash
# Measures the release beside its peers. Options by variables: ROUNDS=3, BENCH_SECONDS=1 (of each load), and
# BENCH_ONLY=compare, growth or nodes.
#   bench.sh run     prints tables and keeps all figures in target/bench/figures.json
#   bench.sh simulate  says what more machines would do, by the times that were measured
#   bench.sh docs    makes docs/bench.svg and the README's table of them
set -euo pipefail
. "$(dirname "$0")/env.sh"

# Ten thousand sockets are ten thousand open files, in the load program and in the server.
ulimit -n "$(ulimit -Hn)"
[ -x "$TODOAPP_BIN" ] || fail "there is no $TODOAPP_BIN: 'make build' builds it"
step 'building the load program' cargo build --locked --profile load --package todoapp-bench
[ "$1" != run ] || say 'measuring takes some minutes; leave the machine alone meanwhile'

folder=$PWD/.tools/bench
if [ -x "$folder/gin" ]; then
    version() { dpkg-query -W -f '${source:Upstream-Version}' "$1" 2>/dev/null || echo 'of unknown version'; }
    export BENCH_GIN=$folder/gin BENCH_GIN_VERSION
    BENCH_GIN_VERSION="gin $(version golang-github-gin-gonic-gin-dev) and gorilla/websocket $(
        version golang-github-gorilla-websocket-dev
    ) on $(go version | awk '{ print $3 }')"
fi
if [ -e "$folder/ws/installed" ]; then
    export BENCH_WS=$folder/ws/node_modules BENCH_WS_VERSION
    BENCH_WS_VERSION="ws $(cat "$folder/ws/installed") on Node.js $(node --version)"
fi
if [ -e "$folder/pocketbase/installed" ]; then
    export BENCH_POCKETBASE=$folder/pocketbase/bin/pocketbase BENCH_POCKETBASE_VERSION
    BENCH_POCKETBASE_VERSION="PocketBase $(cat "$folder/pocketbase/installed"), its default synchronous=NORMAL"
fi
if [ -n "$CHROMIUM" ] && [ -e end2end/node_modules/@playwright/test ]; then
    export BENCH_BROWSER_VERSION
    BENCH_BROWSER_VERSION=$("$CHROMIUM" --version 2>/dev/null | awk '{ print $1, $2 }')
fi
# It fails if there is more than may be, which is not what is asked here.
BENCH_FIRST_LOAD=$({ scripts/first-load.sh 2>/dev/null || true; } | awk '/bytes in all/ { print $1 }')
[ -z "$BENCH_FIRST_LOAD" ] || export BENCH_FIRST_LOAD

exec target/load/todoapp-bench "$@"
