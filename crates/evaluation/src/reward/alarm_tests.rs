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
    alarm(rows).unwrap().state
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
    let got = alarm(&[at(1.0, 2.0), at(2.0, 2.0), at(3.0, 5.0)]).unwrap();
    let slope = got.proxy.slope;
    assert_eq!((slope.value, slope.n, slope.clusters), (1.5, 3, 3));
    assert_eq!(got.uncertainty.map(|of| of.slope.value), Some(0.0));
    // Three clusters are too few for an interval of the proxy, and what does not rise needs none.
    assert!(!slope.has_interval() && got.proxy.rises.is_none());
    assert_eq!((got.state, got.from_data), (AlarmState::Quiet, None));
}

/// Five clusters with slopes 0 to 4 over t = 0 and 1, from 0: the slope is 2. Centred t is -+1/2, S 5/2;
/// residuals at t = 1 are slope - 2, at 0 none, and the line's mean is at 0 and 2. Scores are
/// (slope - 2) / 5: squares 10 / 25, times 5/4 is 1/2. Student's t with 4 degrees of freedom is 2.7764.
#[test]
fn the_interval_is_that_of_clusters() {
    let at = |slope: u32, t: f64| AlarmRow {
        progress: t,
        proxy: f64::from(slope) * t,
        uncertainty: Some(7.0 * t),
        from_data: None,
        cluster: slope,
    };
    let rows: Vec<AlarmRow> = (0..5).flat_map(|slope| [at(slope, 0.0), at(slope, 1.0)]).collect();
    let got = alarm(&rows).unwrap();
    let (slope, half) = (got.proxy.slope, 2.776_445 * 0.5_f64.sqrt());
    assert!(
        (slope.low - (2.0 - half)).abs() < 1e-5 && (slope.high - (2.0 + half)).abs() < 1e-5,
        "{slope:?}"
    );
    assert_eq!(got.proxy.rises, Some(true));
    // The uncertainty is one line for all, which six clusters would settle.
    assert_eq!((got.state, got.uncertainty.unwrap().rises), (AlarmState::Undecided, None));
    let more: Vec<AlarmRow> = rows.into_iter().chain([at(5, 0.0), at(5, 1.0)]).collect();
    let raised = AlarmState::Raised { uncertainty: true, from_data: false };
    assert_eq!(alarm(&more).unwrap().state, raised);
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
        raised += usize::from(state(&rows) != AlarmState::Quiet);
    }
    println!("{raised} of 400 runs in which nothing is wrong");
    assert!((8..=32).contains(&raised), "{raised} of 400, about 20 expected");
}

#[test]
fn what_cannot_be_tested_is_named() {
    let good = rows(6, [1.0; 3], 0.1, 0);
    let check = |change: &dyn Fn(&mut Vec<AlarmRow>), expect: &str| {
        let mut rows = good.clone();
        change(&mut rows);
        assert_eq!(alarm(&rows).unwrap_err().to_string(), expect);
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
