#!/usr/bin/env bash
# Checks everything that can be checked without running the code.
set -euo pipefail
. "$(dirname "$0")/env.sh"

step 'checking the format' cargo fmt --all --check
# The crate is compiled for the server and for the browser, so it is checked for both.
# With the load program of `make bench`, whose dependencies are the same.
step 'linting the server' cargo clippy --locked --workspace --all-targets -- -D warnings
step 'linting the page' cargo clippy --locked --lib --no-default-features --features hydrate \
    --target wasm32-unknown-unknown -- -D warnings
# `make dev` compiles views with erased types, and then a view may fail that compiles otherwise. cargo-leptos
# uses the same flag. Cargo keeps both builds of each crate, so none has to be repeated.
erased="${RUSTFLAGS:+$RUSTFLAGS }--cfg erase_components"
step 'checking the server of make dev' env RUSTFLAGS="$erased" cargo check --locked
step 'checking the page of make dev' env RUSTFLAGS="$erased" cargo check --locked --lib \
    --no-default-features --features hydrate --target wasm32-unknown-unknown
step 'building the documentation' \
    env RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --document-private-items
step 'checking the types of end2end/' end2end/node_modules/.bin/tsc --noEmit --project end2end
