use super::*;
use crate::course::FirstReturns;
use medley_evaluation::AlarmRow;
use medley_report::OptimizedRow;

/// Gold `d (2 - beta d)` in units of 10 from 100, proxy `3 d` in units of 2, at distances 0 to 4.
fn course(reward: &str, beta: f64) -> Course {
    let distances = || (0..=8).map(|place| 0.5 * f64::from(place));
    let stage = |d: f64| CourseStage {
        at: 1,
        kl: d * d,
        proxy: 2.0 * 3.0 * d,
        gold: 100.0 + 10.0 * d * (2.0 - beta * d),
        uncertainty: None,
        from_data: None,
    };
    let sample = |cluster: u32| {
        distances().map(move |d| AlarmRow {
            progress: d,
            proxy: d + f64::from(cluster) * 0.01 * d,
            uncertainty: Some(d * (1.0 + f64::from(cluster) * 0.01)),
            from_data: None,
            cluster,
        })
    };
    Course {
        label: "single".to_owned(),
        reward: reward.to_owned(),
        seed: 0,
        price: 0.0,
        proxy: FirstReturns { mean: 0.0, sd: 2.0 },
        gold: FirstReturns { mean: 100.0, sd: 10.0 },
        stages: distances().map(stage).collect(),
        samples: (0..10).flat_map(sample).collect(),
    }
}

fn judged(courses: Vec<Course>) -> Overoptimization {
    let row = OptimizedRow {
        world: "pendulum".to_owned(),
        method: "best-of-n".to_owned(),
        label: "single".to_owned(),
        reward: "a".to_owned(),
        seed: 0,
        value: 0.0,
        best: 0.0,
        uniform: 0.0,
        normalized: None,
        proxy: 0.0,
    };
    overoptimization(&Optimized { rows: vec![row], courses, ..Optimized::default() })
}

#[test]
fn a_curve_that_is_known_is_found_again() {
    let found = judged(vec![course("a", 0.5)]);
    let [run] = &found.runs[..] else { panic!("{found:?}") };
    let close = |found: Option<f64>, expect: f64| {
        assert!((found.unwrap() - expect).abs() < 1e-9, "{found:?} for {expect}");
    };
    close(run.alpha, 2.0);
    close(run.beta, 0.5);
    close(run.peak, 2.0);
    close(run.best, 2.0);
    // At d = 4 gold is back where it was, and was 2 at the peak; the proxy has gained 12.
    close(run.gold, 0.0);
    close(run.lost, 2.0);
    close(run.proxy, 12.0);
    close(run.gap, 12.0);
    assert_eq!(run.alarm, AlarmVerdict::Raised);
    assert_eq!(run.reason, "the proxy rises, and so does the disagreement of members");
    assert_eq!(found.courses.len(), 9);
}

/// Every course begins with the first policy, which says nothing of the curve.
#[test]
fn two_policies_after_the_first_have_no_errors() {
    let of = |stages: &[usize]| {
        let whole = course("a", 0.5);
        let stages = stages.iter().map(|&place| whole.stages[place]).collect();
        let run = judged(vec![Course { stages, ..whole }]).runs.remove(0);
        (run.alpha_error.is_some(), run.beta_error.is_some(), run.residual_sd.is_some())
    };
    assert_eq!(of(&[0, 3, 6]), (false, false, false));
    assert_eq!(of(&[0, 3, 6, 8]), (true, true, true));
}

#[test]
fn a_peak_beyond_reach_is_none() {
    let check = |beta: f64, expect: &str| {
        let found = judged(vec![course("a", beta)]);
        assert_eq!(found.runs[0].peak, None);
        assert!(found.runs[0].reason.ends_with(expect), "{}", found.runs[0].reason);
        assert!(found.labels.iter().all(|row| row.quantity != "peak"));
    };
    check(0.2, "; no peak within reach: 5.000 lies beyond 4.000");
    check(-0.1, "; no peak: gold rises on");
    let falls = OveroptimizationFit {
        alpha: -1.0,
        ..crate::overoptimization_labels::curve("best-of-n", 0.0, 1.0)
    };
    assert_eq!(within(&falls, 9.0).unwrap_err(), "no peak: gold falls from the start");
}

#[test]
fn what_cannot_be_told_says_why() {
    let flat = FirstReturns { mean: 100.0, sd: 0.0 };
    let silent = |row: &AlarmRow| AlarmRow { uncertainty: None, ..*row };
    let course = course("a", 0.5);
    let samples = course.samples.iter().map(silent).collect();
    let found = judged(vec![Course { gold: flat, samples, ..course }]);
    let run = &found.runs[0];
    assert_eq!((run.alpha, run.gold, run.alarm), (None, None, AlarmVerdict::Undecided));
    assert!(run.reason.starts_with("nothing to warn by: one member"), "{}", run.reason);
    assert!(run.reason.contains("no unit: true returns of the first policy do not differ"));
    assert!(found.labels.iter().all(|row| row.quantity != "alpha"));
}

#[test]
fn numbers_of_a_label_are_means_over_models() {
    let found = judged(vec![course("a", 0.4), course("b", 0.6), course("c", 0.5)]);
    let of = |quantity: &str| found.labels.iter().find(|row| row.quantity == quantity).unwrap();
    assert!((of("beta").value - 0.5).abs() < 1e-9 && of("beta").runs == 3);
    assert!(of("beta").low.unwrap() < 0.5 && of("beta").high.unwrap() > 0.5);
    assert!((of("peak").value - 2.0).abs() < 1e-9);
    assert_eq!((of("peaks").value, of("raised").value, of("quiet").value), (3.0, 3.0, 0.0));
    let said = crate::overoptimization_summary(&found);
    assert!(said.contains("gold = d (alpha - beta d)") && said.contains("(3 of 3 runs)"), "{said}");
    let figure = crate::picture(&found).unwrap().unwrap();
    assert!(figure.texts().contains(&"alarm raised in 3 of 3".to_owned()), "{:?}", figure.texts());
}

#[test]
fn a_panel_has_the_true_reward_of_its_own_price() {
    let at = |label: &str, reward: &str, price| Course {
        label: label.to_owned(),
        price,
        ..course(reward, if price == 0.0 { 0.5 } else { 0.2 })
    };
    let dear = |label, reward| at(label, reward, 2.0);
    let free = |label, reward| at(label, reward, 0.0);
    let found = judged(vec![
        dear("a", "a"),
        free("b", "b"),
        dear("true, kl 2", "true"),
        free("true, kl 0", "true"),
    ]);
    let of = |label: &str| {
        crate::overoptimization_picture::truth(&found, label, &["true, kl 2", "true, kl 0"])
    };
    // Gold at d = 4 is 4 (2 - 4 beta).
    let end = |label: &str| of(label).last().unwrap().1;
    assert!((end("a") - 4.8).abs() < 1e-9 && end("b").abs() < 1e-9, "{} {}", end("a"), end("b"));
    let figure = crate::picture(&found).unwrap().unwrap();
    assert!(!figure.texts().iter().any(|text| text.starts_with("true")), "{:?}", figure.texts());
}
