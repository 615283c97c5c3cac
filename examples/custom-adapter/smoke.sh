#!/usr/bin/env bash
# Writes the dataset, lists the adapter, runs the experiment: all that the README says.
set -euo pipefail
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cargo build --release --quiet
bin=${CARGO_TARGET_DIR:-../target}/release
"$bin/make-dataset" "$out/dataset"
"$bin/custom-adapter" list > "$out/list"
grep -q "adapter.best-worst " "$out/list"
grep -q "mixing.equal-sources" "$out/list"
sed "s#target/best-worst#$out/dataset#" experiment.toml > "$out/experiment.toml"
"$bin/custom-adapter" run "$out/experiment.toml" --out "$out/runs" > "$out/log"
grep -q "Held-out best-worst: accuracy" "$out/log"
test -s "$out/runs/best-worst/figures/quality.png"
cat > "$out/survey.jsonl" <<'END'
{"prompt": "Name a river.", "shown": ["The Rhine.", "A river.", "Water."], "best": "The Rhine.", "worst": "Water.", "who": "ann"}
{"prompt": "Name a river.", "shown": ["The Rhine.", "A river.", "Water."], "best": "Fire.", "worst": "Water.", "who": "bo"}
END
! "$bin/custom-adapter" import best-worst-survey "$out/survey.jsonl" "$out/survey" 2> "$out/error"
grep -q "line 2: .best. must be one of .shown., found Fire." "$out/error"
"$bin/custom-adapter" import best-worst-survey "$out/survey.jsonl" "$out/survey" --on-bad-row skip > "$out/report"
grep -q "1  best-worst" "$out/report"
test -s "$out/survey/feedback/best-worst.parquet"
echo "custom adapter: best-worst ran end to end"
