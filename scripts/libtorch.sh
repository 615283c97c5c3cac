#!/usr/bin/env bash
# Supplies libtorch for the `tch` feature from PyPI wheels, on CPU, into a folder of your choice:
#
#   eval "$(scripts/libtorch.sh target/libtorch)"
#   cargo run --release --features tch -- run experiment.toml     # device = "tch"
#
# Needs python3 with pip, about 2 GB of disk, and x86-64 Linux.
set -euo pipefail
folder=$(mkdir -p "${1:?folder to put libtorch into}" && cd "$1" && pwd)
site=$folder/site
if [ ! -e "$folder/lib/libtorch.so" ]; then
  python3 -m pip install --quiet --no-deps --target "$site" \
    torch==2.9.1 nvidia-cuda-runtime-cu12==12.8.90 nvidia-cuda-cupti-cu12==12.8.90 >&2
  mkdir -p "$folder/lib"
  for name in libtorch_cpu.so libc10.so; do ln -sf "$site/torch/lib/$name" "$folder/lib/$name"; done
  for name in "$site"/torch/lib/libgomp*.so*; do ln -sf "$name" "$folder/lib/"; done
  for name in "$site"/nvidia/cuda_runtime/lib/libcudart.so.12 "$site"/nvidia/cuda_cupti/lib/libcupti.so.12; do
    ln -sf "$name" "$folder/lib/"
  done
  ln -sf "$site/torch/include" "$folder/include"
  ln -sf libtorch_cpu.so "$folder/lib/libtorch.so"
fi
echo "export LIBTORCH=$folder LIBTORCH_BYPASS_VERSION_CHECK=1 LIBTORCH_CXX11_ABI=1 LD_LIBRARY_PATH=$folder/lib:\${LD_LIBRARY_PATH:-}"
