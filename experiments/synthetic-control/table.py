"""Tables of README.md from `measurements.parquet` (needs pandas and pyarrow).

`python3 table.py RUNS/EXPERIMENT/tables/measurements.parquet SOURCE METRIC` prints ways of mixing by
mixes: the mean over seeds ± two standard errors, and in parentheses the difference to `separate` on
the same seeds.
"""

import sys

import pandas

WAYS = ["separate", "related", "joint", "joint-fixed", "weighted", "mean"]
MIXES = ["agree", "with-noise", "with-opposed", "two-camps", "with-half", "all"]


def told(values, sign=""):
    error = 2 * values.std() / len(values) ** 0.5
    return f"{values.mean():{sign}.3f} ±{error:.3f}"


def cell(numbers, way, mix):
    """Numbers have a row for each seed and a column for each label."""
    label = f"{way}: {mix}"
    if label not in numbers:
        return "-"
    values = numbers[label].dropna()
    text = told(values)
    if len(values) < len(numbers):
        text += f" [{len(values)} of {len(numbers)} seeds]"
    reference = f"separate: {mix}"
    if way == "separate" or reference not in numbers:
        return text
    differences = (values - numbers[reference]).dropna()
    return f"{text} ({told(differences, '+')})"


def main(file, source, metric):
    rows = pandas.read_parquet(file)
    rows = rows[(rows.source == source) & (rows.metric == metric) & (rows.estimator == "model")]
    numbers = rows.pivot(index="seed", columns="mix", values="value")
    alone = [label for label in numbers if ":" not in label]
    print(f"{source}, {metric}, {len(numbers)} seeds; alone:", *(told(numbers[a]) for a in alone))
    print("\n| way |", " | ".join(MIXES), "|")
    print("|---|" + "---|" * len(MIXES))
    for way in WAYS:
        print(f"| `{way}` |", " | ".join(cell(numbers, way, mix) for mix in MIXES), "|")


if __name__ == "__main__":
    main(*sys.argv[1:])
