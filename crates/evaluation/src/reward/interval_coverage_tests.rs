use super::*;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const FEW: Bootstrap = Bootstrap { replicates: 100, seed: 0 };

fn settings(alignment: Alignment, central: Central, levels: &[f64]) -> CoverageSettings {
    CoverageSettings { alignment, central, levels: levels.to_vec() }
}

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let (u, v): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

/// Items whose truth is one more draw of what the members say, times `spread`.
fn simulated(members: usize, items: usize, spread: f64) -> RewardDraws {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let (mut draws, mut truth) = (vec![Vec::new(); members], Vec::new());
    for _ in 0..items {
        let mean = 2.0 * normal(&mut rng);
        truth.push(mean + normal(&mut rng));
        draws.iter_mut().for_each(|of| of.push(mean + spread * normal(&mut rng)));
    }
    let clusters: Vec<u32> = (0..items as u32).collect();
    RewardDraws::new(&draws, truth, &clusters).unwrap()
}

#[test]
fn a_posterior_that_is_right_covers_as_it_says() {
    let levels = [0.2, 0.5, 0.8, 0.9];
    let check = |draws: &RewardDraws, alignment, central, slack: f64| {
        let got = interval_coverage(draws, &settings(alignment, central, &levels), &FEW).unwrap();
        for point in &got.points {
            let gap = (point.observed.value - point.nominal).abs();
            assert!(gap < slack, "{alignment:?} {central:?}: {point:?}");
        }
        got
    };
    let many = simulated(199, 4000, 1.0);
    for alignment in [Alignment::None, Alignment::Affine] {
        for central in [Central::Ranks, Central::Student] {
            let got = check(&many, alignment, central, 0.02);
            assert!((got.scale - 1.0).abs() < 0.02 && got.shift.abs() < 0.04, "{got:?}");
            assert!(got.error < 0.02);
        }
    }
    check(&simulated(5, 4000, 1.0), Alignment::None, Central::Student, 0.02);
    // Members that agree too much: an 80 % interval of half the spread holds P(|z| < 1.28 / 2) = 0.48.
    let sure = settings(Alignment::None, Central::Ranks, &[0.8]);
    let sure = interval_coverage(&simulated(199, 4000, 0.5), &sure, &FEW).unwrap();
    assert!((sure.points[0].observed.value - 0.478).abs() < 0.03, "{sure:?}");
}

#[test]
fn ranks_promise_what_they_hold() {
    // Three members: from the lowest to the highest with probability 2/4.
    let members = [vec![0.0, 5.0, 1.0], vec![2.0, 6.0, 3.0], vec![1.0, 7.0, 2.0]];
    let draws = RewardDraws::new(&members, vec![2.0, 4.0, 2.5], &[0, 1, 2]).unwrap();
    let ranks = |level| settings(Alignment::None, Central::Ranks, &[level]);
    let got = interval_coverage(&draws, &ranks(0.5), &FEW).unwrap();
    assert_eq!((got.points[0].nominal, got.points[0].observed.value), (0.5, 2.0 / 3.0));
    assert_eq!((got.points[0].width, got.scale, got.shift), (2.0, 1.0, 0.0));
    let error = interval_coverage(&draws, &ranks(0.6), &FEW).unwrap_err().to_string();
    assert!(
        error.starts_with("the ranks of 3 members promise at most 0.5, less than 0.6"),
        "{error}"
    );
    // A level that is not promised exactly is rounded up: 5/7 of six members, for 0.6.
    let six: Vec<Vec<f64>> = (0..6).map(|m| vec![f64::from(m), 1.0]).collect();
    let six = RewardDraws::new(&six, vec![1.0, 1.0], &[0, 1]).unwrap();
    assert_eq!(interval_coverage(&six, &ranks(0.6), &FEW).unwrap().points[0].nominal, 5.0 / 7.0);
}

#[test]
fn differences_forget_shifts() {
    // Each member has an origin of its own, by far.
    let truth = [0.0, 1.0, 3.0, 2.0];
    let member = |shift: f64, slip: f64| truth.iter().map(|t| t + shift + slip * t).collect();
    let members: [Vec<f64>; 3] = [member(50.0, 0.1), member(-90.0, -0.1), member(7.0, 0.0)];
    let draws = RewardDraws::new(&members, truth.to_vec(), &[4, 4, 5, 6]).unwrap();
    let differences = draws.differences(&[(0, 1), (1, 2), (3, 0), (2, 3)]).unwrap();
    let half = settings(Alignment::None, Central::Ranks, &[0.5]);
    let got = interval_coverage(&differences, &half, &FEW).unwrap();
    assert_eq!(got.points[0].observed.value, 1.0);
    assert!(got.points[0].width < 1.0, "{got:?}");
    assert_eq!(differences.clusters, [vec![4, 4], vec![4, 5], vec![6, 4], vec![5, 6]]);
    let beyond = draws.differences(&[(0, 1), (2, 9)]).unwrap_err().to_string();
    assert_eq!(beyond, "pair 1 names item 9 of 4");
}

#[test]
fn what_has_no_coverage_is_named() {
    let error = |members: &[Vec<f64>], truth: &[f64]| {
        RewardDraws::new(members, truth.to_vec(), &[0, 1]).unwrap_err().to_string()
    };
    let one = error(&[vec![1.0, 2.0]], &[1.0, 2.0]);
    assert_eq!(one, "coverage needs at least 2 members and 1 item, found 1 and 2");
    let ragged = error(&[vec![1.0, 2.0], vec![1.0]], &[1.0, 2.0]);
    assert_eq!(ragged, "member 1 is about 1 items, the truth about 2");
    let nan = error(&[vec![1.0, 2.0], vec![1.0, f64::NAN]], &[1.0, 2.0]);
    assert_eq!(nan, "member 1: item 1 is NaN");
    let truth = error(&[vec![1.0, 2.0], vec![1.0, 2.0]], &[f64::INFINITY, 2.0]);
    assert_eq!(truth, "the truth: item 0 is inf");
    let of = |members: &[Vec<f64>], levels: &[f64]| {
        let draws = RewardDraws::new(members, vec![1.0, 2.0], &[0, 1]).unwrap();
        let affine = settings(Alignment::Affine, Central::Ranks, levels);
        interval_coverage(&draws, &affine, &FEW).unwrap_err().to_string()
    };
    let falling = of(&[vec![2.0, 1.0], vec![2.0, 1.0]], &[0.3]);
    assert!(falling.contains("no positive scale aligns them"), "{falling}");
    let flat = of(&[vec![1.0, 2.0], vec![2.0, 1.0]], &[0.3]);
    assert!(flat.starts_with("all learned values are the same"), "{flat}");
    let level = of(&[vec![1.0, 2.0], vec![1.0, 2.0]], &[1.0]);
    assert_eq!(level, "a level has to be in (0, 1), found 1");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_affine_fit_forgets_unit_and_origin(scale in 0.01_f64..100.0, shift in -20.0_f64..20.0) {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let truth: Vec<f64> = (0..30).map(|_| normal(&mut rng)).collect();
        let members: Vec<Vec<f64>> =
            (0..9).map(|_| truth.iter().map(|t| t + 0.7 * normal(&mut rng)).collect()).collect();
        let mapped: Vec<Vec<f64>> = members
            .iter()
            .map(|of| of.iter().map(|value| scale * value + shift).collect())
            .collect();
        let clusters: Vec<u32> = (0..30).collect();
        let of = |members: &[Vec<f64>], central| {
            let draws = RewardDraws::new(members, truth.clone(), &clusters).unwrap();
            interval_coverage(&draws, &settings(Alignment::Affine, central, &[0.4, 0.8]), &FEW).unwrap()
        };
        for central in [Central::Ranks, Central::Student] {
            let (a, b) = (of(&members, central), of(&mapped, central));
            for (a, b) in a.points.iter().zip(&b.points) {
                prop_assert_eq!(a.observed, b.observed);
                prop_assert!((a.width - b.width).abs() < 1e-9);
            }
            prop_assert!((a.scale - scale * b.scale).abs() < 1e-9 * a.scale);
        }
    }
}
