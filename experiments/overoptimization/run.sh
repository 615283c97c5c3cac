#!/usr/bin/env bash
# Trains the rewards and optimizes them: by the best of n, and by PPO at three prices of divergence.
# From the root of the repository; what is there already is not done again.
set -euo pipefail
cd "$(dirname "$0")/../.."
medley=${MEDLEY:-"cargo run --release --quiet --"}
here=experiments/overoptimization
out=runs/overoptimization
$medley run $here/single.toml
$medley run $here/ensemble.toml
$medley optimize $here/best-of-n.toml --out $out/best-of-n
for price in 0 0.003 0.03; do
  $medley optimize $here/ppo.toml --kl $price --out $out/ppo-$price
done
