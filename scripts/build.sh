#!/usr/bin/env bash
# Builds the release: first the browser's part into target/site, compressed, then the server, which includes
# that, at target/release/todoapp.
set -euo pipefail
. "$(dirname "$0")/env.sh"

PATH=$PWD/scripts/no-wasm-opt:$PATH
step 'building the release' cargo leptos build --release -P
