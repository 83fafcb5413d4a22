#!/usr/bin/env bash
# Makes sure that the Rust of rust-toolchain.toml is installed, with clippy and rustfmt.
set -euo pipefail
. "$(dirname "$0")/env.sh"

channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
command -v cargo >/dev/null || fail "Rust is missing. Install it from https://rustup.rs, open a new terminal, then try again."

# Debian's Rust, or another one without rustup: only its version can be checked.
if ! command -v rustup >/dev/null; then
    have=$(rustc --version | cut -d' ' -f2)
    printf '%s\n%s\n' "$channel" "$have" | sort -V -C ||
        fail "Rust $have is too old: todoapp needs $channel. Install it from https://rustup.rs, then try again."
    exit 0
fi

# A toolchain that the user has chosen in the environment is used as it is.
if [ -n "${RUSTUP_TOOLCHAIN:-}" ] && [ ! -f .tools/toolchain ]; then exit 0; fi

# Not plain `rustc`, which in this folder may start a download without telling anyone.
complete() {
    case $(rustup run "$1" rustc --version 2>/dev/null) in "rustc $channel "*) ;; *) return 1 ;; esac
    rustup run "$1" cargo-clippy --version >/dev/null 2>&1 && rustup run "$1" rustfmt --version >/dev/null 2>&1
}

if complete "${RUSTUP_TOOLCHAIN:-$channel}"; then exit 0; fi
rm -f .tools/toolchain
unset RUSTUP_TOOLCHAIN

say "installing Rust $channel with rustup"
start=$SECONDS
if RUST_BACKTRACE=0 rustup toolchain install "$channel" --profile minimal --component clippy --component rustfmt \
    --no-self-update; then
    took "installing Rust $channel" "$start"
    exit 0
fi

# rustup's server can't be reached, but the same compiler may be installed under another name, such as `stable`.
for toolchain in $(rustup toolchain list | cut -d' ' -f1); do
    complete "$toolchain" || continue
    say "using $toolchain, which is Rust $channel"
    echo "$toolchain" >.tools/toolchain
    exit 0
done
fail "Rust $channel could not be installed. Run 'rustup toolchain install $channel' with a network, then try again."
