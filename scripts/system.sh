#!/usr/bin/env bash
# Makes sure that everything is installed which only the system's package manager can install. On Debian with
# root rights it is installed; elsewhere one sentence names everything that is missing.
#   system.sh build   a C compiler and Perl
#   system.sh check   also Python, if Node.js has to be installed
#   system.sh test    also Python, a browser, strace and PostgreSQL
#   system.sh bench   also Python
#   system.sh postgresql  PostgreSQL, for scripts/peers.sh
#   system.sh gin     Go with gin and gorilla/websocket, for scripts/peers.sh
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

# Compiles something, because it is not enough that `cc` exists: Debian's works only with another package, and
# on a new macOS `cc` is not a compiler yet.
c_compiler() {
    printf '#include <stdio.h>\nint main(void) { return 0; }\n' | cc -x c -o .tools/probe - 2>/dev/null
}

go_with_gin() {
    command -v go >/dev/null && [ -d "$GO_PACKAGES/src/github.com/gin-gonic/gin" ] &&
        [ -d "$GO_PACKAGES/src/github.com/gorilla/websocket" ]
}

# The tests start one of their own, which is thrown away, unless they are given another.
postgresql() {
    command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

python() {
    python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null
}

c_compiler || needs 'a C compiler' gcc libc6-dev
# Needed to build the OpenSSL inside cargo-leptos. A minimal Debian has a perl without these modules.
perl -MFindBin -MIPC::Cmd -e 1 2>/dev/null || needs 'Perl with its modules' perl
case $what in
    check) node_works || python || needs 'Node.js 20 or newer, or Python 3.10 or newer to bring it' python3 python3-venv ;;
    # shellcheck disable=SC2086
    gin) go_with_gin || needs 'Go with gin and gorilla/websocket' $GIN_PACKAGES ;;
    postgresql) postgresql || needs 'PostgreSQL 15 or newer' postgresql ;;
    bench) python || needs 'Python 3.10 or newer with venv' python3 python3-venv ;;
    test)
        python || needs 'Python 3.10 or newer with venv' python3 python3-venv
        [ -n "$STRACE" ] || needs 'strace, which counts calls to the system' strace
        [ -n "${TEST_POSTGRES_URL:-}" ] || postgresql || needs 'PostgreSQL 15 or newer (or TEST_POSTGRES_URL, one that tests may use)' postgresql
        # On Debian, scripts/setup.sh brings it.
        [ -n "$NGINX_PROGRAM" ] || command -v apt-get >/dev/null || needs 'nginx' nginx
        [ -n "$CHROMIUM" ] || needs 'a Chromium browser (or CHROMIUM=/path/to/one)' chromium
        ;;
esac
if [ -z "$packages" ]; then exit 0; fi

[ -z "${PACKAGES_INSTALLED:-}" ] ||
    fail "missing, although Debian's $PACKAGES_INSTALLED are installed: $missing. Install that, then try again."
# Rust is not a package, and scripts/rust.sh says more about it. But everything that is missing should be named
# at once.
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
# Checks again, because the packages of an older system may be too old.
PACKAGES_INSTALLED=$packages exec scripts/system.sh "$what"
