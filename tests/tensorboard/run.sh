#!/usr/bin/env bash
# Whether TensorBoard reads our event files: runs a small experiment and compares every scalar with the
# curves that the run wrote. Usage: tests/tensorboard/run.sh path/to/medley
set -euo pipefail
medley=$(realpath "$1")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! python3 -m venv "$work/venv" 2> /dev/null; then
  apt-get update -q > /dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3 python3-venv > /dev/null
  /usr/bin/python3 -m venv --clear "$work/venv"
fi
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  "tensorboard==2.20.0" "polars-lts-cpu<2" "setuptools<81"
cat > "$work/small.toml" << 'TOML'
name = "small"
seeds = [0, 1]
[dataset]
path = "datasets/qa_feedback"
encoder.hashed-ngrams = { dimensions = 16, orders = [1] }
[reward-model]
backbone.mlp = { hidden = [8] }
[feedback.comparisons]
adapter.comparison = {}
[feedback.corrections]
adapter.correction = {}
[mixing]
joint = {}
[training]
epochs = 3
min-steps = 60
[evaluation]
agreement = false
measure = { bootstrap = { replicates = 50 } }
baseline = { epochs = 1, min-steps = 1 }
TOML
"$medley" run "$work/small.toml" --out "$work/runs" --tensorboard "$work/events" --quiet > "$work/said"
"$work/venv/bin/python" tests/tensorboard/compare.py "$work/runs/"*/tables/curves.parquet "$work/events"
