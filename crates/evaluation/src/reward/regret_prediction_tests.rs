use super::*;

const FEW: Bootstrap = Bootstrap { replicates: 300, seed: 0 };

fn run(world: &str, number: u32, regret: f64, measures: &[(&str, f64)]) -> MeasuredRun {
    MeasuredRun {
        run: format!("run-{number}"),
        world: world.to_owned(),
        cluster: number,
        regret,
        measures: measures.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect(),
    }
}

/// "good" orders runs within worlds, "accuracy" the other way round, "world" tells worlds apart only,
/// and "noise" has the ranks of a sine.
fn runs() -> Vec<MeasuredRun> {
    let mut runs = Vec::new();
    for (offset, world) in [(0.0, "cliff"), (100.0, "trap")] {
        for number in 0..12 {
            let x = f64::from(number);
            let mut of = run(
                world,
                number,
                offset + x,
                &[
                    ("good", x.powi(3)),
                    ("accuracy", -x - 0.9 * (2.0 * x).sin()),
                    ("world", offset),
                    ("noise", (7.3 * x + 0.01 * offset).sin()),
                ],
            );
            if number == 11 {
                of.measures.remove("noise");
            }
            runs.push(of);
        }
    }
    runs
}

#[test]
fn measures_are_ranked_within_worlds() {
    let table = regret_predictions(&runs(), &FEW).unwrap();
    let order: Vec<&str> = table.iter().map(|row| row.measure.as_str()).collect();
    assert_eq!(order, ["good", "accuracy", "noise", "world"]);
    let [good, accuracy, noise, world] = &table[..] else { unreachable!() };
    assert_eq!(good.rank_correlation.map(|rho| rho.value), Some(1.0));
    assert_eq!(
        good.worlds,
        BTreeMap::from([("cliff".into(), Some(1.0)), ("trap".into(), Some(1.0))])
    );
    assert_eq!(good.behind, None);
    assert!(accuracy.rank_correlation.unwrap().value < -0.9, "{accuracy:?}");
    assert_eq!((noise.missing, good.missing), (2, 0));
    let apart = noise.behind.unwrap();
    assert!(apart.low > 0.0 && apart.low < apart.value && apart.value < apart.high, "{apart:?}");
    // Over both worlds at once it would have a rank correlation of 0.87.
    assert_eq!((world.rank_correlation, world.behind), (None, None));
    assert_eq!(world.worlds["trap"], None);
}

#[test]
fn the_value_is_the_mean_over_worlds() {
    let of = |world, number, regret, x| run(world, number, regret, &[("x", x)]);
    // Ranks 1, 3, 2, 4 against 1, 2, 3, 4: 0.8. And 2, 1: -1.
    let mut runs = vec![
        of("a", 0, 1.0, 10.0),
        of("a", 1, 2.0, 30.0),
        of("a", 2, 3.0, 20.0),
        of("a", 3, 4.0, 40.0),
        of("b", 0, 1.0, 2.0),
        of("b", 1, 2.0, 1.0),
    ];
    let table = regret_predictions(&runs, &FEW).unwrap();
    let rho = table[0].rank_correlation.unwrap();
    assert!((rho.value + 0.1).abs() < 1e-12 && rho.n == 6 && rho.clusters == 4, "{rho:?}");
    runs.reverse();
    assert_eq!(format!("{table:?}"), format!("{:?}", regret_predictions(&runs, &FEW).unwrap()));
}

#[test]
fn strength_has_no_sign() {
    // Of ten runs, one measure falls as regret rises, and one rises but for two neighbours.
    let of = |i: u32| {
        let x = f64::from(i);
        let slip = [x, 1.0, 0.0][if i < 2 { 1 + i as usize } else { 0 }];
        run("w", i, x, &[("accuracy", -x), ("distance", slip)])
    };
    let runs: Vec<MeasuredRun> = (0..10).map(of).collect();
    let table = regret_predictions(&runs, &FEW).unwrap();
    assert_eq!(table[0].rank_correlation.map(|rho| rho.value), Some(-1.0));
    // 6 * 2 / (10 * 99) below 1.
    assert!((table[1].behind.unwrap().value - 12.0 / 990.0).abs() < 1e-12, "{table:?}");
}

#[test]
fn broken_runs_are_named() {
    let error = |runs: &[MeasuredRun]| regret_predictions(runs, &FEW).unwrap_err().to_string();
    assert_eq!(error(&[]), "there are no runs");
    let (a, nan) = (run("w", 1, 0.5, &[]), run("w", 2, f64::NAN, &[("epic", 0.1)]));
    assert_eq!(error(&[a.clone(), a.clone()]), "run \"run-1\" is there twice in world \"w\"");
    let regret =
        "run \"run-2\" in world \"w\": regret is NaN; leave out a measure that a run lacks";
    assert_eq!(error(&[a.clone(), nan]), regret);
    let infinite = run("w", 3, 0.1, &[("epic", f64::INFINITY)]);
    assert!(error(&[infinite]).starts_with("run \"run-3\" in world \"w\": epic is inf"));
    assert_eq!(regret_predictions(&[a], &FEW), Ok(Vec::new()));
}
