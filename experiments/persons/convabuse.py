"""Writes datasets/convabuse/source as tables that `medley import` reads.

    python3 experiments/persons/convabuse.py FOLDER

A segment is what a user said to a conversational agent, in the context of what was said before it; its group is
the conversation. Each judgement is a rating of it from -3 (very strongly abusive) to 1 (not abusive). Contexts are
told apart by all of their text: the released `example_no` counts judgements. `FOLDER.toml` is what the import is
called, licensed and attributed. Only the standard library is needed.
"""

import csv
import gzip
import json
import pathlib
import sys

IMPORT = """[import.tables]
name = "convabuse"
licence = "CC-BY-4.0"
attribution = "Cercas Curry, Abercrombie and Rieser 2021, ConvAbuse: Data, Analysis, and Benchmarks for Nuanced Abuse Detection in Conversational AI, EMNLP"
"""
SOURCE = pathlib.Path(__file__).parents[2] / "datasets/convabuse/source/ConvAbuseEMNLPfull.csv.gz"
LEVELS = [1, 0, -1, -2, -3]


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    folder.with_suffix(".toml").write_text(IMPORT, encoding="utf-8")
    with gzip.open(SOURCE, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {}
    with open(folder / "segments.jsonl", "w", encoding="utf-8") as segments:
        for row in rows:
            context = tuple(row[key] for key in ("conv_id", "prev_agent", "prev_user", "agent", "user"))
            if context in known:
                continue
            known[context] = f"c{len(known):04}"
            turns = zip(("agent", "user", "agent"), context[1:4])
            prompt = "\n".join(f"{who}: {text}" for who, text in turns if text.strip())
            record = dict(segment=known[context], group=known[context], prompt=prompt, text=row["user"])
            record.update(conversation=row["conv_id"].removesuffix(".0"), bot=row["bot"])
            segments.write(json.dumps(record, ensure_ascii=False) + "\n")
    with open(folder / "rating.jsonl", "w", encoding="utf-8") as ratings:
        for row in rows:
            context = tuple(row[key] for key in ("conv_id", "prev_agent", "prev_user", "agent", "user"))
            chosen = [level for level in LEVELS if row[f"is_abuse.{level}"] == "1"]
            assert len(chosen) == 1, (row["example_no"], chosen)
            record = dict(segment=known[context], value=chosen[0], low=-3, high=1, levels=5)
            record.update(annotator=row["annotator_id"])
            ratings.write(json.dumps(record) + "\n")


main()
