#!/bin/sh
# Opens report pages in a headless browser: tests/browser/run.sh [--shots FOLDER] PAGE...
# Installs what it needs where that is absent: chromium, node and npm from Debian, and the two packages of
# package-lock.json beside this file.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
missing=""
for program in chromium node npm; do
    command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
done
case "$missing" in
"") ;;
*)
    # Debian calls the package of `node` nodejs.
    packages=$(echo "$missing" | sed 's/ node\b/ nodejs/')
    # shellcheck disable=SC2086
    (apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages) >/dev/null
    ;;
esac
if ! cmp -s "$here/package-lock.json" "$here/node_modules/.installed"; then
    (cd "$here" && npm ci --silent --no-audit --no-fund)
    cp "$here/package-lock.json" "$here/node_modules/.installed"
fi
exec node "$here/check.mjs" "$@"
