"""The work of benches/speed.rs in PyTorch eager, and the ratio of the two.

    cargo bench --bench speed
    python3 benches/pytorch/compare.py [target folder]

Runs Medley's benches again before PyTorch if called with --rerun, so that both see the same
machine. Reads criterion's medians from <target>/criterion. PyTorch runs with the number of threads
that the bench had. Needs torch (CPU); nothing else.
"""
import json
import pathlib
import statistics
import subprocess
import sys
import time

import torch

WORK = {  # name: (pairs, steps, features, hidden, members)
    "mlp-3x256-rows-6400": (64, 50, 23, [256] * 3, 1),
    "mlp-3x256-rows-6400-ensemble-4": (64, 50, 23, [256] * 3, 4),
    "embedding-384-batch-256": (256, 1, 384, [384], 1),
    "linear-384-batch-256": (256, 1, 384, [], 1),
    "mlp-64x64-rows-256": (128, 1, 23, [64, 64], 1),
}


def model(features, hidden, members):
    """One module a member axis wide: weights [member, input, output], as in Medley."""
    sizes = [features, *hidden, 1]
    weights = [torch.empty(members, a, b).uniform_(-(a**-0.5), a**-0.5).requires_grad_() for a, b in zip(sizes, sizes[1:])]
    biases = [torch.zeros(members, 1, b).requires_grad_() for b in hidden]
    return weights, biases


def rewards(weights, biases, rows, members):
    if members == 1:  # plain matrices, PyTorch's best case
        x = rows
        for weight, bias in zip(weights, biases):
            x = torch.relu(torch.addmm(bias[0], x, weight[0]))
        return (x @ weights[-1][0])[None]
    x = rows[None]
    for weight, bias in zip(weights, biases):
        x = torch.relu(torch.matmul(x, weight) + bias)
    return torch.matmul(x, weights[-1])


def median_seconds(step, least=2.0):
    for _ in range(5):
        step()
    times, until = [], time.perf_counter() + least
    while time.perf_counter() < until or len(times) < 15:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def training_step(pairs, steps, features, hidden, members):
    weights, biases = model(features, hidden, members)
    optimizer = torch.optim.AdamW([*weights, *biases], lr=1e-3, weight_decay=0.01)
    data = torch.rand(2 * pairs, steps, features) * 2 - 1

    def step():
        rows = data.clone().reshape(-1, features)  # Medley gathers its batch in every step
        returns = rewards(weights, biases, rows, members).reshape(members, 2 * pairs, steps).sum(2)
        loss = -torch.nn.functional.logsigmoid(returns[:, :pairs] - returns[:, pairs:]).sum() / pairs
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def scoring():
    weights, biases = model(23, [64, 64], 1)
    data = torch.rand(1_000_000, 23)

    def step():
        with torch.no_grad():
            for chunk in data.split(4096):
                rewards(weights, biases, chunk, 1)

    return step


def medley(target, group, name):
    path = target / "criterion" / group / name / "new" / "estimates.json"
    return json.loads(path.read_text())["median"]["point_estimate"] / 1e9 if path.exists() else None


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    target = pathlib.Path(arguments[0] if arguments else "target")
    if "--rerun" in sys.argv:
        subprocess.run(["cargo", "bench", "--bench", "speed", "--", "--noplot"], check=True)
    print(f"{'work':48} {'medley/s':>10} {'torch/s':>10} {'ratio':>7}")
    rows = [("step", name, threads, training_step(*work)) for threads in (1, 2) for name, work in WORK.items()]
    rows.append(("score", "rows-1000000-mlp-64x64", 1, scoring()))
    for group, name, threads, step in rows:
        torch.set_num_threads(threads)
        full = name if threads == 1 else f"{name}-two-threads"
        ours, theirs = medley(target, group, full), median_seconds(step)
        if ours:
            print(f"{group + '/' + full:48} {1 / ours:10.1f} {1 / theirs:10.1f} {theirs / ours:7.2f}")
    print("\ncollation as a share of a step (at most 0.10):")
    for name in WORK:
        part, whole = medley(target, "collate", name), medley(target, "step", name)
        if part and whole:
            print(f"  {name:40} {part / whole:.3f}")


if __name__ == "__main__":
    main()
