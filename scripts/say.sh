# Sourced by the other scripts: functions that print messages for the person who runs them.
# shellcheck shell=bash

if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi

say() { printf '%s==>%s %s\n' "$bold" "$plain" "$*"; }

fail() {
    printf '%sStopped:%s %s\n' "$bold" "$plain" "$*" >&2
    exit 1
}

duration() { if [ "$1" -lt 60 ]; then echo "$1 s"; else echo "$(($1 / 60)) min $(($1 % 60)) s"; fi; }

# Ends a step: says how long it took, here and in the table that scripts/test.sh prints at the end.
took() { # LABEL START
    local seconds=$((SECONDS - $2))
    printf '    done in %s\n' "$(duration "$seconds")"
    printf '%12s  %s\n' "$(duration "$seconds")" "$1" >>"$STEP_LOG"
}

# A step whose own output is shown.
step() { # LABEL COMMAND…
    local label=$1 start=$SECONDS
    shift
    say "$label"
    "$@" || fail "'$*' failed after $(duration $((SECONDS - start))); what it said is above."
    took "$label" "$start"
}

# A step whose output matters only if it fails. It goes to a log. The time so far is shown (for cargo also the
# number of crates): on a terminal in one line that changes, elsewhere every 30 s.
quiet_step() { # LABEL LOG COMMAND…
    local label=$1 log=$2 start=$SECONDS shown=$SECONDS pid crates line
    shift 2
    say "$label"
    CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=100 "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    # A command in the background does not get Ctrl-C.
    trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM
    while sleep 0.2 && kill -0 "$pid" 2>/dev/null; do
        if [ -t 1 ]; then [ "$SECONDS" -gt "$shown" ] || continue; else [ "$SECONDS" -ge $((shown + 30)) ] || continue; fi
        shown=$SECONDS
        crates=$(tail -c 3000 "$log" | tr '\r' '\n' | sed -n 's/.*Building \[[^]]*\] \([0-9]*\)\/\([0-9]*\).*/\1 of \2 crates, /p' | tail -n 1)
        line="    … $crates$(duration $((SECONDS - start)))"
        if [ -t 1 ]; then printf '\r%-60s' "$line"; else echo "$line"; fi
    done
    trap - INT TERM
    if [ -t 1 ]; then printf '\r%-60s\r' ''; fi
    if ! wait "$pid"; then
        tr '\r' '\n' <"$log" | grep -v -e 'Building \[' -e '^ *$' | tail -n 15 >&2 || true
        fail "'$*' failed after $(duration $((SECONDS - start))). All it said: $log"
    fi
    took "$label" "$start"
}
