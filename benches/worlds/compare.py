"""Steps per second of Gymnasium's classic worlds, and how many times as fast Medley's are.

    cargo bench --bench worlds
    python3 -m venv /tmp/gymnasium && /tmp/gymnasium/bin/pip install gymnasium==1.4.0
    /tmp/gymnasium/bin/python benches/worlds/compare.py [target folder] [--rerun]

Both take random actions on one core, write what is seen, and start anew where an episode ends. Gymnasium's worlds are
those of `gymnasium.make` (with its checks and its time limit, as people use them), and, in the second column, without
any wrapper. `--rerun` runs Medley's bench first, so that both see the same machine. Reads criterion's medians from
<target>/criterion/worlds.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import gymnasium

WORLDS = {
    "cart-pole": "CartPole-v1",
    "mountain-car": "MountainCar-v0",
    "pendulum": "Pendulum-v1",
    "acrobot": "Acrobot-v1",
}
STEPS = 10_000  # of the bench's iteration
REPEATS = 5


def steps_per_second(env):
    """Median over repeats; an unwrapped world has no limit of steps, as Medley's bench has."""
    limit = gymnasium.spec(env.spec.id).max_episode_steps
    env.reset(seed=0)
    env.action_space.seed(0)
    rates = []
    for _ in range(REPEATS):
        start, lived = time.perf_counter(), 0
        for _ in range(STEPS):
            _, _, terminated, truncated, _ = env.step(env.action_space.sample())
            lived += 1
            if terminated or truncated or lived == limit:
                env.reset()
                lived = 0
        rates.append(STEPS / (time.perf_counter() - start))
    return statistics.median(rates)


def medley(target, world):
    estimates = json.loads((target / "criterion" / "worlds" / world / "new" / "estimates.json").read_text())
    return STEPS / (estimates["median"]["point_estimate"] * 1e-9)


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--rerun"]
    target = pathlib.Path(arguments[0] if arguments else os.environ.get("CARGO_TARGET_DIR", "target"))
    if "--rerun" in sys.argv:
        subprocess.run(["cargo", "bench", "--bench", "worlds", "--", "--noplot"], check=True)
    print(f"gymnasium {gymnasium.__version__}; steps per second")
    print("| world | Medley | Gymnasium, `make` | ratio | Gymnasium, unwrapped | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    for world, name in WORLDS.items():
        ours = medley(target, world)
        made = steps_per_second(gymnasium.make(name))
        bare = steps_per_second(gymnasium.make(name).unwrapped)
        print(f"| `{world}` | {ours:,.0f} | {made:,.0f} | {ours / made:.0f} | {bare:,.0f} | {ours / bare:.0f} |")


main()
