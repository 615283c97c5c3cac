"""What ensembles change against one network, on the same answers: paired by seed, with 95 % bootstrap intervals.

    uv run --with polars experiments/overoptimization/paired.py runs/overoptimization/best-of-n
"""

import random
import sys
from pathlib import Path

import polars as pl

folder = Path(sys.argv[1])
seeds = pl.concat(
    pl.read_parquet(f"{runs}/tables/runs.parquet").select(
        pl.format("{}/runs/{}", pl.lit(runs), "run").alias("reward"), pl.col("seed").alias("answers"), "mix"
    )
    for runs in ("runs/overoptimization-single", "runs/overoptimization-ensemble")
)
runs = pl.read_parquet(folder / "overoptimization-runs.parquet").join(seeds, on="reward", maintain_order="left")
resample = random.Random(0)


def interval(values):
    means = sorted(sum(resample.choices(values, k=len(values))) / len(values) for _ in range(10_000))
    return means[249], means[9_749]


for mix in ("clean", "noisy"):
    of_mix = runs.filter(pl.col("mix") == mix)
    single, *ensembles = of_mix["label"].unique(maintain_order=True)
    alone = of_mix.filter(pl.col("label") == single)
    for label in ensembles:
        pairs = of_mix.filter(pl.col("label") == label).join(alone, on="answers", suffix="_alone")
        for number in ("gold", "gap", "lost"):
            values = (pairs[number] - pairs[f"{number}_alone"]).to_list()
            low, high = interval(values)
            mean = sum(values) / len(values)
            print(f"{label}: {number} {mean:+.2f} [{low:+.2f}, {high:+.2f}], {len(values)} pairs")
