#!/usr/bin/env bash
# Has Lighthouse look at the release as on a phone, with a list of 100 todos, and prints the scores. Fails below 100 in
# accessibility and best practices. It gives fewer points in "SEO" for `robots.txt`, which keeps search engines out on
# purpose: a list is personal.
set -euo pipefail
. "$(dirname "$0")/env.sh"
todos=100

[ -x "$TODOAPP_BIN" ] || fail "there is no $TODOAPP_BIN: 'make build' builds it"
[ "$(.tools/lighthouse/node_modules/.bin/lighthouse --version 2>/dev/null)" = "$LIGHTHOUSE_VERSION" ] ||
    quiet_step "installing Lighthouse $LIGHTHOUSE_VERSION" .tools/lighthouse.log \
        env PUPPETEER_SKIP_DOWNLOAD=1 npm install --prefix .tools/lighthouse --no-save --no-fund --no-audit "lighthouse@$LIGHTHOUSE_VERSION"

folder=$(mktemp -d) server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
"$TODOAPP_BIN" --listen 127.0.0.1:0 --database-url "sqlite:$folder/lists.db" >"$folder/console" 2>&1 &
server=$!
for _ in $(seq 50); do
    url=$(grep -o 'http://localhost:[0-9]*' "$folder/console" | head -n 1) && break
    sleep 0.1
done
[ -n "$url" ] || fail "the server did not start: $(cat "$folder/console")"
for n in $(seq "$todos"); do
    curl -sf -o "$folder/answer" -H "Origin: $url" --data-urlencode "title=Todo number $n" -d list=home "$url/api/todos/create"
done

step 'having Lighthouse look at the page' \
    env CHROME_PATH="$CHROMIUM" .tools/lighthouse/node_modules/.bin/lighthouse "$url/" --quiet \
    --output=json --output-path="$folder/report.json" \
    --only-categories=performance,accessibility,best-practices,seo \
    --chrome-flags='--headless=new --no-sandbox --disable-quic --disable-background-networking --disable-component-update --disable-sync --no-first-run'

node -e '
const report = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
const line = (figure, what) => console.log(String(figure).padStart(12), "", what);
for (const it of Object.values(report.categories)) line(Math.round(it.score * 100), it.title);
for (const id of ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"])
    line(report.audits[id].displayValue, report.audits[id].title);
const { accessibility, "best-practices": practices } = report.categories;
for (const { id } of [...accessibility.auditRefs, ...practices.auditRefs]) {
    const audit = report.audits[id];
    if (audit.score !== null && audit.score < 1) console.log("    missed:", audit.title);
}
process.exitCode = accessibility.score === 1 && practices.score === 1 ? 0 : 1;
' "$folder/report.json"
