"""Writes farmers' rankings of bread wheat or of beans as tables that `medley import` reads.

    python3 experiments/persons/tricot.py STUDY FOLDER

STUDY is `breadwheat` or `nicabean`, of datasets/tricot_STUDY/source. As in `experiments/mixing/tricot.py`, a segment
is a variety as one farmer had it, one step with a feature for each variety, of which its own is 1; an episode is a
farmer; and each judged trait is one ranking of the three varieties, whose source is the trait. What farmers said of
the whole is called `overall` in all studies. `FOLDER.toml` is what the import is called, licensed and attributed.
Only the standard library is needed.
"""

import csv
import gzip
import json
import pathlib
import re
import sys

IMPORT = """[import.tables]
name = "tricot_{study}"
licence = "MIT"
attribution = "van Etten et al. 2016, Experimental Agriculture 55, 275-296, and 2019, PNAS 116, 4194-4199; extracted from the R package gosset (Kauê de Sousa)"
"""
GENDER = {"M": "Man", "F": "Woman"}


def rows(study, name):
    source = pathlib.Path(__file__).parents[2] / f"datasets/tricot_{study}/source/{name}.csv.gz"
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def breadwheat():
    """Farmers as (id, what is known of them, their three varieties, ranks of these by trait)."""
    traits = {"germination": "germination", "grainquality": "grain-quality", "yield": "yield", "overall": "overall"}
    for row in rows("breadwheat", "breadwheat"):
        known = dict(country="India", gender=GENDER[row["gender"]], age=int(row["age"]))
        ranks = {}
        for column, trait in traits.items():
            best, worst = row[f"{column}_best"], row[f"{column}_worst"]
            assert best != worst and {best, worst} <= set("ABC"), (row["farmer"], trait, best, worst)
            ranks[trait] = [1 if option == best else 3 if option == worst else 2 for option in "ABC"]
        yield row["farmer"], known, [row[f"variety_{option}"] for option in "abc"], ranks


def nicabean():
    """As `breadwheat`."""
    said = {}
    for row in rows("nicabean", "nicabean.rankings"):
        words = re.findall("[A-Z][a-z]*", row["trait"])
        trait = "overall" if words[0] == "Overall" else "-".join(words).lower()
        said.setdefault(row["farmer"], {}).setdefault(trait, {})[row["item"]] = int(row["rank"])
    for row in rows("nicabean", "nicabean.farmers"):
        known = dict(country="Nicaragua", trial=row["trial"], gender=row["gender"], age=int(row["age"]))
        ranks = said[row["farmer"]]
        varieties = list(ranks["overall"])
        assert all(sorted(of.values()) == [1, 2, 3] and of.keys() == ranks["overall"].keys() for of in ranks.values())
        yield row["farmer"], known, varieties, {trait: [of[it] for it in varieties] for trait, of in ranks.items()}


def write(file, records):
    with open(file, "w", encoding="utf-8") as lines:
        for record in records:
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")


def main():
    study, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    folder.with_suffix(".toml").write_text(IMPORT.format(study=study), encoding="utf-8")
    farmers = list({"breadwheat": breadwheat, "nicabean": nicabean}[study]())
    varieties = sorted({variety for _, _, own, _ in farmers for variety in own})
    with open(folder / "segments.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["segment", "group", *varieties])
        for farmer, _, own, _ in farmers:
            for option, variety in zip("abc", own, strict=True):
                table.writerow([f"{farmer}/{option}", farmer, *[int(variety == other) for other in varieties]])
    write(folder / "people.jsonl", [dict(annotator=farmer, **known) for farmer, known, _, _ in farmers])
    rankings = []
    for farmer, _, own, ranks in farmers:
        segments = [f"{farmer}/{option}" for option in "abc"]
        of = [dict(segments=segments, ranks=order, annotator=farmer, source=trait) for trait, order in ranks.items()]
        rankings.extend(of)
    write(folder / "ranking.jsonl", rankings)


main()
