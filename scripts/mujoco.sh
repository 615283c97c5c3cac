#!/usr/bin/env bash
# Puts the library of MuJoCo 3.17.0 (Apache-2.0), as its wheel on PyPI carries it, into a folder of your choice, and runs
# the tests of the worlds that stand on it:
#
#   scripts/mujoco.sh target/mujoco
#   export MUJOCO_DYNAMIC_LINK_DIR=$PWD/target/mujoco LD_LIBRARY_PATH=$PWD/target/mujoco
#   cargo run --release --features mujoco -- optimize true crates/mujoco/examples/swimmer.toml
#
# Needs Linux on x86-64, python3 with pip and 100 MB of disk. MEDLEY_MUJOCO_TESTS=no fetches and tests nothing.
set -euo pipefail
folder=$(mkdir -p "${1:?folder to put the library into}" && cd "$1" && pwd)
cd "$(dirname "$0")/.."
library=libmujoco.so.3.17.0
expected=23496b023ee80fb61ab71167e94bc649f9941710fde96b18bb8204fb332523ad
intact() { echo "$expected  $folder/$library" | sha256sum --check --status; }
if [ ! -e "$folder/$library" ] || ! intact; then
  site=$(mktemp -d "$folder/.site-XXXXXX")
  trap 'rm -rf "$site"' EXIT
  python3 -m pip install --quiet --no-deps --target "$site" --only-binary :all: --platform manylinux_2_28_x86_64 \
    --python-version 3.11 mujoco==3.17.0 >&2
  cp "$site/mujoco/$library" "$folder/"
fi
intact || { echo "$folder/$library is not that of MuJoCo 3.17.0: expected sha256 $expected" >&2; exit 1; }
ln -sf "$library" "$folder/libmujoco.so"
[ "${MEDLEY_MUJOCO_TESTS:-yes}" = yes ] || exit 0
export MUJOCO_DYNAMIC_LINK_DIR=$folder LD_LIBRARY_PATH=$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
# With `medley` beside it dependencies have the features of the whole workspace, and are not built again.
cargo test --release -p medley -p medley-mujoco --features mujoco --test gymnasium_mujoco
cargo run --release -p medley -p medley-mujoco --features mujoco --example steps
