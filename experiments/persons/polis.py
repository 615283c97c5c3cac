"""Writes a conversation of datasets/polis/source as tables that `medley import` reads.

    python3 experiments/persons/polis.py CONVERSATION FOLDER

A segment is a statement that a participant wrote, a group of its own, since nothing was asked. A vote is an approval:
1 is agree, 0 is disagree. Who passed has seen a statement and said nothing of its worth, which no share of approval
says: a pass is a neutral critique, whose source is `pass`. `p0017` is row 17 of the released matrix and `s003` its
column 3, both counted from 0, and ids are as long as each other, so that their order is that of rows and columns.
The group is a text, so that nobody calculates with it. `FOLDER.toml` is what the import is called, licensed and
attributed. Only the standard library is needed.
"""

import csv
import gzip
import json
import pathlib
import sys

IMPORT = """[import.tables]
name = "polis_{conversation}"
licence = "CC-BY-4.0"
attribution = "Data was gathered using the Polis software (compdemocracy.org/polis) and is sub-licensed under CC BY 4.0 with Attribution to The Computational Democracy Project. The data and more information about how the data was collected can be found at the following link(s): {link}"
"""
LINKS = {
    "bowling_green": "https://compdemocracy.org/case-studies/2018-kentucky",
    "vtaiwan_uberx": "https://compdemocracy.org/case-studies/2015-vtaiwan-uberx",
    "bg2050": "https://github.com/compdemocracy/openData",
}
MODERATED = {"1": "accepted", "0": "unmoderated", "-1": "rejected"}
SOURCE = pathlib.Path(__file__).parents[2] / "datasets/polis/source"


def rows(name):
    with gzip.open(SOURCE / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(file, records):
    with open(file, "w", encoding="utf-8") as lines:
        for record in records:
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")


def segment(statement, person_of):
    record = dict(segment=name_of(statement["comment-id"]), text=statement["comment-body"])
    record.update(group=record["segment"], author=person_of[statement["author-id"]])
    record["moderated"] = MODERATED[statement["moderated"]]
    if "group-informed-consensus" in statement:
        record["is-seed"] = statement["is-seed"]
        record["group-informed-consensus"] = float(statement["group-informed-consensus"])
    return record


def name_of(column):
    return f"s{int(column):03}"


def person(name, row):
    known = dict(annotator=name, **{"n-votes": int(row["n-votes"]), "n-comments": int(row["n-comments"])})
    return known | ({"polis-group": f"group-{row['group-id']}"} if row["group-id"] else {})


def main():
    conversation, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    card = IMPORT.format(conversation=conversation, link=LINKS[conversation])
    folder.with_suffix(".toml").write_text(card, encoding="utf-8")
    matrix = rows(f"{conversation}.participants-votes")
    columns = [column for column in matrix[0] if column.isdigit()]
    assert columns == [str(number) for number in range(len(columns))]
    statements = {statement["comment-id"]: statement for statement in rows(f"{conversation}.comments")}
    people = {f"p{number:04}": row for number, row in enumerate(matrix)}
    person_of = {row["participant"]: name for name, row in people.items()}
    cells = [(name, column, row[column]) for name, row in people.items() for column in columns]
    assert {cell for _, _, cell in cells} == {"1", "0", "-1", ""}
    write(folder / "segments.jsonl", [segment(statements[column], person_of) for column in columns])
    write(folder / "people.jsonl", [person(name, row) for name, row in people.items()])
    votes = {"1": dict(approval=1, source="vote"), "-1": dict(approval=0, source="vote")}
    passes = {"0": dict(polarity="neutral", source="pass")}
    for kind, said in (("approval", votes), ("critique", passes)):
        found = [(name, column, said[cell]) for name, column, cell in cells if cell in said]
        records = [dict(segment=name_of(column), annotator=name, **answer) for name, column, answer in found]
        write(folder / f"{kind}.jsonl", records)


main()
