#!/usr/bin/env bash
# Breaks everything at once around the release for some minutes (SECONDS_TO_RUN, default 300), and measures.
set -euo pipefail
. "$(dirname "$0")/env.sh"

# Ten thousand sockets are ten thousand open files, in the tests and in the server.
ulimit -n "$(ulimit -Hn)"
[ -x "$TODOAPP_BIN" ] || fail "there is no $TODOAPP_BIN: 'make build' builds it"

export TODOAPP_SOAK_SECONDS=${SECONDS_TO_RUN:-300}
step 'soaking' cargo test --locked --test it -- --nocapture --test-threads=1 chaos:: measure:: strain::
