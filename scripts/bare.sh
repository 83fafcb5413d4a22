#!/usr/bin/env bash
# Runs a command of this project, as it is committed, in an empty Debian 12 that has only git, make and Rust,
# and says how long each step took. Needs root and debootstrap, and removes everything at the end.
#   bare.sh make serve          as a user without root, until the page has answered (another port: PORT=3001)
#   bare.sh make test           or any other command
#   bare.sh --root make serve   as root, so that the set-up installs packages itself
set -euo pipefail
# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
port=${PORT:-3000}

main() {
    [ "$(id -u)" = 0 ] || fail "a Debian of one's own can only be made by root."
    command -v debootstrap >/dev/null || fail "debootstrap is missing. Run 'apt-get install -y debootstrap', then try again."
    command -v rustup >/dev/null || fail "rustup is missing: it is copied into the new Debian. Install it from https://rustup.rs, then try again."
    [ $# -gt 0 ] || fail "say what to run, as in 'scripts/bare.sh make serve'"
    [ -z "$(git status --porcelain)" ] || say "what is not committed is left out"
    # However this ends, its mounts and processes end with their namespaces. Then only a folder must be removed.
    work=$(mktemp -d "${TMPDIR:-/var/tmp}/bare.XXXXXX")
    pid=''
    trap 'trap "" INT TERM HUP; [ -z "$pid" ] || { kill -KILL "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; }; rm -rf --one-file-system "$work"' EXIT
    trap 'exit 130' INT TERM HUP
    BARE_WORK=$work unshare --mount --pid --fork --kill-child scripts/bare.sh "$@" &
    pid=$!
    status=0
    wait "$pid" || status=$?
    pid=''
    exit "$status"
}

# The registries must be used in the same way as here: with the same mirrors, proxies and certificates.
registries() {
    local file name value
    apt-config dump Acquire | grep -v -e IndexTargets -e '""' >"$root/etc/apt/apt.conf.d/99host" || true
    cp /etc/hosts "$root/etc/hosts"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
        cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/"
        chroot "$root" update-ca-certificates
    fi
    [ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/pip.conf"
    for file in .config/pip/pip.conf .pip/pip.conf .cargo/config.toml; do
        [ ! -f "$HOME/$file" ] || install -D "$HOME/$file" "$root$home/$file"
    done
    # The npm there looks for its global file in another place.
    for file in /etc/npmrc /usr/etc/npmrc /usr/local/etc/npmrc "$HOME/.npmrc"; do
        [ ! -f "$file" ] || { cat "$file"; echo; } >>"$root$home/.npmrc"
    done
    while IFS='=' read -r -d '' name value; do
        case $name in
            *_proxy | *_PROXY | PIP_* | npm_config_* | NPM_CONFIG_* | CARGO_HTTP_* | CARGO_NET_* | CARGO_REGISTR* | CARGO_SOURCE_* | \
                RUSTUP_DIST_SERVER | RUSTUP_UPDATE_ROOT | SSL_CERT_* | *_CA_BUNDLE | NODE_EXTRA_CA_CERTS)
                passed+=("$name=$value")
                # For example a file of certificates.
                if [ -f "$value" ] && [ ! -e "$root$value" ]; then install -D -m 644 "$value" "$root$value"; fi
                ;;
        esac
    done < <(env -0)
}

# Copies this machine's rustup. If rustup's server can't be reached, also copies this machine's compiler, but
# without the library for the browser, which a new user does not have either.
rust() {
    local channel host sysroot name toolchain
    channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
    host=$(rustc -vV | sed -n 's/^host: //p')
    sysroot=$(rustc --print sysroot)
    mkdir -p "$root$home/.cargo/bin"
    cp -L "$(command -v rustup)" "$root$home/.cargo/bin/rustup"
    for name in cargo cargo-clippy cargo-fmt clippy-driver rustc rustdoc rustfmt; do
        ln -sf rustup "$root$home/.cargo/bin/$name"
    done
    chroot "$root" chown -R "$user:$user" "$home"
    in_debian "$user" timeout 600 rustup toolchain install "$channel" --profile minimal --no-self-update || {
        toolchain=$root$home/.rustup/toolchains/$channel-$host
        mkdir -p "$toolchain"
        tar -C "$sysroot" -c --exclude=./share --exclude='*wasm32*' . | tar -C "$toolchain" -x
        sed -i '/wasm32/d' "$toolchain/lib/rustlib/components"
        chroot "$root" chown -R "$user:$user" "$home"
    }
    in_debian "$user" rustup default "$channel"
}

# Runs in the project's folder, and of this shell's environment passes on only what the registries need.
in_debian() { # USER COMMAND…
    local home_of=/root
    [ "$1" = root ] || home_of=/home/$1
    # shellcheck disable=SC2016 # for the shell inside
    chroot --userspec="$1:$1" "$root" env -i HOME="$home_of" USER="$1" LANG=C.UTF-8 "${passed[@]}" \
        PATH="$home_of/.cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
        bash -c 'cd "$0" && exec "$@"' "$([ -d "$root$project" ] && echo "$project" || echo /)" "${@:2}"
}

page_answers() {
    { printf 'GET / HTTP/1.0\r\nHost: localhost:%s\r\n\r\n' "$port" >&3 && cat <&3 >"$work/page"; } \
        2>/dev/null 3<>"/dev/tcp/127.0.0.1/$port"
} 2>/dev/null

# Like `in_debian`, but `make serve` is stopped once it has answered.
run() { # COMMAND…
    local log=$work/run.log start=$SECONDS pid
    say "as $user: $*"
    if [ "$*" != 'make serve' ]; then
        in_debian "$user" "$@" 2>&1 | tee "$log" || return
        return
    fi
    if page_answers; then fail "something else answers on port $port already. Choose another with PORT=…"; fi
    if [ "$port" != 3000 ]; then set -- "$@" "ARGS=--listen 127.0.0.1:$port"; fi
    # Its own process group, so that it can be stopped as a whole.
    set -m
    in_debian "$user" "$@" > >(tee "$log") 2>&1 &
    pid=$!
    set +m
    while ! page_answers; do
        kill -0 "$pid" 2>/dev/null || { wait "$pid" && return 1 || return; }
        sleep 1
    done
    head -n 1 "$work/page"
    grep -o '<title>.*</title>' "$work/page" || fail "what answers on port $port is not the page"
    took "make serve, until the page answered" "$start"
    kill -TERM -- "-$pid"
    wait "$pid" || true
}

inside() {
    work=$BARE_WORK root=$work/debian user=person passed=()
    STEP_LOG=$work/steps.log
    if [ "$1" = --root ]; then
        user=root
        shift
    fi
    home=/root
    [ "$user" = root ] || home=/home/$user
    project=$home/todoapp

    # shellcheck disable=SC2016 # for apt-get
    mirror=$(apt-get indextargets --format '$(SITE)' 2>/dev/null | grep -m 1 '/debian/*$' || true)
    quiet_step 'making an empty Debian 12' "$work/debootstrap.log" \
        debootstrap --variant=minbase --include=git,make,ca-certificates bookworm "$root" ${mirror:+"$mirror"}
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    [ "$user" = root ] || chroot "$root" useradd --create-home --shell /bin/bash "$user"
    registries >"$work/registries.log" 2>&1
    quiet_step 'giving it Rust' "$work/rust.log" rust
    git clone --quiet --no-hardlinks "$PWD" "$root$project"
    chroot "$root" chown -R "$user:$user" "$home"

    if ! run "$@"; then
        # The command that a person without root would give to somebody who has root.
        wanted=$(sed -n "s/.*Run 'sudo \(apt-get install [^']*\)'.*/\1/p" "$work/run.log")
        [ -n "$wanted" ] || fail "'$*' failed in the empty Debian"
        quiet_step "as root: $wanted" "$work/apt.log" in_debian root sh -c \
            "apt-get update -q && DEBIAN_FRONTEND=noninteractive $wanted --no-install-recommends"
        run "$@" || fail "'$*' failed in the empty Debian, with everything installed that it had asked for"
    fi
    say "'$*' passed in the empty Debian; how long its steps took:"
    cat "$STEP_LOG"
    if [ -f "$root$project/.tools/steps.log" ]; then
        say "and those of the project's own scripts in there:"
        cat "$root$project/.tools/steps.log"
    fi
}

if [ -z "${BARE_WORK:-}" ]; then main "$@"; else inside "$@"; fi
