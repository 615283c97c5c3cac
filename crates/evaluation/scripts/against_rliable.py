"""Writes `tests/against_rliable.json`: what rliable, SciPy and statsmodels answer.

    python3 -m venv /tmp/rliable
    /tmp/rliable/bin/pip install rliable==1.2.0 arch==7.2.0 scipy==1.17.1 statsmodels==0.15.0 numpy==2.4.6 'pandas<3'
    /tmp/rliable/bin/python crates/evaluation/scripts/against_rliable.py

`src/runs/against_rliable_tests.rs` compares. Point values must agree to rounding. Intervals are drawn from
another stream there, so they agree to Monte Carlo error: each end comes with its standard error over
repeated bootstraps. It takes minutes. arch, which rliable resamples with, does not import with
pandas 3. rliable draws from NumPy's global state, whatever `random_state` it is given.
"""

import json
from pathlib import Path

import numpy as np
import scipy.stats
from rliable import library, metrics
from statsmodels.stats.multitest import multipletests

OUT = Path(__file__).parent.parent / "tests/against_rliable.json"
REPLICATES = 10_000
REPEATS = 5
RUNS, TASKS = 10, 3


def scores():
    """Two algorithms; two decimals, so that there are ties within and between them."""
    rng = np.random.RandomState(7)
    middle = np.array([0.4, 0.9, 0.6])
    spread = np.array([0.05, 0.3, 0.1])
    x = np.round(middle + 0.05 + spread * rng.standard_normal((RUNS, TASKS)), 2)
    y = np.round(middle + spread * rng.standard_t(3, (RUNS, TASKS)), 2)
    return x, y


def interval(arrays, statistic):
    """Mean of the ends over repeated bootstraps, and the standard error of one."""
    ends = []
    for seed in range(REPEATS):
        np.random.seed(seed)
        _, intervals = library.get_interval_estimates({"": arrays}, statistic, reps=REPLICATES)
        ends.append(intervals[""])
    ends = np.array(ends)
    return {"ends": ends.mean(0).T.tolist(), "errors": ends.std(0, ddof=1).T.tolist()}


def aggregates(x):
    def of(x):
        return np.array([metrics.aggregate_iqm(x), metrics.aggregate_mean(x),
                         metrics.aggregate_median(x), metrics.aggregate_optimality_gap(x)])
    return {"values": of(x).tolist(), **interval(x, of)}


def profiles(x, thresholds):
    return {
        "shares": library.score_distributions(x, thresholds).tolist(),
        "of_means": library.average_score_distributions(x, thresholds).tolist(),
        **interval(x, lambda x: library.score_distributions(x, thresholds)),
    }


def improvement(x, y):
    def of(x, y):
        return np.array([metrics.probability_of_improvement(x, y)])
    return {"values": of(x, y).tolist(), **interval([x, y], of)}


def trimmed():
    """Interquartile means of lists of every length modulo 4."""
    rng = np.random.RandomState(3)
    lists = [np.round(rng.standard_normal(n), 3).tolist() for n in (1, 2, 3, 4, 5, 6, 7, 30, 31, 33)]
    return [{"list": of, "mean": scipy.stats.trim_mean(of, 0.25)} for of in lists]


def student():
    degrees = [1, 2, 3, 4, 7, 9, 12, 19, 29, 49, 99, 999, 100_000]
    quantiles = [{"degrees": d, "confidence": c, "t": scipy.stats.t.ppf((1 + c) / 2, d)}
                 for d in degrees for c in (0.5, 0.8, 0.95, 0.99, 0.9999)]
    tails = [{"degrees": d, "t": t, "p": 2 * scipy.stats.t.sf(t, d)}
             for d in degrees for t in (1e-3, 0.5, 1.0, 2.5, 8.0, 40.0)]
    return {"quantiles": quantiles, "tails": tails}


def paired(x, y, test_over_train):
    """The formula of Nadeau and Bengio, and the exact permutation test, on the first task."""
    d = x - y
    n = len(d)
    scale = d.std(ddof=1) * np.sqrt(1 / n + test_over_train)
    half = scale * scipy.stats.t.ppf(0.975, n - 1)
    permuted = scipy.stats.permutation_test(
        (x, y), lambda x, y, axis: np.mean(x - y, axis=axis), permutation_type="samples",
        vectorized=True, n_resamples=np.inf, alternative="two-sided")
    return {"mean": d.mean(), "this_data": scipy.stats.sem(d), "new_sample": scale,
            "low": d.mean() - half, "high": d.mean() + half,
            "p": 2 * scipy.stats.t.sf(abs(d.mean()) / scale, n - 1),
            "effect": d.mean() / d.std(ddof=1), "p_of_flips": permuted.pvalue}


def corrections():
    rng = np.random.RandomState(5)
    lists = [[0.01, 0.04, 0.03, 0.005], [0.5], [1.0, 0.0, 0.2, 0.2, 0.9], [0.05] * 6,
             rng.uniform(size=20).tolist(), (rng.uniform(size=50) ** 4).tolist()]
    return [{"p": p, "holm": multipletests(p, method="holm")[1].tolist(),
             "benjamini_hochberg": multipletests(p, method="fdr_bh")[1].tolist()} for p in lists]


x, y = scores()
thresholds = np.round(np.arange(0.3, 1.21, 0.1), 2)
golden = {
    "x": x.tolist(), "y": y.tolist(), "thresholds": thresholds.tolist(),
    "aggregates": [aggregates(x), aggregates(y)],
    "profiles": [profiles(x, thresholds), profiles(y, thresholds)],
    "improvement": improvement(x, y),
    "trimmed": trimmed(), "student": student(),
    "paired": paired(x[:, 0], y[:, 0], 0.25), "corrections": corrections(),
}
OUT.write_text(json.dumps(golden, indent=None, separators=(",", ":")).replace('},{', '},\n{').replace('],"', '],\n"') + "\n")
print(f"wrote {OUT}")
