"""Seconds of one core that Stable-Baselines3 and Medley take to teach CartPole by the same PPO.

    python3 -m venv /tmp/sb3 && /tmp/sb3/bin/pip install stable-baselines3 gymnasium
    cargo build --release
    /tmp/sb3/bin/python benches/ppo/compare.py [medley] [seeds]

Options are those of experiments/ppo/cart-pole.toml: 100,000 steps, 8 worlds, 32 steps of each, 20 passes over 256, both with
a step size that falls to 0. The two learn in turns. Seconds are those that the processor worked, so that other work on the
machine matters little, with those of a clock in brackets: of learning alone for Stable-Baselines3, and of the whole command for
Medley, which also writes checkpoints, tables and a figure and values the policy. 475 is reached where it is the mean of the
last 20 episodes that ended (of Medley, which keeps a point for each hundredth of all steps, the least number of last points that
have 20); Medley's seconds until then are its share of steps times all its seconds. Returns are means of 100 episodes, acting by
chance in both.
"""

import collections
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy

EXPERIMENT = pathlib.Path(__file__).parents[2] / "experiments" / "ppo" / "cart-pole.toml"

STEPS = 100_000
THRESHOLD = 475
EPISODES = 20

Run = collections.namedtuple("Run", "worked clock to_threshold steps_to_threshold mean")


class Watch(BaseCallback):
    """Notes when the threshold is reached."""

    def _on_training_start(self):
        self.start = time.process_time()
        self.returns, self.found = collections.deque(maxlen=EPISODES), (float("nan"), float("nan"))

    def _on_step(self):
        self.returns.extend(info["episode"]["r"] for info in self.locals["infos"] if "episode" in info)
        is_first = self.found[0] != self.found[0]
        if is_first and len(self.returns) == EPISODES and sum(self.returns) >= THRESHOLD * EPISODES:
            self.found = time.process_time() - self.start, self.num_timesteps
        return True


def theirs(seed):
    torch.set_num_threads(1)
    worlds = make_vec_env("CartPole-v1", n_envs=8, seed=seed)
    learner = PPO(
        "MlpPolicy",
        worlds,
        n_steps=32,
        batch_size=256,
        n_epochs=20,
        gamma=0.98,
        gae_lambda=0.8,
        ent_coef=0.0,
        vf_coef=0.25,  # Medley's 0.5 is of half a square.
        learning_rate=lambda left: left * 1e-3,
        clip_range=0.2,
        seed=seed,
        device="cpu",
    )
    watch = Watch()
    start, clock = time.process_time(), time.time()
    learner.learn(total_timesteps=STEPS, callback=watch)
    seconds, clock = time.process_time() - start, time.time() - clock
    mean, _ = evaluate_policy(learner, make_vec_env("CartPole-v1", seed=1000 + seed), 100, deterministic=False)
    return Run(seconds, clock, *watch.found, mean)


def worked():
    """Seconds that processes that ended have worked."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ours(medley, seed):
    text = EXPERIMENT.read_text()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "cart-pole.toml"
        lines = [line for line in text.splitlines() if not line.startswith("seeds")]
        file.write_text("\n".join([f"seeds = [{seed}]", *lines]))
        command = [medley, "optimize", "true", str(file), "--out", folder, "--jobs", "1"]
        start, clock = worked(), time.time()
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        seconds, clock = worked() - start, time.time() - clock
        (checkpoint,) = (pathlib.Path(folder) / "policies").iterdir()
        curve = json.loads(checkpoint.read_text().splitlines()[2])["tally"]["curve"]
    steps = reached(curve)
    return Run(seconds, clock, seconds * steps / STEPS, steps, float(said.splitlines()[2].split()[1]))


def reached(curve):
    for end in range(1, len(curve) + 1):
        total = episodes = 0
        for point in reversed(curve[:end]):
            total += (point["gold"] or 0.0) * point["episodes"]
            episodes += point["episodes"]
            if episodes >= EPISODES:
                if total >= THRESHOLD * episodes:
                    return curve[end - 1]["steps"]
                break
    return float("nan")


def told(name, run):
    return (
        f"{name} {run.worked:.1f} s ({run.clock:.1f}), {STEPS / run.worked:,.0f} steps/s, to {THRESHOLD} {run.to_threshold:.1f} s "
        f"({run.steps_to_threshold:,} steps), return {run.mean:.0f}"
    )


def main():
    medley = sys.argv[1] if len(sys.argv) > 1 else "target/release/medley"
    seeds = range(int(sys.argv[2]) if len(sys.argv) > 2 else 5)
    pairs = []
    for seed in seeds:
        pairs.append((theirs(seed), ours(medley, seed)))
        print(f"seed {seed}: {told('Stable-Baselines3', pairs[-1][0])}; {told('Medley', pairs[-1][1])}", flush=True)
    for what in ["worked", "clock", "to_threshold"]:
        both = [[getattr(run, what) for run in pair] for pair in pairs]
        ratios = sorted(theirs / own for theirs, own in both)
        theirs_, own = (statistics.median(side) for side in zip(*both))
        print(f"{what}: medians {theirs_:.1f} s and {own:.1f} s; ratios {ratios[0]:.1f} to {ratios[-1]:.1f}, "
              f"median {statistics.median(ratios):.1f}")


if __name__ == "__main__":
    main()
