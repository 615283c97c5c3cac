"""Writes the consumers' rankings of cassava (datasets/tricot/source) as tables that `medley import` reads.

    python3 experiments/mixing/tricot.py FOLDER

A segment is a sample as one consumer had it, one step with 13 features of which the variety's is 1; an
episode is a consumer. Each judged trait is one ranking of the three samples; its source is the trait.
Only the standard library is needed.
"""

import csv
import gzip
import json
import pathlib
import sys

TRAITS = ["colour", "firmness", "mouldability", "odour", "overall", "smoothness", "stretchability", "taste"]
SOURCE = pathlib.Path(__file__).parents[2] / "datasets/tricot/source/cassava.csv.gz"


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(SOURCE, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    options = ["a", "b", "c"]
    varieties = sorted({row[f"option_{option}"] for row in rows for option in options})
    with open(folder / "segments.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["segment", "group", *varieties])
        for row in rows:
            for option in options:
                own = row[f"option_{option}"]
                one = [int(variety == own) for variety in varieties]
                table.writerow([f"{row['consumer']}/{option}", row["consumer"], *one])
    with open(folder / "people.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["annotator", "country", "gender", "age", "consumption"])
        for row in rows:
            table.writerow([row[key] for key in ["consumer", "country", "gender", "age", "consumption"]])
    with open(folder / "ranking.jsonl", "w", encoding="utf-8") as file:
        for row in rows:
            for trait in TRAITS:
                best, worst = row[f"{trait}_pos"].lower(), row[f"{trait}_neg"].lower()
                if not best and not worst:
                    continue
                assert {best, worst} <= set(options), (row["consumer"], trait, best, worst)
                if best == worst:
                    print(f"consumer {row['consumer']}: {best} is best and worst in {trait}, left out", file=sys.stderr)
                    continue
                ranks = [1 if option == best else 3 if option == worst else 2 for option in options]
                segments = [f"{row['consumer']}/{option}" for option in options]
                record = dict(segments=segments, ranks=ranks, annotator=row["consumer"], source=trait)
                file.write(json.dumps(record) + "\n")


main()
