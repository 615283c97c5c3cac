#!/usr/bin/env bash
# A sweep on a real Slurm of three nodes on this host, with faults: a node and the controller die, a time limit
# strikes, a worker is started twice, sbatch is absent, the disk is full. Every run must be there once, with the
# bits of a local run. Usage: tests/slurm/run.sh [MEDLEY]; prints "N passed, 0 failed". Needs root (apt-get and
# mounts). Takes under 3 minutes on 2 cores.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/tests/slurm
medley=$(realpath "${1:-${CARGO_TARGET_DIR:-target}/release/medley}")
export PATH=$PATH:/usr/sbin:/sbin
if ! command -v sbatch > /dev/null || ! command -v munged > /dev/null; then
  apt-get update -q > /dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends slurm-wlm munge > /dev/null
fi

work=$(mktemp -d)
chmod 755 "$work"
export SLURM_CI_DIR=$work/slurm
started=()
finish() {
  local code=$? process
  trap - EXIT INT TERM HUP
  if [ "$code" != 0 ]; then
    tail -n 30 "$work"/cluster/*/slurm/*/logs/*.log "$work"/said-* 2> /dev/null | tail -n 200 || true
    squeue 2> /dev/null || true
  fi
  for process in "${started[@]}"; do
    pkill -9 -P "$process" 2> /dev/null || true
    kill -9 "$process" 2> /dev/null || true
  done
  "$here/cluster.sh" down > /dev/null 2>&1 || true
  umount "$work/small" 2> /dev/null || true
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
code_is() { # CODE COMMAND...
  local expected=$1 code=0
  shift
  "$@" || code=$?
  [ "$code" = "$expected" ] || { echo "  exit code $code, expected $expected" >&2; return 1; }
}
says() { grep -q -- "$1" "$2" || { echo "  \`$1\` is not in:"; cat "$2"; return 1; } >&2; }
# Hashes of what results consist of, but for runs.parquet, which holds seconds of wall-clock time.
results() { (cd "$1" && find . \( -name '*.parquet' -o -name '*.safetensors' -o -name '*.svg' \) ! -name runs.parquet -print0 | sort -z | xargs -0 sha256sum); }
same() { [ "$(results "$1")" = "$(results "$2")" ] && [ "$(results "$1" | wc -l)" -gt 10 ]; }
finished() { find "$1/runs" -name done.json | wc -l; }
queued() { squeue --noheader --array --states=all --format="$1" "${@:2}" 2> /dev/null; }

sweep=$here/sweep.toml limit=$here/limit.toml out=$work/cluster
runs=16 # three mixes and the baselines, four seeds

# Without a cluster.
no_slurm=$work/bin
mkdir "$no_slurm"
for tool in bash env; do ln -s "$(command -v $tool)" "$no_slurm/$tool"; done
absent() { PATH=$no_slurm "$medley" run "$sweep" --out "$out" --on slurm > "$work/said-absent" 2>&1; }
check "sbatch absent: exit code 1" code_is 1 absent
check "sbatch absent: it says so" says 'there is no `sbatch` on this machine' "$work/said-absent"
check "sbatch absent: nothing is written" test ! -e "$out/slurm-sweep/slurm/1"

# The same runs here, beside what follows.
"$medley" run "$sweep" --out "$work/local" --jobs 1 > "$work/said-local" 2>&1 && "$medley" run "$limit" --out "$work/local" --jobs 1 >> "$work/said-local" 2>&1 &
local_run=$!
started+=("$local_run")

"$here/cluster.sh" up 3 > /dev/null
eval "$("$here/cluster.sh" env)"

# A time limit of a minute, the least there is, with a warning 28 s before: it strikes 2 to 32 s after the start.
"$medley" run "$limit" --out "$out" --on slurm --time 1 --warning-secs 28 > "$work/said-limit" 2>&1
within 20 grep -q slurm-limit "$SLURM_CI_DIR/state/job_state" # saved, so that the controller may die
limit_job=$(cat "$out/slurm-limit/slurm/1/jobs.txt")

# A dry run writes nothing.
"$medley" run "$sweep" --out "$out" --on slurm --chunk 2 --parallel 4 --time 10 --dry-run > "$work/said-dry"
check "dry run: it shows the array" says '#SBATCH --array=0-7%4' "$work/said-dry"
check "dry run: nothing is written" test ! -e "$out/slurm-sweep"
refused() { "$medley" run "$sweep" --out "$out" --on slurm --partition nowhere > "$work/said-refused" 2>&1; }
check "sbatch refuses: exit code 1" code_is 1 refused
check "sbatch refuses: what it said" says 'invalid partition specified: nowhere' "$work/said-refused"
check "sbatch refuses: no submission is left" test ! -e "$out/slurm-sweep/slurm/1"

# The controller dies right after a submission.
"$medley" run "$sweep" --out "$out" --on slurm --chunk 2 --parallel 4 > "$work/said-submitted" 2>&1
"$here/cluster.sh" kill-controller
manifest=$out/slurm-sweep/slurm/1/manifest.json
unknown() { "$medley" resume "$sweep" --out "$out" --on slurm --dry-run > "$work/said-down" 2>&1; }
check "controller down: a submission is planned by leases alone" code_is 0 unknown
"$here/cluster.sh" start-controller
check "the controller is back" within 20 scontrol ping

# What the queue has lost is submitted again; what it has is not.
scancel "$(cat "$out/slurm-sweep/slurm/1/jobs.txt")_7" 2> /dev/null || true # forgotten altogether, perhaps
"$medley" resume "$sweep" --out "$out" --on slurm --chunk 2 > "$work/said-resumed" 2>&1
cat "$work/said-resumed"
"$medley" status "$sweep" --out "$out" > "$work/said-status"
check "status counts what is queued" says "Slurm's queue: [0-9]* elements waiting" "$work/said-status"
check "what the queue has lost is submitted again" says '^submitted [0-9]* runs as' "$work/said-resumed"

# A worker is started twice on one element, beside the job.
"$medley" worker --manifest "$manifest" --index 6 > "$work/said-worker-1" 2>&1 & one=$!
"$medley" worker --manifest "$manifest" --index 6 > "$work/said-worker-2" 2>&1 & two=$!
started+=("$one" "$two")
ends_well() { local code=0; wait "$1" || code=$?; [ "$code" = 0 ] || [ "$code" = 75 ]; }
check "a worker started twice: the first ends" ends_well "$one"
check "a worker started twice: the second ends" ends_well "$two"

# A node dies with whatever it is at.
busy() { victim=$(squeue --noheader --states=RUNNING --format=%N | grep -m 1 n | tr -d 'n '); [ -n "$victim" ]; }
within 20 busy && busy
"$here/cluster.sh" kill-node "$victim"
scontrol update nodename="n$victim" state=down reason=test
check "node n$victim died with runs under way" test -n "$victim"

# A manifest that is half there, or of another experiment.
head -c 700 "$manifest" > "$work/half.json"
half() { "$medley" worker --manifest "$work/half.json" --index 0 > "$work/said-half" 2>&1; }
check "half a manifest: exit code 1" code_is 1 half
check "half a manifest: it says so" says 'the manifest is half-written' "$work/said-half"
sed 's/orders = \[1\]/orders = [2]/' "$manifest" > "$work/other.json"
other() { "$medley" worker --manifest "$work/other.json" --index 0 > "$work/said-other" 2>&1; }
check "a manifest of another experiment: exit code 1" code_is 1 other
check "a manifest of another experiment: it says so" says 'of another experiment' "$work/said-other"

# A full disk: an error, and nothing that seems finished.
mkdir "$work/small"
mount -t tmpfs -o size=64k tmpfs "$work/small"
full() { "$medley" run "$sweep" --out "$work/small" --seeds 1 --jobs 1 > "$work/said-full" 2>&1; }
check "a full disk: exit code 1" code_is 1 full
check "a full disk: it says so" says 'No space left on device' "$work/said-full"
check "a full disk: nothing seems finished that is not" test "$(find "$work/small" -name done.json -size 0 | wc -l)" = 0
mount -o remount,size=64m "$work/small"
again() { "$medley" run "$sweep" --out "$work/small" --seeds 1 --jobs 1 > "$work/said-full" 2>&1; }
check "with room again, the same command goes on" again
mount -o remount,ro "$work/small"
read_only() { "$medley" run "$limit" --out "$work/small" --jobs 1 > "$work/said-read-only" 2>&1; }
check "a read-only disk: exit code 1" code_is 1 read_only
check "a read-only disk: it says so" says 'Read-only file system' "$work/said-read-only"
umount "$work/small"

"$here/cluster.sh" start-node "$victim"
# A local process shares the folder with the cluster, and what is queued ends.
"$medley" resume "$sweep" --out "$out" --jobs 1 > "$work/said-shared" 2>&1
check "beside the cluster, a local process ends with all runs there" test "$(finished "$out/slurm-sweep")" = "$runs"
wait "$local_run"
waited() { "$medley" resume "$limit" --out "$out" --on slurm --wait > "$work/said-waited" 2>&1; }
check "the run whose time was over is there" waited
restarted() { scontrol show job "$limit_job" | grep -q 'Restarts=[1-9]'; }
check "its element was queued again" restarted
check "it went on from a checkpoint" says 'goes on from the checkpoints' <(cat "$out"/slurm-limit/slurm/1/logs/*.log)
gone() { [ -z "$(squeue --noheader)" ]; }
check "nothing is left in the queue" within 60 gone
check "nothing is left to hand over" says 'nothing to hand over' <("$medley" resume "$sweep" --out "$out" --on slurm)
check "$runs runs, each once" test "$(find "$out/slurm-sweep/runs" -mindepth 1 -maxdepth 1 | wc -l)" = "$runs"
check "no claim is left" test -z "$(find "$out" -name 'claim*.json')"
"$medley" plot "$sweep" --out "$out" > /dev/null
check "the sweep: the bits of a local run" same "$work/local/slurm-sweep" "$out/slurm-sweep"
check "the run whose time was over: the bits of a local run" same "$work/local/slurm-limit" "$out/slurm-limit"
done_by() { cat "$out"/slurm-sweep/slurm/*/logs/*.log "$work"/said-worker-* "$work/said-shared" | sed -n 's/^\([0-9]*\) runs done, .*/\1/p' | awk '{ sum += $1 } END { print sum + 0 }'; }
check "no run was done twice" test "$(done_by)" -le "$runs"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
