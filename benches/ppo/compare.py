"""Seconds of one core that Stable-Baselines3 and Medley take to teach CartPole by the same PPO.

    python3 -m venv /tmp/sb3 && /tmp/sb3/bin/pip install stable-baselines3 gymnasium
    cargo build --release
    /tmp/sb3/bin/python benches/ppo/compare.py [medley] [seeds]

Options are those of experiments/ppo/cart-pole.toml: 100,000 steps, 8 worlds, 32 steps of each, 20 passes over 256, both with
a step size that falls to 0. Seconds are those that the processor worked, so that other work on the machine matters little: of
learning alone for Stable-Baselines3, and of the whole command for Medley, which also writes checkpoints, tables and a figure
and values the policy. Returns are means of 100 episodes, acting by chance in both.
"""

import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import torch
from stable_baselines3 import PPO
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy

EXPERIMENT = pathlib.Path(__file__).parents[2] / "experiments" / "ppo" / "cart-pole.toml"


def theirs(seed):
    """Seconds and the mean return."""
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
        learning_rate=lambda left: left * 1e-3,
        clip_range=0.2,
        seed=seed,
        device="cpu",
    )
    start = time.process_time()
    learner.learn(total_timesteps=100_000)
    seconds = time.process_time() - start
    mean, _ = evaluate_policy(learner, make_vec_env("CartPole-v1", seed=1000 + seed), 100, deterministic=False)
    return seconds, mean


def worked():
    """Seconds that processes that ended have worked."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ours(medley, seed):
    """Seconds of the whole command, and what it says."""
    text = EXPERIMENT.read_text()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "cart-pole.toml"
        lines = [line for line in text.splitlines() if not line.startswith("seeds")]
        file.write_text("\n".join([f"seeds = [{seed}]", *lines]))
        command = [medley, "optimize", "true", str(file), "--out", folder, "--jobs", "1"]
        start = worked()
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return worked() - start, said.splitlines()[2].split()[1]


def main():
    medley = sys.argv[1] if len(sys.argv) > 1 else "target/release/medley"
    seeds = range(int(sys.argv[2]) if len(sys.argv) > 2 else 3)
    ratios = []
    for seed in seeds:
        seconds, mean = theirs(seed)
        own, said = ours(medley, seed)
        ratios.append(seconds / own)
        print(f"seed {seed}: Stable-Baselines3 {seconds:.1f} s, return {mean:.0f}; Medley {own:.1f} s, return {said}; "
              f"ratio {ratios[-1]:.1f}", flush=True)
    print(f"median ratio {sorted(ratios)[len(ratios) // 2]:.1f}")


if __name__ == "__main__":
    main()
