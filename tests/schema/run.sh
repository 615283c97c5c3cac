#!/usr/bin/env bash
# Whether Taplo takes our schemas: every carried file is valid, and files with mistakes are not.
# Usage: tests/schema/run.sh path/to/medley
set -euo pipefail
medley=$(realpath "$1")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
taplo=taplo
if ! command -v taplo > /dev/null; then
  npm install --silent --no-fund --no-audit --prefix "$work/taplo" @taplo/cli@0.7.0
  taplo="$work/taplo/node_modules/.bin/taplo"
fi
passed=0
failed=0
expect() { # expect valid|refused kind file
  local said is=valid
  said=$("$taplo" lint --no-auto-config --schema "file://$work/$2.json" "$3" 2>&1) || is=refused
  if [ "$is" = "$1" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    printf '%s: expected to be %s under the schema of %s:\n%s\n' "$3" "$1" "$2" "$said"
  fi
}
for kind in experiment simulation study exact import world; do
  "$medley" schema "$kind" > "$work/$kind.json"
done
kind_of() {
  for kind in exact study import simulation world; do
    if grep -Eq "^(\[+$kind[].]|$kind\.)" "$1"; then echo "$kind"; return; fi
  done
  echo experiment
}
while read -r file; do expect valid "$(kind_of "$file")" "$file"; done \
  < <(find experiments docs/default.toml -name '*.toml' | sort)
mistake() { sed "$1" docs/default.toml > "$work/mistake.toml"; expect refused experiment "$work/mistake.toml"; }
mistake 's/^seeds = /sedes = /'
mistake 's/^epochs = 50/epochs = "many"/'
mistake 's/^backbone.mlp/backbone.mpl/'
mistake 's/^adapter.comparison /adapter.comparisons /'
mistake 's/^schedule = "constant"/schedule = "sine"/'
mistake '/^name = /d'
echo "schemas: $passed passed, $failed failed"
[ "$failed" = 0 ]
