#!/usr/bin/env bash
# Runs each of the three experiments, and plans the comparisons, which take minutes.
set -euo pipefail
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cargo build --release --quiet
medley=${CARGO_TARGET_DIR:-../target}/release/literature-mixings
"$medley" list > "$out/list"
for name in uncertainty-weighted gradient-projection type-embedding; do
  grep -q "mixing.$name " "$out/list"
  "$medley" run "experiment-$name.toml" --out "$out/runs" > "$out/log"
  test -s "$out/runs/$name/figures/quality.png"
done
"$medley" plan compare.toml > "$out/log"
"$medley" plan truth.toml > "$out/log"
# The projection is of no function, so that there is no optimum to find.
sed 's/^\[mixing\]/[inference]\nlaplace = {}\n\n&/' experiment-gradient-projection.toml > "$out/laplace.toml"
if "$medley" run "$out/laplace.toml" --out "$out/runs" > "$out/log" 2> "$out/error"; then
  echo "inference.laplace took a mixing that projects gradients"
  exit 1
fi
grep -q 'it projects gradients, which `inference.laplace` cannot' "$out/error"
echo "literature mixings: all three ran end to end"
