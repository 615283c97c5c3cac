use super::*;
use proptest::prelude::*;

#[test]
fn pearson_by_hand() {
    let check = |x: &[f64], y: &[f64], expect: Option<f64>| {
        let got = pearson(x, y);
        let close = got.zip(expect).is_none_or(|(g, e)| (g - e).abs() < 1e-12);
        assert!(got.is_some() == expect.is_some() && close, "{got:?} for {expect:?}");
    };
    check(&[1.0, 2.0, 3.0], &[5.0, 7.0, 9.0], Some(1.0));
    check(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0], Some(-1.0));
    // Centred (-1, 0, 1) and (-4/3, -1/3, 5/3): 3 / sqrt(2 * 42/9).
    check(&[1.0, 2.0, 3.0], &[1.0, 2.0, 4.0], Some(3.0 / (84.0_f64 / 9.0).sqrt()));
    // A third of 0.3 has a mean that is not 0.1 to the last digit.
    check(&[0.1, 0.1, 0.1], &[1.0, 2.0, 4.0], None);
    check(&[0.0, 0.0], &[1.0, 2.0], None);
    check(&[1.0], &[2.0], None);
    check(&[1e300, 2e300, -1e300], &[1e-300, 2e-300, -1e-300], Some(1.0));
    assert!(pearson(&[f64::INFINITY, 1.0], &[1.0, 2.0]).unwrap().is_nan());
}

#[test]
fn intervals_are_over_clusters() {
    // 30 episodes of 4 equal steps: as sure as 30 pairs, and no surer.
    let x = |i: u32| (f64::from(i) * 1.7).sin();
    let y = |i: u32| x(i) + 0.5 * (f64::from(i) * 4.3).cos();
    let pairs = |repeat: usize| {
        let of = |f: &dyn Fn(u32) -> f64| (0..30).flat_map(|i| vec![f(i); repeat]).collect();
        let clusters = (0..30).flat_map(|i| vec![i; repeat]).collect();
        RewardPairs::new(of(&x), of(&y), clusters).unwrap()
    };
    let [once, often] = [1, 4].map(|n| reward_correlation(&pairs(n), &Bootstrap::default()));
    let (a, b) = (once.pearson.unwrap(), often.pearson.unwrap());
    assert!((a.low - b.low).abs() < 1e-9 && (a.value - b.value).abs() < 1e-12, "{a:?} {b:?}");
    assert_eq!((b.n, b.clusters), (120, 30));
    let rank = often.spearman.unwrap();
    assert!(rank.low < rank.value && rank.value < rank.high, "{rank:?}");
    let flat = RewardPairs::new(vec![1.0; 9], (0..9).map(f64::from).collect(), (0..9).collect());
    let none = reward_correlation(&flat.unwrap(), &Bootstrap::default());
    assert_eq!(none, RewardCorrelation { pearson: None, spearman: None });
}

proptest! {
    #[test]
    fn affine_maps_change_nothing(
        points in prop::collection::vec((-5.0_f64..5.0, -5.0_f64..5.0), 6..30),
        scale in 0.01_f64..100.0,
        shift in -50.0_f64..50.0,
    ) {
        let (x, y): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
        let mapped: Vec<f64> = x.iter().map(|value| scale * value + shift).collect();
        let clusters: Vec<u32> = (0..x.len() as u32).map(|i| i / 2).collect();
        let few = Bootstrap { replicates: 40, seed: 1 };
        let of = |x: &[f64]| {
            let pairs = RewardPairs::new(x.to_vec(), y.clone(), clusters.clone()).unwrap();
            reward_correlation(&pairs, &few)
        };
        let (a, b) = (of(&x).pearson.unwrap(), of(&mapped).pearson.unwrap());
        prop_assert!((a.value - b.value).abs() < 1e-9);
        prop_assert!((a.low - b.low).abs() < 1e-8 || a.low.is_nan() && b.low.is_nan());
        prop_assert!((a.value - pearson(&x, &y).unwrap()).abs() < 1e-12);
        let (a, b) = (of(&x).spearman.unwrap(), of(&mapped).spearman.unwrap());
        prop_assert!((a.value - b.value).abs() < 1e-9);
    }
}
