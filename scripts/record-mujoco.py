"""Episodes of Gymnasium's MuJoCo worlds, for crates/mujoco/tests/gymnasium.rs, and how fast they are.

    python3 -m venv /tmp/gymnasium && /tmp/gymnasium/bin/pip install 'gymnasium[mujoco]==1.4.0' mujoco==3.17.0
    /tmp/gymnasium/bin/python scripts/record-mujoco.py crates/mujoco/fixtures
    /tmp/gymnasium/bin/python scripts/record-mujoco.py speed

Writes <world>.csv, a row a step: in the first row of an episode what Medley keeps of the state before it (`s0` and on;
positions, velocities and the accelerations that the solver begins with, for Ant where the torso is and clipped forces of
contacts too), the action, positions and velocities after the step (`n0` and on), what is seen then (`o0` and on, in
single precision), the reward, and whether the world ended the episode. Doubles are written as Python prints them.
"""

import csv
import pathlib
import sys
import time

import gymnasium
import mujoco
import numpy as np

ROWS = 80
# An episode is cut off after so many of them.
LONGEST = 40

WORLDS = {
    "half-cheetah": "HalfCheetah-v5",
    "walker2d": "Walker2d-v5",
    "hopper": "Hopper-v5",
    "swimmer": "Swimmer-v5",
    "ant": "Ant-v5",
}


def state(world, env):
    parts = [env.data.qpos, env.data.qvel, env.data.qacc_warmstart]
    if world == "ant":
        parts += [env.data.body(1).xpos[:2], np.clip(env.data.cfrc_ext, -1, 1)]
    return [float(value) for part in parts for value in np.ravel(part)]


def rows(world):
    env = gymnasium.make(WORLDS[world]).unwrapped
    random = np.random.default_rng(7)
    ended = True
    for row in range(ROWS):
        begins = ended or row % LONGEST == 0
        if begins:
            env.reset(seed=7 + row)
        before = state(world, env)
        action = random.uniform(-1, 1, env.model.nu)
        seen, reward, ended, _, _ = env.step(action)
        after = np.concatenate([env.data.qpos, env.data.qvel])
        yield {
            "s": before if begins else [None] * len(before),
            "a": [float(value) for value in action],
            "n": [float(value) for value in after],
            "o": [np.float32(value) for value in seen],
            "reward": [float(reward)],
            "terminated": [int(ended)],
        }


def text(value):
    if value is None:
        return ""
    # The shortest text that reads back as the same number.
    return str(value) if isinstance(value, np.float32) else repr(value)


def record(folder):
    for world in WORLDS:
        with open(folder / f"{world}.csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            for number, row in enumerate(rows(world)):
                if number == 0:
                    names = [[name] if len(it) == 1 else [f"{name}{i}" for i in range(len(it))] for name, it in row.items()]
                    writer.writerow(sum(names, []))
                writer.writerow([text(value) for part in row.values() for value in part])


def speed(seconds=3.0):
    for world, name in WORLDS.items():
        for what, env in [("make", gymnasium.make(name)), ("without wrappers", gymnasium.make(name).unwrapped)]:
            random = np.random.default_rng(7)
            env.reset(seed=7)
            steps, lived, begun = 0, 0, time.process_time()
            while time.process_time() - begun < seconds:
                _, _, ended, cut, _ = env.step(random.uniform(-1, 1, env.unwrapped.model.nu))
                steps, lived = steps + 1, lived + 1
                if ended or cut or lived == 1000:
                    env.reset()
                    lived = 0
            print(f"{world} {what}: {steps / (time.process_time() - begun):,.0f} steps per second of processor time")


if sys.argv[1] == "speed":
    speed()
else:
    record(pathlib.Path(sys.argv[1]))
print(f"gymnasium {gymnasium.__version__}, mujoco {mujoco.__version__}, numpy {np.__version__}")
