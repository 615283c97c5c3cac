"""Comparisons whose truth is known: `python3 generate.py FOLDER [SEED]` writes two CSV tables.

Segments are one step of eight features. A source prefers the first of two segments of a group with
the probability of Bradley and Terry, sigmoid(rationality * reward . (first - second)). Only the
standard library, and of its random numbers only `random()`, which no version of Python changes.
"""

import csv
import math
import sys
from itertools import combinations
from pathlib import Path
from random import Random

GROUPS = 300
SEGMENTS = 6
W = (0.5, -0.4, 0.3, -0.1, 0.5, -0.4, 0.3, -0.1)
# The first four features as in W; the others have a direction of the same length at a right angle.
HALF = (0.5, -0.4, 0.3, -0.1, 0.4, 0.5, 0.1, 0.3)

# annotator: reward, rationality, statements in each group
ANNOTATORS = {
    "a": (W, 1.0, 2),
    "b": (W, 3.0, 2),
    "noise": (W, 0.0, 2),
    "opposed": ([-weight for weight in W], 3.0, 3),
    "half": (HALF, 3.0, 2),
    "truth": (W, math.inf, 3),
}
# The first answers of `a`, one in a group, are a source of their own, so that few can be asked for.
FEW = 80


def returns(reward, features):
    return sum(weight * feature for weight, feature in zip(reward, features))


def normal(random):
    """Box and Muller (1958). Rounded, so that a table has what was computed with."""
    radius = math.sqrt(-2 * math.log(1 - random.random()))
    return round(radius * math.cos(2 * math.pi * random.random()), 2)


def segments(seed):
    """Features by segment, group by group."""
    random = Random(f"{seed}/segments")
    names = [[f"g{group:03}-{number}" for number in range(SEGMENTS)] for group in range(GROUPS)]
    return [{name: [normal(random) for _ in W] for name in group} for group in names]


def choices(random, group, reward, rationality, count):
    """So many different pairs of a group, in random order, and whether the first is preferred."""
    drawn = sorted(combinations(group, 2), key=lambda _: random.random())[:count]
    for pair in drawn:
        first, second = pair if random.random() < 0.5 else pair[::-1]
        margin = returns(reward, group[first]) - returns(reward, group[second])
        if math.isinf(rationality):
            probability = float(margin > 0)
        else:
            probability = 1 / (1 + math.exp(-rationality * margin))
        yield first, second, int(random.random() < probability)


def write(folder, seed):
    groups = segments(seed)
    with open(folder / "segments.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["segment", "group", "reward", *(f"x{i}" for i in range(1, len(W) + 1))])
        for number, group in enumerate(groups):
            for name, features in group.items():
                reward = round(returns(W, features), 3)
                table.writerow([name, f"g{number:03}", reward, *features])
    with open(folder / "comparison.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["first", "second", "preference", "annotator", "source"])
        for annotator, (reward, rationality, count) in ANNOTATORS.items():
            random = Random(f"{seed}/{annotator}")
            right = total = 0
            for number, group in enumerate(groups):
                answers = choices(random, group, reward, rationality, count)
                for place, (first, second, answer) in enumerate(answers):
                    few = annotator == "a" and place == 0 and number < FEW
                    source = f"{annotator}-few" if few else annotator
                    table.writerow([first, second, answer, annotator, source])
                    right += answer == (returns(W, group[first]) > returns(W, group[second]))
                    total += 1
            print(f"{annotator}: {total} answers, {right / total:.3f} of them as W has it")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    write(target, sys.argv[2] if len(sys.argv) > 2 else "0")
