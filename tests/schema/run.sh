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
  if ! command -v npm > /dev/null; then
    apt-get update -q > /dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends nodejs npm > /dev/null
  fi
  npm install --silent --no-fund --no-audit --prefix "$work/taplo" @taplo/cli@0.7.0
  taplo="$work/taplo/node_modules/.bin/taplo"
fi
passed=0
failed=0
expect() { # expect valid|refused kind file...
  local kind=$2 wanted=$1 said is=valid
  shift 2
  said=$("$taplo" lint --no-auto-config --schema "file://$work/$kind.json" "$@" 2>&1) || is=refused
  if [ "$is" = "$wanted" ]; then passed=$((passed + $#)); else
    failed=$((failed + 1))
    printf '%s: expected to be %s under the schema of %s:\n%s\n' "$*" "$wanted" "$kind" "$said"
  fi
}
kind_of() {
  has() { grep -Eq "^(\[+$1[].]|$1\.)" "$2"; }
  if has study "$1"; then echo study; return; fi
  if has dataset "$1"; then echo experiment; return; fi
  for kind in exact import simulation world; do
    if has "$kind" "$1"; then echo "$kind"; return; fi
  done
  echo experiment
}
for kind in experiment simulation study exact import world; do
  "$medley" schema "$kind" > "$work/$kind.json"
  : > "$work/$kind"
done
while read -r file; do echo "$file" >> "$work/$(kind_of "$file")"; done \
  < <(find experiments docs/default.toml -name '*.toml' | sort)
for kind in experiment simulation study exact import world; do
  mapfile -t files < "$work/$kind"
  echo "$kind: ${#files[@]} files"
  if [ "${#files[@]}" -gt 0 ]; then expect valid "$kind" "${files[@]}"; fi
done
mistake() { sed "$1" docs/default.toml > "$work/mistake.toml"; expect refused experiment "$work/mistake.toml"; }
mistake 's/^seeds = /sedes = /'
mistake 's/^epochs = 50/epochs = "many"/'
mistake 's/^backbone.mlp/backbone.mpl/'
mistake 's/^adapter.comparison /adapter.comparisons /'
mistake 's/^schedule = "constant"/schedule = "sine"/'
mistake '/^name = /d'
echo "schemas: $passed passed, $failed failed"
[ "$failed" = 0 ]
