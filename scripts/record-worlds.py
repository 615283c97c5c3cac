"""Transitions of Gymnasium's classic worlds, for crates/world/tests/gymnasium.rs.

    python3 -m venv /tmp/gymnasium && /tmp/gymnasium/bin/pip install gymnasium==1.4.0
    /tmp/gymnasium/bin/python scripts/record-worlds.py crates/world/fixtures

Writes <world>.csv: the state before a step (`s0` and on), the action, the state after it (`n0` and on), the reward
and whether the world ended the episode. States are the doubles that Gymnasium computes with, as Python prints them.
Half of the rows follow episodes under random actions; half start from states drawn far wider than episodes reach, so
that walls, bounds and ends are met.
"""

import csv
import pathlib
import sys

import gymnasium
import numpy as np

ROWS = 240

# Gymnasium's name, and bounds of states that are drawn.
WORLDS = {
    "cart-pole": ("CartPole-v1", [2.6, 3.0, 0.25, 3.0]),
    "mountain-car": ("MountainCar-v0", [1.3, 0.09]),
    "pendulum": ("Pendulum-v1", [9.0, 8.5]),
    "acrobot": ("Acrobot-v1", [3.2, 3.2, 13.0, 29.0]),
}


def action(world, random):
    if world == "pendulum":
        return [float(random.uniform(-3, 3))]
    return int(random.integers({"cart-pole": 2}.get(world, 3)))


def step(env, state, chosen):
    """From a state of ours. A world that has ended before must not remember it."""
    env.state = np.array(state, dtype=np.float64)
    if hasattr(env, "steps_beyond_terminated"):
        env.steps_beyond_terminated = None
    given = np.array(chosen) if isinstance(chosen, list) else chosen
    _, reward, terminated, _, _ = env.step(given)
    return [float(value) for value in env.state], float(reward), bool(terminated)


def rows(world):
    name, bounds = WORLDS[world]
    env = gymnasium.make(name).unwrapped
    random = np.random.default_rng(7)
    env.reset(seed=7)
    state = [float(value) for value in env.state]
    for row in range(ROWS):
        if row >= ROWS // 2:
            state = [float(random.uniform(-bound, bound)) for bound in bounds]
            if world == "mountain-car":
                state[0] = float(np.clip(state[0] - 0.3, -1.2, 0.6))
        chosen = action(world, random)
        after, reward, terminated = step(env, state, chosen)
        yield [*state, *(chosen if isinstance(chosen, list) else [chosen]), *after, reward, int(terminated)]
        state = after
        if terminated or row % 60 == 59:
            env.reset()
            state = [float(value) for value in env.state]


def main():
    folder = pathlib.Path(sys.argv[1])
    for world, (_, bounds) in WORLDS.items():
        width = len(bounds)
        names = [f"s{i}" for i in range(width)] + ["action"] + [f"n{i}" for i in range(width)] + ["reward", "terminated"]
        with open(folder / f"{world}.csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(names)
            # repr of a float is the shortest text that reads back as the same double.
            writer.writerows([[repr(value) for value in row] for row in rows(world)])
    print(f"gymnasium {gymnasium.__version__}, numpy {np.__version__}")


main()
