#!/usr/bin/env bash
# Builds the release: first the browser's half into target/site, compressed, then the server with that
# inside, at target/release/todoapp.
set -euo pipefail
. "$(dirname "$0")/env.sh"

step 'building the release' cargo leptos build --release -P
