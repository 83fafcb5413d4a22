#!/usr/bin/env bash
# Runs the browser tests against the release binary; arguments go to Playwright. The tests start, kill and
# restart their own servers.
set -euo pipefail
. "$(dirname "$0")/env.sh"

cd end2end
step 'playing the browser tests' node_modules/.bin/playwright test "$@"
