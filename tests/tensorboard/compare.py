"""Compares the scalars that TensorBoard reads with `curves.parquet`."""

import pathlib
import struct
import sys

import polars
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

curves, events = polars.read_parquet(sys.argv[1]), pathlib.Path(sys.argv[2])
parts = {"train": "training"}


def single(value):
    return struct.unpack("f", struct.pack("f", value))[0]


expected = {}
for row in curves.iter_rows(named=True):
    part = parts.get(row["part"], row["part"])
    tag = f"{row['metric']}/{row['source']}"
    if row["metric"] == "log-likelihood":
        tag += f"/{part}"
    elif part != "training":
        continue
    expected[row["run"], tag, row["step"]] = single(row["value"])
found = {}
for folder in events.iterdir():
    read = EventAccumulator(str(folder), size_guidance={"scalars": 0})
    read.Reload()
    for tag in read.Tags()["scalars"]:
        for scalar in read.Scalars(tag):
            assert scalar.wall_time > 1.6e9, scalar
            found[folder.name.rsplit("-", 1)[-1], tag, scalar.step] = scalar.value
assert len(expected) > 20, len(expected)
missing, more = expected.keys() - found.keys(), found.keys() - expected.keys()
assert not missing and not more, (sorted(missing)[:3], sorted(more)[:3])
wrong = [key for key in expected if expected[key] != found[key]]
assert not wrong, [(key, expected[key], found[key]) for key in wrong[:3]]
print(f"tensorboard: {len(found)} scalars of {len({key[0] for key in found})} runs are those of curves.parquet")
