#!/usr/bin/env bash
# Writes the dataset, lists the adapter, runs the experiment: all that the README says.
set -euo pipefail
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cargo build --release --quiet
bin=${CARGO_TARGET_DIR:-target}/release
"$bin/make-dataset" "$out/dataset"
"$bin/custom-adapter" list | grep -q "adapter.best-worst "
sed "s#target/best-worst#$out/dataset#" experiment.toml > "$out/experiment.toml"
"$bin/custom-adapter" run "$out/experiment.toml" --out "$out/runs" > "$out/log"
grep -q "Held-out best-worst: accuracy" "$out/log"
test -s "$out/runs/best-worst/figures/quality.png"
echo "custom adapter: best-worst ran end to end"
