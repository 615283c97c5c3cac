"""Writes a study of datasets/paired_people/source as tables that `medley import` reads.

    python3 experiments/persons/paired.py STUDY FOLDER

A segment is an item, one step with a feature for each item, of which its own is 1; so a linear reward has a
number for each item. All items are one episode: people are what is split. In sound_quality an item is a
reproduction of a program, and the source of a comparison is its occasion: `before-2` is the second time that the
listener heard the pairs of the program before training, so that a pair is there once an occasion.
`FOLDER.toml` is what the import is called, licensed and attributed. Only the standard library is needed.
"""

import csv
import gzip
import json
import pathlib
import sys

IMPORT = """[import.tables]
name = "{study}"
licence = "GPL-2.0-only OR GPL-3.0-only"
attribution = "R packages psychotree and psychotools: {paper}"
"""
PAPERS = {
    "topmodel2007": "Strobl, Wickelmaier and Zeileis 2011, Journal of Educational and Behavioral Statistics 36(2)",
    "cems_choice": "Dittrich, Hatzinger and Katzenbeisser 1998 (corrigendum 2001), Applied Statistics 47(4)",
    "german_parties2009": "a survey at the University of Tuebingen, 2009",
    "first_names": "a survey at the University of Tuebingen, 2009",
    "sound_quality": "Choisel and Wickelmaier 2007, Journal of the Acoustical Society of America 121",
}
SOURCE = pathlib.Path(__file__).parents[2] / "datasets/paired_people/source"


def rows(name):
    with gzip.open(SOURCE / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main():
    study, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    folder.with_suffix(".toml").write_text(IMPORT.format(study=study, paper=PAPERS[study]), encoding="utf-8")
    comparisons = rows(f"{study}.comparisons")
    sound = study == "sound_quality"

    def item(row, side):
        return f"{row['program']}/{row[side]}" if sound else row[side]

    items = sorted({item(row, side) for row in comparisons for side in ("first", "second")})
    with open(folder / "segments.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["segment", "group", *items])
        for own in items:
            table.writerow([own, study, *[int(own == other) for other in items]])
    who = "listener" if sound else "respondent"
    if not sound:
        people = rows(f"{study}.respondents")
        with open(folder / "people.csv", "w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            keys = [key for key in people[0] if key != "respondent"]
            table.writerow(["annotator", *keys])
            for person in people:
                table.writerow([person["respondent"], *[person[key] for key in keys]])
    with open(folder / "comparison.jsonl", "w", encoding="utf-8") as file:
        for row in comparisons:
            record = dict(first=item(row, "first"), second=item(row, "second"), annotator=row[who])
            if row["choice"] == "tie":
                record.update(preference=0, tie=1)
            else:
                record["preference"] = 1 if row["choice"] == "first" else 0
            if sound:
                record["source"] = f"{row['time']}-{row['repetition']}"
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


main()
