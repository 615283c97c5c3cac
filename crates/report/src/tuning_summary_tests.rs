use super::*;
use crate::aggregate_tuning;
use crate::sample::{measurement, tuning};

#[test]
fn the_whole_text() {
    let mut rows = Vec::new();
    for (seed, a, b) in [(0, -0.7, -0.6), (1, -0.7, -0.5), (2, -0.61, -0.62)] {
        rows.extend(tuning(
            "m|n",
            seed,
            &[("x = 1", Some(a)), ("x = 2", Some(b)), ("x = 3", None)],
        ));
    }
    rows.iter_mut().for_each(|row| row.target = "a|b".to_owned());
    let of = |mix: &'static str, values: [f64; 3]| {
        (0..).zip(values).map(move |(seed, value)| measurement(mix, seed, "a", value))
    };
    let measured: Vec<_> =
        of("m|n (tuned)", [0.7, 0.8, 0.6]).chain(of("m|n", [0.6, 0.6, 0.6])).collect();
    let expect = "\
## Tuned

Options chosen by the log-likelihood of the validation part of one source, for each seed by itself; \
the test part had no say. `tuning.parquet` has every candidate.

| mix | decided by | candidates | chosen | seeds |
|---|---|---:|---|---:|
| m\\|n (tuned) | a\\|b | 3 | x = 2 | 2 |
| m\\|n (tuned) | a\\|b | 3 | x = 1 | 1 |

- m\\|n (tuned): `x` was chosen at the edge of what was tried in 1 of 3 seeds; a wider range may be \
better
- m\\|n (tuned): in 1 of 3 seeds the choice is no more than two standard errors of the validation \
part ahead of another candidate
- m\\|n (tuned): 3 of 9 fits of candidates failed

### Tuned less untuned on held-out a: accuracy

In share of labels; higher is better. ± two standard errors over these splits; [ ] half width for a \
new sample of such data (Nadeau and Bengio 2003); p of no difference in such a sample, after Holm's \
correction over the rows.

| mix | untuned | tuned | difference | p | seeds |
|---|---:|---:|---:|---:|---:|
| m\\|n (tuned) | 0.600 | 0.700 | +0.100 ±0.115 [0.35] | 0.345 | 3 |

";
    assert_eq!(tuning_summary(&aggregate_tuning(&rows, &measured).unwrap()), expect);
    assert_eq!(tuning_summary(&[]), "");
}
