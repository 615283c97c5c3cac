use super::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const NUMBERS: [f64; 4] = [25.0, 50.0, 100.0, 200.0];
const SETTINGS: fn() -> PairedSettings = || PairedSettings::new(75, 25);

fn some(scores: &[f64]) -> Vec<Option<f64>> {
    scores.iter().copied().map(Some).collect()
}

/// Three splits that differ by a constant, of a curve that gains 0.1 with each doubling.
fn rising() -> Vec<Vec<Option<f64>>> {
    (0..4).map(|point| some(&[0.0, 0.02, 0.04].map(|of| of + 0.1 * f64::from(point)))).collect()
}

fn read(at: usize, helped: &[f64]) -> Result<Equivalent, NoEquivalent> {
    let (alone, helped) = (rising(), some(helped));
    let direction = Direction::Higher;
    let of = Helped { statements: &NUMBERS, alone: &alone, at, helped: &helped, direction };
    equivalent(&of, &SETTINGS())
}

fn at(found: Reached) -> f64 {
    let Reached::At(statements) = found else { panic!("{found:?}") };
    statements
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0), "{found}, not {expected}");
}

#[test]
fn a_curve_is_read_backwards() {
    // Ahead by 0.04, 0.05, 0.06: half way to 50, in logarithms.
    let found = read(0, &[0.04, 0.07, 0.10]).unwrap();
    close(at(found.statements), 25.0 * 2f64.sqrt());
    assert_eq!(found.splits, 3);
    close(found.gain, 0.05);
    close(found.gain_errors.unwrap(), 0.02 / 3f64.sqrt());
    // Gaps have a standard deviation of 0.01: two standard errors are 0.02 / sqrt(3), of a curve that
    // gains 0.1 with each doubling.
    let (low, high) = (0.05 - 0.02 / 3f64.sqrt(), 0.05 + 0.02 / 3f64.sqrt());
    let these = found.these_splits.unwrap();
    close(these.low.unwrap(), 25.0 * 2f64.powf(low / 0.1));
    close(these.high.unwrap(), 25.0 * 2f64.powf(high / 0.1));
    // t of two degrees of freedom, and test to train 1 to 3.
    let half = 4.302_652_729_911_275 * 0.01 * (2.0f64 / 3.0).sqrt();
    let new = found.new_sample.unwrap();
    close(new.low.unwrap(), 25.0 * 2f64.powf((0.05 - half) / 0.1));
    close(new.high.unwrap(), 25.0 * 2f64.powf((0.05 + half) / 0.1));
}

#[test]
fn help_that_changes_nothing_is_worth_nothing() {
    for (at, same) in rising().iter().enumerate() {
        let same: Vec<f64> = same.iter().copied().flatten().collect();
        let found = read(at, &same).unwrap();
        assert_eq!(found.statements, Reached::At(NUMBERS[at]));
        assert_eq!((found.gain, found.gain_errors), (0.0, Some(0.0)));
        let Ends { low, high } = found.these_splits.unwrap();
        assert!(low.is_none_or(|low| low <= NUMBERS[at] + 1e-6), "{found:?}");
        assert!(high.is_none_or(|high| high >= NUMBERS[at] - 1e-6), "{found:?}");
    }
}

#[test]
fn help_that_harms_is_worth_less_than_none() {
    let found = read(2, &[0.14, 0.17, 0.20]).unwrap();
    close(at(found.statements), 50.0 * 2f64.sqrt());
    let beyond = read(1, &[-0.34, -0.33, -0.36]).unwrap();
    assert_eq!(beyond.statements, Reached::Before(25.0));
    assert_eq!(beyond.these_splits.unwrap(), Ends { low: None, high: Some(25.0) });
}

#[test]
fn beyond_the_curve_there_is_a_bound() {
    let found = read(0, &[0.54, 0.53, 0.56]).unwrap();
    assert_eq!(found.statements, Reached::After(200.0));
    assert_eq!(found.these_splits.unwrap(), Ends { low: Some(200.0), high: None });
    // Not surely beyond: open above, and told from 100.
    let found = read(3, &[0.31, 0.35, 0.33]).unwrap();
    let Ends { low, high } = found.these_splits.unwrap();
    assert!(low.unwrap() > 100.0 && high.is_none(), "{found:?}");
}

#[test]
fn what_does_not_vary_has_an_interval_that_holds_it() {
    let found = read(0, &[0.05, 0.07, 0.09]).unwrap();
    let Ends { low, high } = found.these_splits.unwrap();
    // A double root, of which rounding takes half the digits.
    for end in [low.unwrap(), high.unwrap()] {
        assert!((end - at(found.statements)).abs() < 1e-5, "{found:?}");
    }
}

#[test]
fn lower_may_be_better() {
    let negated = |scores: &[Option<f64>]| scores.iter().map(|of| of.map(|of| -of)).collect();
    let alone: Vec<Vec<Option<f64>>> = rising().iter().map(|of| negated(of)).collect();
    let helped: Vec<Option<f64>> = negated(&some(&[0.04, 0.07, 0.10]));
    let direction = Direction::Lower;
    let of = Helped { statements: &NUMBERS, alone: &alone, at: 0, helped: &helped, direction };
    assert_eq!(equivalent(&of, &SETTINGS()), read(0, &[0.04, 0.07, 0.10]));
}

#[test]
fn a_flat_curve_has_no_rate() {
    let alone = [some(&[0.2, 0.1, 0.3]), some(&[0.1, 0.3, 0.2]), some(&[0.25, 0.15, 0.25])];
    let helped = some(&[0.3, 0.3, 0.3]);
    let of = Helped {
        statements: &NUMBERS[..3],
        alone: &alone,
        at: 0,
        helped: &helped,
        direction: Direction::Higher,
    };
    let error = equivalent(&of, &SETTINGS()).unwrap_err();
    assert!(matches!(error, NoEquivalent::Flat { .. }));
    let said = error.to_string();
    assert_eq!(said, "the curve is flat: from 25 to 100 statements it gains 0.017 ±0.067");
}

#[test]
fn splits_that_lack_anything_are_left_out() {
    let (mut alone, mut helped) = (rising(), some(&[0.04, 0.07, 0.10, 9.0]));
    alone.iter_mut().for_each(|scores| scores.push(Some(0.3)));
    alone[1][3] = None;
    let direction = Direction::Higher;
    let of = Helped { statements: &NUMBERS, alone: &alone, at: 0, helped: &helped, direction };
    assert_eq!(equivalent(&of, &SETTINGS()), read(0, &[0.04, 0.07, 0.10]));
    helped.iter_mut().for_each(|score| *score = None);
    let of = Helped { statements: &NUMBERS, alone: &alone, at: 0, helped: &helped, direction };
    assert_eq!(equivalent(&of, &SETTINGS()), Err(NoEquivalent::NoSplit));
}

#[test]
fn what_is_no_curve_is_refused() {
    let (alone, helped) = (rising(), some(&[0.04, 0.07, 0.10]));
    let direction = Direction::Higher;
    let of = Helped { statements: &NUMBERS[..1], alone: &alone, at: 0, helped: &helped, direction };
    assert_eq!(equivalent(&of, &SETTINGS()), Err(NoEquivalent::Points { points: 1 }));
    let of = Helped { statements: &NUMBERS[..3], alone: &alone, at: 0, helped: &helped, direction };
    assert_eq!(equivalent(&of, &SETTINGS()), Err(NoEquivalent::Shape { points: 3, expected: 3 }));
    let direction = Direction::Nominal;
    let of = Helped { statements: &NUMBERS, alone: &alone, at: 0, helped: &helped, direction };
    assert_eq!(equivalent(&of, &SETTINGS()), Err(NoEquivalent::NoDirection));
}

/// Splits drawn independently: what is as good as help is known, and an interval over these splits
/// holds it about as often as two standard errors of twenty numbers do (0.94).
#[test]
fn intervals_cover() {
    let (data_sets, splits, truth) = (1000u32, 20, 70.0);
    let mean = |statements: f64| 0.1 * (statements / 25.0).log2();
    let mut held = 0;
    for seed in 0..data_sets {
        let mut rng = ChaCha8Rng::seed_from_u64(u64::from(seed));
        // Of mean 0 and standard deviation 0.05.
        let mut noise = || (0..12).map(|_| rng.random::<f64>() - 0.5).sum::<f64>() * 0.05;
        let mut alone = vec![Vec::new(); NUMBERS.len()];
        let mut helped = Vec::new();
        for _ in 0..splits {
            let split = 2.0 * noise();
            for (scores, statements) in alone.iter_mut().zip(NUMBERS) {
                scores.push(Some(mean(statements) + split + noise()));
            }
            helped.push(Some(0.1 * (1.0 + (truth / 50.0f64).log2()) + split + noise()));
        }
        let direction = Direction::Higher;
        let of = Helped { statements: &NUMBERS, alone: &alone, at: 0, helped: &helped, direction };
        let ends = equivalent(&of, &SETTINGS()).unwrap().these_splits.unwrap();
        let (low, high) = (ends.low.unwrap_or(0.0), ends.high.unwrap_or(f64::INFINITY));
        held += u32::from((low..=high).contains(&truth));
    }
    let share = f64::from(held) / f64::from(data_sets);
    // Four standard errors of a share of 0.94 over so many data sets are 0.03.
    assert!((0.91..=0.97).contains(&share), "{share}");
}
