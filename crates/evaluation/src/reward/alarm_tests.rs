use super::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Rows of each cluster at progress 0 to 4, with slopes and noise.
fn rows(clusters: u32, slopes: [f64; 3], noise: f64, seed: u64) -> Vec<AlarmRow> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut rows = Vec::new();
    for cluster in 0..clusters {
        for step in 0..5 {
            let t = f64::from(step);
            let [proxy, sd, far] =
                slopes.map(|slope| 3.0 + slope * t + noise * (rng.random::<f64>() - 0.5));
            let (uncertainty, from_data) = (Some(sd), Some(far));
            rows.push(AlarmRow { progress: t, proxy, uncertainty, from_data, cluster });
        }
    }
    rows
}

fn state(rows: &[AlarmRow]) -> AlarmState {
    alarm(rows, &Bootstrap { replicates: 400, seed: 0 }).unwrap().state
}

#[test]
fn both_have_to_rise() {
    let check = |slopes: [f64; 3], expect: AlarmState| {
        assert_eq!(state(&rows(20, slopes, 0.5, 1)), expect, "{slopes:?}");
    };
    let raised = |uncertainty, from_data| AlarmState::Raised { uncertainty, from_data };
    check([1.0, 0.5, 0.5], raised(true, true));
    check([1.0, 0.5, -0.5], raised(true, false));
    check([1.0, -0.5, 0.5], raised(false, true));
    check([1.0, -0.5, -0.5], AlarmState::Quiet);
    check([-1.0, 0.5, 0.5], AlarmState::Quiet);
    check([0.0, 0.0, 0.0], AlarmState::Quiet);
}

#[test]
fn the_slope_is_that_of_least_squares() {
    // t -1, 0, 1 from the mean; v 2, 2, 5: slope (5 - 2) / 2.
    let at = |t: f64, v: f64| AlarmRow {
        progress: t,
        proxy: v,
        uncertainty: Some(1.0),
        from_data: None,
        cluster: t as u32,
    };
    let got = alarm(&[at(1.0, 2.0), at(2.0, 2.0), at(3.0, 5.0)], &Bootstrap::default()).unwrap();
    assert_eq!((got.proxy.value, got.proxy.n, got.proxy.clusters), (1.5, 3, 3));
    assert_eq!(got.uncertainty.map(|of| of.value), Some(0.0));
    // Three clusters are too few for an interval of the proxy, and what does not rise needs none.
    assert!(!got.proxy.has_interval());
    assert_eq!((got.state, got.from_data), (AlarmState::Quiet, None));
}

#[test]
fn few_prompts_decide_nothing() {
    assert_eq!(state(&rows(4, [1.0, 1.0, 1.0], 0.5, 1)), AlarmState::Undecided);
    assert_ne!(state(&rows(5, [1.0, 1.0, 1.0], 0.5, 1)), AlarmState::Undecided);
}

/// Of 400 runs in which nothing is wrong but the proxy rises, alarms are about those of two one-sided
/// tests at 2.5 %, with 20 clusters.
#[test]
fn false_alarms_are_rare() {
    let mut raised = 0;
    for seed in 0..400 {
        let rows = rows(20, [1.0, 0.0, 0.0], 1.0, 100 + seed);
        let alarm = alarm(&rows, &Bootstrap { replicates: 200, seed: 0 }).unwrap();
        raised += usize::from(alarm.state != AlarmState::Quiet);
    }
    assert!((4..=44).contains(&raised), "{raised} of 400, about 20 expected");
}

#[test]
fn what_cannot_be_tested_is_named() {
    let good = rows(6, [1.0; 3], 0.1, 0);
    let check = |change: &dyn Fn(&mut Vec<AlarmRow>), expect: &str| {
        let mut rows = good.clone();
        change(&mut rows);
        assert_eq!(alarm(&rows, &Bootstrap::default()).unwrap_err().to_string(), expect);
    };
    check(&|rows| rows[3].proxy = f64::NAN, "row 3: proxy is NaN");
    check(&|rows| rows[2].progress = f64::INFINITY, "row 2: progress is inf");
    check(&|rows| rows[4].uncertainty = None, "row 4 has no uncertainty, and others have");
    check(
        &|rows| rows.iter_mut().for_each(|row| row.progress = 2.0),
        "a slope needs rows at two different progresses",
    );
    check(&Vec::clear, "a slope needs rows at two different progresses");
    let bare = |rows: &mut Vec<AlarmRow>| {
        rows.iter_mut().for_each(|row| (row.uncertainty, row.from_data) = (None, None));
    };
    check(&bare, "no row has an uncertainty or a distance from the data");
}
