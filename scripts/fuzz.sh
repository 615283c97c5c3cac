#!/usr/bin/env bash
# Tries inputs for longer than `cargo test` does.
#
#     scripts/fuzz.sh [seconds] [seed] [conversations|files|line_files|mappings|models|specs]
#         Inputs that nearly fit, drawn by proptest: seconds for each target (300), a seed (by default the
#         hour, so that others are drawn each time), and the beginning of a target's name. A failure prints
#         the smallest input that fails and the seed that finds it again.
#
#     scripts/fuzz.sh --guided [seconds] [conversations|hdf5|mappings|models|packed|specs|tables]...
#         libFuzzer from the inputs in fuzz/corpus on, led by the lines that they reach: seconds for each
#         target (300), all targets if none is named. What reaches new lines goes to fuzz/found/<target>,
#         what fails to fuzz/failed. Stable Rust and a C++ compiler do; a build of its own takes some 15
#         minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."

guided() {
  local secs="${1:-300}"
  shift || true
  local targets=("$@")
  [ ${#targets[@]} -gt 0 ] || targets=(conversations hdf5 mappings models packed specs tables)
  local host features=() bins=() target
  host=$(rustc -vV | sed -n 's/^host: //p')
  for target in "${targets[@]}"; do
    bins+=(--bin "$target")
    case "$target" in models | specs) features=(--features models) ;; esac
  done
  local build="${CARGO_TARGET_DIR:-$PWD/fuzz/target}"
  RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares" CARGO_TARGET_DIR="$build" \
    cargo build --manifest-path fuzz/Cargo.toml --release --target "$host" "${features[@]}" "${bins[@]}"
  for target in "${targets[@]}"; do
    if [ "$target" = models ]; then
      model "$build/model"
    fi
    mkdir -p "fuzz/found/$target" fuzz/failed
    echo "== $target"
    "$build/$host/release/$target" -max_total_time="$secs" -max_len=20000 -timeout=30 -rss_limit_mb=3072 \
      -detect_leaks=0 -print_final_stats=1 -verbosity=0 -artifact_prefix="fuzz/failed/$target-" \
      "fuzz/found/$target" "fuzz/corpus/$target"
  done
}

# Trains the model that `models` damages, with the dataset that it scores.
model() {
  rm -rf "$1"
  mkdir -p "$1"
  cargo run --release --quiet -- import trl-preference fuzz/model/rows.jsonl "$1/dataset" > "$1/log"
  cargo run --release --quiet -- run fuzz/model/experiment.toml --out "$1/runs" >> "$1/log"
  MEDLEY_FUZZ_MODEL=$(dirname "$(find "$1/runs" -name model.toml | sort | head -n 1)")
  export MEDLEY_FUZZ_MODEL MEDLEY_FUZZ_DATASET="$1/dataset"
}

if [ "${1:-}" = --guided ]; then
  shift
  guided "$@"
  exit
fi

export MEDLEY_FUZZ_SECS="${1:-300}" MEDLEY_FUZZ_SEED="${2:-$(date +%Y%m%d%H)}" RUST_BACKTRACE=0
# Decoders that panic on damaged files are caught, and say so first.
log=$(mktemp)
echo "$MEDLEY_FUZZ_SECS s for each target, from seed $MEDLEY_FUZZ_SEED on; what panics say: $log"
cargo test --release -p medley --test command "fuzz::${3:-}" -- --nocapture 2> "$log" || {
  grep -a -B 2 -A 80 "^smallest input" "$log" || tail -n 20 "$log"
  exit 1
}
