#!/usr/bin/env bash
# Two machines on one folder far away: two FUSE mounts on loopback with a delay, caches that are a second old, locks
# that do not reach the other one, clocks that are hours apart, and another start of the machine each. Nothing is
# lost, nothing is done twice; one that was held up and seemed dead breaks nothing when it goes on. Usage:
# tests/latency/run.sh [MEDLEY]; prints "N passed, 0 failed". Needs root and /dev/fuse. Takes about 2 minutes, most
# of them waiting for a lease to expire.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/tests/latency
medley=$(realpath "${1:-${CARGO_TARGET_DIR:-target}/release/medley}")
test -c /dev/fuse || { echo "there is no /dev/fuse here: expected a kernel with FUSE" >&2; exit 1; }
if ! /usr/bin/python3 -c 'import fusepy' 2> /dev/null; then
  apt-get update -q > /dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3 python3-fusepy fuse3 > /dev/null
fi

work=$(mktemp -d)
started=()
finish() {
  local code=$? process
  trap - EXIT INT TERM HUP
  [ "$code" = 0 ] || tail -n 20 "$work"/said-* 2> /dev/null || true
  for process in "${started[@]}"; do kill -CONT "$process" 2> /dev/null || true; kill -9 "$process" 2> /dev/null || true; done
  umount -l "$work/a" 2> /dev/null || true
  umount -l "$work/b" 2> /dev/null || true
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

passed=0 failed=0
check() { # WHAT COMMAND...
  local what=$1
  shift
  if "$@"; then passed=$((passed + 1)); echo "ok ($SECONDS s): $what"; else failed=$((failed + 1)); echo "FAILED ($SECONDS s): $what"; fi
}
within() { # SECONDS COMMAND...: until the command succeeds
  local until=$((SECONDS + $1))
  shift
  until "$@" > /dev/null 2>&1; do [ "$SECONDS" -lt "$until" ] || return 1; sleep 0.2; done
}
exists() { compgen -G "$1" > /dev/null; }
results() { (cd "$1" && find . \( -name '*.parquet' -o -name '*.safetensors' -o -name '*.svg' \) ! -name runs.parquet -print0 | sort -z | xargs -0 sha256sum); }
same() { [ "$(results "$1")" = "$(results "$2")" ] && [ "$(results "$1" | wc -l)" -gt 10 ]; }

mkdir "$work/back" "$work/a" "$work/b" "$work/runs"
for machine in a b; do
  echo "start-of-$machine" > "$work/boot-$machine"
  clock=$([ "$machine" = a ] && echo 7200 || echo -7200)
  /usr/bin/python3 "$here/mount.py" "$work/back" "$work/$machine" 2 "$clock" > "$work/said-mount-$machine" 2>&1 &
  started+=("$!")
done
within 10 mountpoint -q "$work/a"
within 10 mountpoint -q "$work/b"
# A command as a machine has it: the shared folder at the same place, and a start of its own.
machine() { # a|b COMMAND...
  local name=$1
  shift
  # shellcheck disable=SC2016
  exec unshare --mount --propagation private bash -c '
    mount --bind "$1/$2" "$1/runs" && mount --bind "$1/boot-$2" /proc/sys/kernel/random/boot_id && shift 2 && exec "$@"
  ' machine "$work" "$name" "$@"
}

sweep=$PWD/tests/slurm/sweep.toml elements=16
"$medley" run "$sweep" --out "$work/local" > "$work/said-local" 2>&1
(machine a "$medley" run "$sweep" --out "$work/runs" --on manifest) > "$work/said-manifest"
manifest=$work/runs/slurm-sweep/manifests/$(ls "$work/back/slurm-sweep/manifests")
all_of() { # 0|1: each element, until nothing of it is missing; pairs of them in this order or in the other
  local number index code
  for number in $(seq 0 $((elements - 1))); do
    index=$((number ^ $1))
    while :; do
      code=0
      "$medley" worker --manifest "$manifest" --index "$index" || code=$?
      [ "$code" = 75 ] || break
    done
    [ "$code" = 0 ] || return "$code"
  done
}
export -f all_of
export medley manifest elements
(machine a bash -c "all_of 0") > "$work/said-a" 2>&1 & one=$!
(machine b bash -c "all_of 1") > "$work/said-b" 2>&1 & two=$!
started+=("$one" "$two")
check "the first machine ends" wait "$one"
check "the second machine ends" wait "$two"
done_by() { cat "$@" | sed -n 's/^\([0-9]*\) runs done, .*/\1/p' | awk '{ sum += $1 } END { print sum + 0 }'; }
echo "done by the two: $(done_by "$work/said-a"), $(done_by "$work/said-b")"
check "nothing was done twice, and nothing not" test "$(done_by "$work"/said-[ab])" = "$elements"
check "both had a part" test "$(done_by "$work/said-a")" -gt 0 -a "$(done_by "$work/said-b")" -gt 0
check "no claim is left" test -z "$(find "$work/back" -name 'claim*.json')"
"$medley" plot "$sweep" --out "$work/back" > /dev/null
check "the bits of a local run" same "$work/local/slurm-sweep" "$work/back/slurm-sweep"

# One is held up in the middle of a run for longer than a lease; the other takes it over; both go on.
sed -e 's/slurm-limit/held-up/' -e 's/^epochs = .*/epochs = 1500/' tests/slurm/limit.toml > "$work/held-up.toml"
limit=$work/held-up.toml
"$medley" run "$limit" --out "$work/local" > "$work/said-local-limit" 2>&1 &
reference=$!
started+=("$reference")
(machine a "$medley" run "$limit" --out "$work/runs" --on manifest) > "$work/said-manifest-limit"
manifest=$work/runs/held-up/manifests/$(ls "$work/back/held-up/manifests")
(machine a "$medley" worker --manifest "$manifest" --index 1) > "$work/said-held-up" 2>&1 & held_up=$!
started+=("$held_up")
check "the first machine is at a run" within 60 exists "$work/back/held-up/runs/*/checkpoints/0/checkpoint-*"
kill -STOP "$held_up"
(machine b "$medley" worker --manifest "$manifest" --index 1) > "$work/said-successor" 2>&1 & successor=$!
started+=("$successor")
check "its successor waits for the lease" within 10 grep -q 'another process' "$work/said-successor"
check "and takes the run over after a minute" within 90 exists "$work/back/held-up/runs/*/claim.1.json"
kill -CONT "$held_up"
check "the one that was held up ends well" wait "$held_up"
check "its successor ends well" wait "$successor"
check "no claim is left" test -z "$(find "$work/back/held-up" -name 'claim*.json')"
wait "$reference"
(machine b "$medley" run "$limit" --out "$work/runs") > "$work/said-collected" 2>&1
check "the run is whole: nothing is done again" grep -q '1 finished before, 0 failed' <(sed 's/^1 runs done, //' "$work/said-collected")
check "the bits of a local run" same "$work/local/held-up" "$work/back/held-up"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
