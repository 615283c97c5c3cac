#!/usr/bin/env bash
# Tries inputs that nearly fit for longer than `cargo test` does: seconds for each target (300), a seed (by
# default the hour, so that others are drawn each time), and the beginning of a target's name. A failure
# prints the smallest input that fails and the seed that finds it again.
#
#     scripts/fuzz.sh [seconds] [seed] [conversations|files|line_files|mappings|models|specs]
set -euo pipefail
cd "$(dirname "$0")/.."
export MEDLEY_FUZZ_SECS="${1:-300}" MEDLEY_FUZZ_SEED="${2:-$(date +%Y%m%d%H)}" RUST_BACKTRACE=0
# Decoders that panic on damaged files are caught, and say so first.
log=$(mktemp)
echo "$MEDLEY_FUZZ_SECS s for each target, from seed $MEDLEY_FUZZ_SEED on; what panics say: $log"
cargo test --release -p medley --test command "fuzz::${3:-}" -- --nocapture 2> "$log" || {
  grep -a -B 2 -A 80 "^smallest input" "$log" || tail -n 20 "$log"
  exit 1
}
