"""Tables of README.md from the `measurements.parquet` of an experiment (needs pandas and pyarrow).

`python3 table.py RUNS/EXPERIMENT/tables/measurements.parquet SOURCE:METRIC ...` prints ways of mixing by
what they are judged on: the mean over seeds ± two standard errors, and in parentheses the difference to
`separate` on the same seeds. An experiment with several mixes has a column for each of them.
"""

import sys

import pandas

WAYS = ["separate", "joint", "uncertainty-weighted", "gradient-projection", "type-embedding"]


def told(values, sign=""):
    error = 2 * values.std() / len(values) ** 0.5
    return f"{values.mean():{sign}.3f} ±{error:.3f}"


def label(way, mix):
    return f"{way}: {mix}" if mix else way


def cell(numbers, way, mix):
    """Numbers have a row for each seed and a column for each label."""
    values = numbers[label(way, mix)]
    if values.isna().any():
        raise SystemExit(f"{label(way, mix)}: {values.isna().sum()} of {len(values)} seeds are missing")
    if way == "separate":
        return told(values)
    return f"{told(values)} ({told(values - numbers[label('separate', mix)], '+')})"


def columns(rows, source, metric):
    """For each mix its name and its cells, one for each way."""
    asked = (rows.source == source) & (rows.metric == metric) & (rows.estimator == "model")
    numbers = rows[asked].pivot(index="seed", columns="mix", values="value")
    alone = [name for name in numbers if name not in WAYS and ":" not in name]
    print(f"{source}, {metric}, {len(numbers)} seeds; alone:", *(told(numbers[a]) for a in alone))
    for mix in dict.fromkeys(name.partition(": ")[2] for name in numbers if name not in alone):
        yield mix or source, [cell(numbers, way, mix) for way in WAYS]


def main(file, asked):
    rows = pandas.read_parquet(file)
    found = [column for pair in asked for column in columns(rows, *pair.split(":"))]
    print("\n| way |", " | ".join(name for name, _ in found), "|")
    print("|---|" + "---|" * len(found))
    for position, way in enumerate(WAYS):
        print(f"| `{way}` |", " | ".join(cells[position] for _, cells in found), "|")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
