"""Types of feedback by what is learned from them: correlation of the learned reward, and worth of the policy.

    python experiments/six-types/table.py runs/six-types-grid
    python experiments/six-types/table.py runs/six-types-pendulum --rewards 3
    python experiments/six-types/table.py runs/six-types-pendulum --policies runs/six-types-pendulum/policies

Needs polars. `--rewards` lists the folders of the runs of so many seeds, for `medley optimize`, and `--policies` is the
folder that it wrote; left out, policies are those that `medley run` has found in a table.
"""

import argparse
from pathlib import Path

import polars as pl

CORRELATIONS = ["reward-pearson", "reward-spearman", "return-spearman"]


def measured(folder: Path) -> pl.DataFrame:
    """A row for each run of a model on the data of the file: type, seed and measures of the true reward."""
    rows = pl.read_parquet(folder / "tables/measurements.parquet").filter(
        (pl.col("source") == "true reward")
        & (pl.col("estimator") == "model")
        & (pl.col("setting") == "")
    )
    return rows.pivot(on="metric", index=["run", "mix", "seed"], values="value")


def with_policies(runs: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """With the mean true return of the policies that were optimized for each reward."""
    policies = pl.read_parquet(folder / "optimized.parquet")
    print(policies.filter(pl.col("reward") == "true").select("seed", "value", "uniform"))
    run = pl.col("reward").str.split("/").list.last().alias("run")
    policies = policies.group_by(run).agg(pl.mean("value"))
    return runs.join(policies, on="run")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rewards", type=int)
    parser.add_argument("--policies", type=Path)
    options = parser.parse_args()
    runs = measured(options.folder)
    if options.rewards:
        few = runs.filter(pl.col("seed") < options.rewards).sort("mix", "seed")
        print(*(options.folder / "runs" / run for run in few["run"]))
        return
    worth = "value" if options.policies else "normalized-value"
    if options.policies:
        runs = with_policies(runs, options.policies)
    of_type = runs.group_by("mix").agg(
        pl.len().alias("seeds"),
        pl.mean(*CORRELATIONS),
        pl.mean(worth),
        pl.min(worth).alias("least"),
        pl.max(worth).alias("most"),
    )
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200, float_precision=3):
        print(of_type.sort(worth, descending=True))
    print(f"Spearman's correlation with {worth} over {len(runs)} runs, and over the types' means:")
    for measure in [name for name in [*CORRELATIONS, "epic", "starc"] if name in runs.columns]:
        rho = runs.select(pl.corr(measure, worth, method="spearman")).item()
        means = runs.group_by("mix").agg(pl.mean(measure, worth))
        between = means.select(pl.corr(measure, worth, method="spearman")).item()
        print(f"  {measure}: {rho:.2f}, {between:.2f}")


if __name__ == "__main__":
    main()
