"""Writes datasets/bank_conjoint as tables that `medley import` reads.

    python3 experiments/persons/bank.py FOLDER

A person chose one of two credit cards of which only the differences are known: a segment is a difference, and what
it is compared with is a card without any. A reward has to be linear in the 14 features. `FOLDER.toml` is what the
import is called, licensed and attributed. Only the standard library is needed.
"""

import csv
import gzip
import json
import pathlib
import sys

IMPORT = """[import.tables]
name = "bank_conjoint"
licence = "GPL-2.0-or-later"
attribution = "Allenby and Ginter 1995, Journal of Marketing Research 32; R package bayesm (P. Rossi)"
"""
SOURCE = pathlib.Path(__file__).parents[2] / "datasets/bank_conjoint"


def rows(name):
    with gzip.open(SOURCE / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    folder.with_suffix(".toml").write_text(IMPORT, encoding="utf-8")
    choices = rows("choices")
    features = list(choices[0])[2:]
    known = {tuple("0" for _ in features): "none"}
    for row in choices:
        known.setdefault(tuple(row[name] for name in features), f"d{len(known):03}")
    with open(folder / "segments.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["segment", "group", *features])
        for difference, name in known.items():
            table.writerow([name, "cards", *difference])
    with open(folder / "people.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["annotator", "age", "income", "gender"])
        for person in rows("respondents"):
            gender = {"0": "male", "1": "female"}[person["gender"]]
            table.writerow([person["id"], person["age"], person["income"], gender])
    with open(folder / "comparison.jsonl", "w", encoding="utf-8") as file:
        for row in choices:
            first = known[tuple(row[name] for name in features)]
            record = dict(first=first, second="none", preference=int(row["choice"]), annotator=row["id"])
            file.write(json.dumps(record) + "\n")


main()
