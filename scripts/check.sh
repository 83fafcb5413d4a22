#!/usr/bin/env bash
# Everything that can be said about the code without running it.
set -euo pipefail
. "$(dirname "$0")/env.sh"

step 'checking the format' cargo fmt --check
# The crate is compiled twice in life, so it is checked twice.
step 'linting the server' cargo clippy --locked --all-targets -- -D warnings
step 'linting the page' cargo clippy --locked --lib --no-default-features --features hydrate \
    --target wasm32-unknown-unknown -- -D warnings
# `make dev` has the types of the views erased, for which a view may be wrong that is right otherwise:
# this is how cargo-leptos asks for it. Cargo keeps both kinds of each crate beside each other.
erased="${RUSTFLAGS:+$RUSTFLAGS }--cfg erase_components"
step 'checking the server of make dev' env RUSTFLAGS="$erased" cargo check --locked
step 'checking the page of make dev' env RUSTFLAGS="$erased" cargo check --locked --lib \
    --no-default-features --features hydrate --target wasm32-unknown-unknown
step 'building the documentation' \
    env RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --document-private-items
step 'checking the types of end2end/' end2end/node_modules/.bin/tsc --noEmit --project end2end
