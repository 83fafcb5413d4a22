#!/usr/bin/env bash
# Makes sure of what only the system's package manager can bring. On Debian with root rights it is
# installed; elsewhere one sentence names everything that is missing.
#   system.sh build   a C compiler and Perl
#   system.sh check   and Python, where Node.js has to be brought
#   system.sh test    and Python and a browser
set -euo pipefail
. "$(dirname "$0")/env.sh"
what=${1:-build}
missing='' packages=''
: >"$STEP_LOG" # every set-up starts here

needs() { # WHAT PACKAGE…
    missing="${missing:+$missing; }$1"
    shift
    packages="${packages:+$packages }$*"
}

# Not only whether it is there: Debian's works only with another package, and what macOS has under this
# name at first is no compiler.
c_compiler() {
    printf '#include <stdio.h>\nint main(void) { return 0; }\n' | cc -x c -o .tools/probe - 2>/dev/null
}

python() {
    python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null
}

c_compiler || needs 'a C compiler' gcc libc6-dev
# For the OpenSSL inside cargo-leptos. The smallest Debian has a perl without these modules.
perl -MFindBin -MIPC::Cmd -e 1 2>/dev/null || needs 'Perl with its modules' perl
case $what in
    check) node_works || python || needs 'Node.js 20 or newer, or Python 3.10 or newer to bring it' python3 python3-venv ;;
    test)
        python || needs 'Python 3.10 or newer with venv' python3 python3-venv
        [ -n "$CHROMIUM" ] || needs 'a Chromium browser (or CHROMIUM=/path/to/one)' chromium
        ;;
esac
if [ -z "$packages" ]; then exit 0; fi

[ -z "${PACKAGES_INSTALLED:-}" ] ||
    fail "missing, although Debian's $PACKAGES_INSTALLED are installed: $missing. Install that, then try again."
# No package: scripts/rust.sh says more about it. But nobody should be told one thing at a time.
command -v cargo >/dev/null || missing="Rust, from https://rustup.rs; $missing"
command -v apt-get >/dev/null ||
    fail "missing: $missing. Install that with your system's package manager (Debian calls it '$packages'; on macOS 'xcode-select --install' brings a C compiler), then try again."
sudo=''
if [ "$(id -u)" != 0 ]; then
    sudo='sudo -n'
    $sudo true 2>/dev/null || fail "missing: $missing. Run 'sudo apt-get install -y $packages', then try again."
fi
quiet_step "installing Debian's $packages" .tools/apt.log sh -c \
    "$sudo apt-get update -q && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages"
# Whether it is all there now; an older system may have too old a version.
PACKAGES_INSTALLED=$packages exec scripts/system.sh "$what"
