#!/usr/bin/env bash
# Checks, builds and tests everything, then says how long each step took.
set -euo pipefail
. "$(dirname "$0")/env.sh"

results=.tools/results.log
if [ -t 1 ]; then export CARGO_TERM_COLOR=always FORCE_COLOR=1; fi

scripts/check.sh
# Before the tests, because some of them need the files that it makes.
scripts/build.sh
scripts/first-load.sh
# Most tests only wait for their own server, so more of them than cores may run at a time.
step 'testing the server' env RUST_TEST_THREADS=8 cargo test --locked --workspace 2>&1 | tee "$results"
# All but those that are about sockets only, and those that are on PostgreSQL in any case.
step 'testing the server on PostgreSQL' env TODOAPP_TEST_ENGINE=postgres RUST_TEST_THREADS=8 \
    cargo test --locked --test it -- --skip tidy:: --skip conformance:: --skip frames:: --skip handshake:: \
    --skip slow_readers:: --skip nodes:: --skip encryption:: --skip interleavings:: 2>&1 | tee -a "$results"
scripts/e2e.sh 2>&1 | tee -a "$results"

say 'every step passed'
cat "$STEP_LOG"
# cargo says "test result: ok. 12 passed; …", Playwright "  12 passed (3.4s)".
esc=$(printf '\033')
sed "s/$esc\[[0-9;]*m//g" "$results" | awk '
    /^test result: ok/ { passed += $4; skipped += $8 }
    /^ +[0-9]+ passed \(/ { passed += $1 }
    /^ +[0-9]+ skipped$/ { skipped += $1 }
    END { printf "%d passed, 0 failed, %d skipped\n", passed, skipped }'
