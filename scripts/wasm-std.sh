#!/usr/bin/env bash
# Installs Rust's standard library for the browser (wasm32-unknown-unknown).
#
# If rustup can reach its server, this is only `rustup target add`. If not, the library is built from the
# sources that Debian has for exactly this compiler.
set -euo pipefail
. "$(dirname "$0")/env.sh"

target=wasm32-unknown-unknown
sysroot=$(rustc --print sysroot)

works() {
    echo 'pub fn probe() -> Vec<u8> { Vec::new() }' |
        rustc --crate-name probe --crate-type cdylib --target "$target" -o .tools/probe.wasm - 2>/dev/null
}

from_rustup() {
    command -v rustup >/dev/null || return 1
    say "adding the $target target with rustup"
    # Without a network rustup may try for a long time. macOS has no `timeout`.
    $(command -v timeout >/dev/null && echo timeout 300) rustup target add "$target" >.tools/rustup.log 2>&1
}

# The package lists are in our own folder. The system's apt sources are not changed, and are read only to find
# the mirror.
fetch_debian_source() {
    local version=$1 apt=$PWD/.tools/apt site package
    command -v apt-get >/dev/null || return 1
    site=$(apt-get indextargets --format '$(SITE) $(RELEASE)' | awk '$1 ~ /\/debian\/?$/ {print $1; exit}')
    [ -n "$site" ] || return 1
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site trixie-backports main" >"$apt/sources.list"
    local options=(-q -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=-
        -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update || return 1
    package=$(apt-cache "${options[@]}" madison rust-src |
        awk -v v="$version" '$3 ~ "^" v "[+~-]" {print $3; exit}')
    [ -n "$package" ] || { echo "no rust-src for $version in trixie-backports"; return 1; }
    (cd "$apt" && apt-get "${options[@]}" download "rust-src=$package" &&
        rm -rf source && dpkg-deb -x rust-src_*.deb source)
}

from_debian_source() {
    local version library out
    version=$(rustc --version | cut -d' ' -f2)
    say "rustup's server is out of reach: fetching Debian's rust-src $version"
    fetch_debian_source "$version" >.tools/rust-src.log 2>&1 || return 1
    library=$(echo "$PWD"/.tools/apt/source/usr/src/rustc-*/library)
    say "building the standard library for the browser (half a minute)"
    # rustc's own build uses these two flags for the library; without them it can't be used as a sysroot.
    (cd "$library" && RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=target \
        RUSTFLAGS='-Zforce-unstable-if-unmarked -Cembed-bitcode=yes' \
        cargo build --release --target "$target" --manifest-path sysroot/Cargo.toml --features panic-unwind) \
        >.tools/wasm-std.log 2>&1 || return 1
    out=$sysroot/lib/rustlib/$target/lib
    mkdir -p "$out"
    cp "$library/target/$target/release/deps/"*.rlib "$out/"
    rm -rf .tools/apt
}

if works; then exit 0; fi
start=$SECONDS
if from_rustup && works; then
    took "adding the $target target" "$start"
    exit 0
fi
if from_debian_source && works; then
    took "building the standard library for the browser" "$start"
    exit 0
fi
fail "Rust's library for the browser ($target) could not be installed. Run 'rustup target add $target' with a network, then try again. Details: .tools/rustup.log, .tools/rust-src.log, .tools/wasm-std.log"
