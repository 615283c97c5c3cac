#!/usr/bin/env bash
# A Slurm cluster on one host: slurmctld and N slurmd ("virtual nodes") on loopback, no systemd, no cgroups.
# Usage: cluster.sh up [NODES] | down | kill-node N | start-node N | kill-controller | start-controller | env
# Needs: apt-get install -y --no-install-recommends slurm-wlm munge   (Debian bookworm: Slurm 22.05.8)
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)
D=${SLURM_CI_DIR:-${TMPDIR:-$HOME}/slurm-ci}
host=$(hostname -s)
export SLURM_CONF=$D/slurm.conf

up() {
  local n=${1:-3} cpus=${CPUS_PER_NODE:-2}
  mkdir -p "$D"/{munge,state,spool,run,log}
  chmod 755 "$D"; chmod 711 "$D/munge"
  # munge with a private key and socket, run by root (munged --force: key dir is not /etc/munge)
  if [ ! -s "$D/munge/munge.key" ]; then
    (umask 077; dd if=/dev/urandom of="$D/munge/munge.key" bs=1024 count=1 status=none)
  fi
  munged --force --key-file="$D/munge/munge.key" --socket="$D/munge/munge.socket" \
         --pid-file="$D/munge/munged.pid" --log-file="$D/munge/munged.log" --seed-file="$D/munge/munged.seed"
  local nodes="" i
  for i in $(seq 1 "$n"); do
    nodes+="NodeName=n$i NodeHostname=$host NodeAddr=127.0.0.1 Port=$((26900 + i)) CPUs=$cpus RealMemory=1000 State=UNKNOWN"$'\n'
    mkdir -p "$D/spool/n$i"
  done
  local text; text=$(<"$here/slurm.conf.in")
  text=${text//@DIR@/$D}; text=${text//@HOST@/$host}; text=${text//@USER@/$(id -un)}; text=${text//# @NODES@/$nodes}
  printf '%s\n' "$text" > "$D/slurm.conf"
  slurmctld -f "$D/slurm.conf"
  for i in $(seq 1 "$n"); do start_node "$i"; done
  for _ in $(seq 1 100); do
    [ "$(sinfo -h -N -t idle -o %N 2>/dev/null | wc -l)" = "$n" ] && break
    sleep 0.1
  done
  sinfo
}
start_node() { slurmd -N "n$1" -f "$D/slurm.conf"; }
# "the machine dies": slurmd, its slurmstepds and every process of its jobs, by SIGKILL, no notice to slurmctld
# Afterwards `scontrol update nodename=nN state=down reason=test` makes slurmctld notice at once (else SlurmdTimeout).
kill_node() {
  kill -9 "$(cat "$D/run/slurmd-n$1.pid")"
  kill_jobs "$1"
}
kill_jobs() {
  local p parent group
  for p in $(ps -eo pid,args | awk -v s="$D/spool/n$1/job" 'index($0,s) && /slurm_script/ && !/awk/ {print $1}'); do
    parent=$(ps -o ppid= -p "$p" | tr -d ' '); group=$(ps -o pgid= -p "$p" | tr -d ' ')
    case $(ps -o args= -p "$parent") in slurmstepd*) kill -9 "$parent" ;; esac
    [ "$group" -gt 1 ] && kill -9 -- "-$group" 2>/dev/null || true
  done
}
# The controller dies without a word, and comes back with the state that it had saved by then.
kill_controller() {
  local p; p=$(cat "$D/run/slurmctld.pid")
  kill -9 "$p"
  while kill -0 "$p" 2>/dev/null; do sleep 0.1; done
}
start_controller() { slurmctld -f "$D/slurm.conf"; }
down() {
  local p q pids=""
  [ -s "$D/slurm.conf" ] || return 0
  scancel -u "$(id -un)" 2>/dev/null || true
  for p in "$D"/spool/n*; do kill_jobs "${p##*/n}" || true; done # a job that was told to end may take its time
  for p in "$D"/run/slurmd-*.pid "$D/run/slurmctld.pid" "$D/munge/munged.pid"; do
    [ -s "$p" ] && q=$(cat "$p") && kill "$q" 2>/dev/null && pids+=" $q" || true
  done
  for _ in $(seq 1 20); do kill -0 $pids 2>/dev/null || break; sleep 0.1; done
  for q in $pids; do kill -9 "$q" 2>/dev/null || true; done   # slurmctld may take ~10 s to leave by itself
  rm -rf "$D"
}
case ${1:-} in
  up) up "${2:-3}" ;;
  down) down ;;
  start-node) start_node "$2" ;;
  kill-node) kill_node "$2" ;;
  kill-controller) kill_controller ;;
  start-controller) start_controller ;;
  env) echo "export SLURM_CONF=$SLURM_CONF" ;;
  *) echo "usage: $0 up [N] | down | kill-node N | start-node N | kill-controller | start-controller | env" >&2; exit 2 ;;
esac
