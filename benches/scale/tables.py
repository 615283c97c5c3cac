"""Import of 1,000,000 comparisons with texts, and of 1,000,000 ratings, from CSV, JSON lines and Parquet: processor
seconds and peak memory of Medley and pandas on the same files, in turns.

    cargo build --release
    python3 -m venv /tmp/scale && /tmp/scale/bin/pip install pyarrow pandas
    /tmp/scale/bin/python benches/scale/tables.py target/release/medley /tmp/tables-data [rows] [repeats]

Medley imports by a mapping, and by the importers `trl-preference` and `crowd-kit-labels`. pandas reads the file,
names prompts and responses, checks what Medley checks of names and values (each name once, every reference there,
no nulls, labels that are known, values on the scale), writes the tables as Parquet and hashes them. It does not split
texts into sentences, keep a row out that is wrong, or read back what it wrote; Medley does.

Each job is a process of its own. Seconds are those of the processor in user mode, the least of all repeats; memory is
the maximum resident set.
"""

import os
import random
import shutil
import subprocess
import sys

WORDS = (
    "the of answer because light scatters air number prime divides one reason model is simple long blue sky why "
    "person question how it depends on value when few"
).split()

COMPARISONS = """
[import.columns]
name = "comparisons"
prompt = "prompt"
[[import.columns.records]]
kind = "comparison"
first = "chosen"
second = "rejected"
preference = "label"
values = { A = "first", B = "second", tie = "tie" }
annotator = "worker"
"""

RATINGS = """
[import.columns]
name = "ratings"
group = "task"
[[import.columns.records]]
kind = "rating"
segment = "task"
value = "label"
low = 1
high = 5
levels = 5
annotator = "worker"
"""

PANDAS = """
import hashlib, os, sys
import pandas as pd
kind, path, out = sys.argv[1:]
read = {"csv": pd.read_csv, "jsonl": lambda p: pd.read_json(p, lines=True), "parquet": pd.read_parquet}
t = read[path.rsplit(".", 1)[1]](path)
assert not t.isna().any().any()
os.makedirs(out)
def write(frame, name):
    file = f"{out}/{name}.parquet"
    frame.to_parquet(file, index=False, compression="zstd")
    return hashlib.blake2b(open(file, "rb").read()).hexdigest()
if kind == "comparisons":
    group, prompts = pd.factorize(t["prompt"])
    groups = pd.DataFrame({"group": range(len(prompts)), "prompt": prompts})
    both = pd.DataFrame({"group": list(group) * 2, "text": pd.concat([t["chosen"], t["rejected"]], ignore_index=True)})
    # The same text under the same prompt is the same segment.
    number, _ = pd.factorize(both["group"].astype(str) + " " + both["text"])
    segments = both.assign(segment=number).drop_duplicates("segment")
    ids = "s" + segments["segment"].astype(str)
    segments = segments.assign(segment=ids)
    records = pd.DataFrame({
        "first": "s" + pd.Series(number[: len(t)]).astype(str),
        "second": "s" + pd.Series(number[len(t) :]).astype(str),
        "preference": t["label"].map({"A": 1.0, "B": 0.0, "tie": 0.5}),
        "annotator": t["worker"],
    })
    references = [records["first"], records["second"]]
    assert (records["first"] != records["second"]).all()
else:
    groups = pd.DataFrame({"group": t["task"].unique()})
    segments = pd.DataFrame({"segment": groups["group"], "group": groups["group"], "text": groups["group"]})
    records = pd.DataFrame({"segment": t["task"], "value": t["label"].astype(float), "annotator": t["worker"]})
    references = [records["segment"]]
    assert records["value"].between(1, 5).all() and (records["value"] % 1 == 0).all()
assert groups["group"].is_unique and segments["segment"].is_unique
assert segments["group"].isin(groups["group"]).all()
assert all(names.isin(segments["segment"]).all() for names in references)
assert not records.isna().any().any() and (segments["text"].str.strip() != "").all()
print(write(groups, "groups"), write(segments, "segments"), write(records, kind))
"""


def make(folder, rows):
    import pandas as pd

    rng = random.Random(0)

    def text(length):
        sentences = []
        while sum(map(len, sentences)) < length:
            sentences.append(" ".join(rng.choices(WORDS, k=rng.randint(6, 14))).capitalize() + ".")
        return " ".join(sentences)

    items = rows // 10
    prompts = [f"{i}: {text(60)}" for i in range(items)]
    comparisons = []
    for _ in range(rows):
        item = rng.randrange(items)
        label, worker = rng.choice(["A", "B", "tie"]), f"w{rng.randrange(2000)}"
        comparisons.append((f"q{item:07}", prompts[item], text(170), text(170), label, worker))
    ratings = [(f"item{rng.randrange(items):07}", f"w{rng.randrange(2000)}", rng.randint(1, 5)) for _ in range(rows)]
    tables = {
        "comparisons": pd.DataFrame(comparisons, columns=["id", "prompt", "chosen", "rejected", "label", "worker"]),
        "ratings": pd.DataFrame(ratings, columns=["task", "worker", "label"]),
    }
    os.makedirs(folder)
    for name, table in tables.items():
        table.to_csv(f"{folder}/{name}.csv", index=False)
        table.to_json(f"{folder}/{name}.jsonl", orient="records", lines=True)
        table.to_parquet(f"{folder}/{name}.parquet", index=False)
    for name, mapping in [("comparisons", COMPARISONS), ("ratings", RATINGS)]:
        with open(f"{folder}/{name}.toml", "w") as file:
            file.write(mapping)


def spent(command, out):
    """User seconds and peak MiB of a process that writes to `out`."""
    shutil.rmtree(out, ignore_errors=True)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command} failed:\n{output}")
    return usage.ru_utime, usage.ru_maxrss / 1024


def main():
    medley, folder = sys.argv[1:3]
    rows = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
    repeats = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    if not os.path.exists(folder):
        make(folder, rows)
    out = f"{folder}/out"
    print("| file | importer | Medley, s | pandas, s | ratio | Medley, MiB | pandas, MiB |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for kind, named in [("comparisons", "trl-preference"), ("ratings", "crowd-kit-labels")]:
        for ending in ["csv", "jsonl", "parquet"]:
            file = f"{folder}/{kind}.{ending}"
            jobs = {
                "mapping": [medley, "import", f"{folder}/{kind}.toml", file, out],
                named: [medley, "import", named, file, out],
                "pandas": [sys.executable, "-c", PANDAS, kind, file, out],
            }
            runs = {job: [] for job in jobs}
            for _ in range(repeats):
                for job, command in jobs.items():
                    runs[job].append(spent(command, out))
            best = {job: (min(s for s, _ in found), max(m for _, m in found)) for job, found in runs.items()}
            seconds, memory = best.pop("pandas")
            for job, (own, most) in best.items():
                ratio = own / seconds
                print(f"| {kind}.{ending} | {job} | {own:.1f} | {seconds:.1f} | {ratio:.1f} | {most:,.0f} | {memory:,.0f} |", flush=True)
    shutil.rmtree(out, ignore_errors=True)


main()
