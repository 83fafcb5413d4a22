#!/bin/sh
# Runs a PostgreSQL that is thrown away, for tests and measurements: with the programs in $BIN, its data in $FOLDER, on
# $PORT of this machine. Arguments are its settings (-c NAME=VALUE). If there is a certificate in $FOLDER (server.pem and
# server.key), it takes encrypted connections only. As root, it becomes the user that PostgreSQL needs.
# It runs until its standard input is closed, which happens when what has started it ends, however that ends. Then
# nothing of it is left. Each line that it reads starts it again: how it is to stop (fast, immediate), and for how many
# seconds it is away.
set -eu

as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
stop() { as "$BIN/pg_ctl" -D "$FOLDER/data" -m "$1" -w stop >/dev/null 2>&1 || true; }
run() {
    as "$BIN/postgres" -D "$FOLDER/data" -k "$FOLDER" -p "$PORT" -c listen_addresses=127.0.0.1 "$@" \
        >>"$FOLDER/log" 2>&1 </dev/null &
}

trap 'rm -rf "$FOLDER"' EXIT
if [ "$(id -u)" = 0 ]; then chown -R postgres "$FOLDER"; fi
as "$BIN/initdb" --pgdata "$FOLDER/data" --username postgres --auth trust --encoding UTF8 --locale C.UTF-8 --no-sync \
    >"$FOLDER/log" 2>&1 || { cat "$FOLDER/log" >&2; exit 1; }
if [ -e "$FOLDER/server.key" ]; then
    echo 'hostssl all all all trust' >"$FOLDER/data/pg_hba.conf"
    set -- "$@" -c ssl=on -c ssl_cert_file="$FOLDER/server.pem" -c ssl_key_file="$FOLDER/server.key"
fi
run "$@"
while read -r how seconds; do
    stop "$how"
    sleep "$seconds"
    run "$@"
done
stop immediate
