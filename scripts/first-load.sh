#!/usr/bin/env bash
# Says what a browser loads before the page is interactive, as it is sent, and fails if that is more than it may be.
set -euo pipefail
. "$(dirname "$0")/env.sh"

# In bytes, a little more than it is. The goal is 150000. Whoever makes it smaller lowers this.
budget=217000

total=0
for file in pkg/todoapp.wasm pkg/todoapp.js pkg/todoapp.css page.js offline.js; do
    size=$(wc -c <"target/site/$file.br")
    total=$((total + size))
    printf '%12d  %s\n' "$size" "$file"
done
printf '%12d  bytes in all, of at most %d\n' "$total" "$budget"
[ "$total" -le "$budget" ] || fail "the first load is over its budget: see scripts/first-load.sh"
