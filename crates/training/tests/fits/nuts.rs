//! Draws from the posterior of a linear reward.

use crate::lab::{Lab, all_of};
use crate::setting::{Setting, WEIGHTS, rewarded, setting};
use medley_reward_model::{Backbone, Linear, Mlp};
use medley_training::{
    CheckpointFolder, Event, Fitted, Inference, Joint, Laplace, Nuts, Options, RationalityMode,
    Scale, StopReason, TrainingError, Unmixed,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

const FIXED: Joint = Joint { rationality: RationalityMode::Fixed };

fn short() -> Nuts {
    Nuts { chains: 2, warmup: 200, draws: 200, r_hat: 1.05, ess: 50.0, ..Nuts::default() }
}

fn infer(
    inference: &dyn Inference,
    setting: &Setting,
    members: usize,
    checkpoints: Option<&CheckpointFolder>,
    tell: &mut dyn FnMut(Event),
) -> Result<Fitted, TrainingError> {
    let sources = &setting.sources[..1];
    let (lab, fit) = (Lab::of(members), all_of(sources));
    let task = lab.task(setting, &FIXED, &fit, sources);
    inference.infer(&task, &Options::default(), checkpoints, tell)
}

/// What 100 statements of somebody of rationality 1 say, whose rewards are then `WEIGHTS`.
fn said(seed: u64) -> Setting {
    let linear = |x: [f64; 3]| x.iter().zip(WEIGHTS).map(|(x, w)| x * w).sum();
    let mut setting = rewarded([("one", 1.0)], linear, seed);
    setting.sources[0].train.truncate(100);
    setting
}

/// Mean and standard deviation over members of each weight.
fn moments(fitted: &Fitted) -> Vec<[f64; 2]> {
    let weights = fitted.model.read();
    let members = weights.len() / 3;
    let moment = |feature: usize| {
        let of = || (0..members).map(|member| weights[3 * member + feature]);
        let mean = of().sum::<f64>() / members as f64;
        let square = of().map(|w| (w - mean).powi(2)).sum::<f64>() / (members as f64 - 1.0);
        [mean, square.sqrt()]
    };
    (0..3).map(moment).collect()
}

/// Of many statements the posterior is nearly the Gaussian of Laplace's approximation.
#[test]
fn draws_have_the_moments_of_the_gaussian_of_many_statements() {
    let setting = setting();
    let laplace = Laplace { scale: Scale::Fixed, ..Laplace::default() };
    let nuts = Nuts { draws: 250, ..short() };
    let around = moments(&infer(&laplace, &setting, 500, None, &mut |_| {}).unwrap());
    let drawn = infer(&nuts, &setting, 500, None, &mut |_| {}).unwrap();
    assert_eq!(drawn.reason, StopReason::Converged);
    for ([mean, sd], [of_drawn, sd_drawn]) in around.into_iter().zip(moments(&drawn)) {
        // 500 statements: the mode is off the mean by a tenth of a standard deviation or two.
        assert!((mean - of_drawn).abs() < 0.35 * sd, "{mean} {of_drawn}, sd {sd}");
        assert!((sd_drawn / sd - 1.0).abs() < 0.15, "{sd} {sd_drawn}");
    }
    // One member is the mean of the same draws.
    let mean = infer(&nuts, &setting, 1, None, &mut |_| {}).unwrap().model.read();
    for (mean, [of_drawn, sd]) in mean.iter().zip(moments(&drawn)) {
        assert!((mean - of_drawn).abs() < 1e-5 + 1e-4 * sd, "{mean} {of_drawn}");
    }
}

/// 90 % intervals of three weights over 16 data sets.
#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let nuts = Nuts { return_sd: 3.0, warmup: 100, draws: 100, r_hat: 1.2, ess: 20.0, ..short() };
    let mut held = 0;
    for seed in 0..16 {
        let fitted = infer(&nuts, &said(100 + seed), 200, None, &mut |_| {}).unwrap();
        let weights = fitted.model.read();
        for (feature, truth) in WEIGHTS.into_iter().enumerate() {
            let below = (0..200).filter(|member| weights[3 * member + feature] < truth).count();
            held += usize::from((10..=190).contains(&below));
        }
    }
    // 43.2 of 48 expected, with a standard deviation of 2.1 if they were independent.
    assert!((37..=48).contains(&held), "{held} of 48");
    println!("{held} of 48 intervals hold the truth");
}

/// Where statements leave weights little choice, a learned width is that of three given weights, and its
/// posterior a function of one number.
#[test]
fn a_learned_width_is_that_of_the_weights() {
    let (setting, return_sd) = (setting(), 0.2);
    let nuts = Nuts { learn_width: true, return_sd, draws: 400, ..short() };
    let drawn = infer(&nuts, &setting, 400, None, &mut |_| {}).unwrap();
    let square: f64 = moments(&drawn).iter().map(|[mean, sd]| mean * mean + sd * sd).sum();
    let lengths = (0..80).map(|segment| {
        setting.features.segment(segment).iter().map(|&x| f64::from(x).powi(2)).sum::<f64>()
    });
    let sd = return_sd / (lengths.sum::<f64>() / 80.0).sqrt();
    // N(u; 0, 1) prod_i N(w_i; 0, (s exp(u))^2), on a grid.
    let log_density = |u: f64| -0.5 * u * u - 3.0 * u - 0.5 * square / (sd * (u).exp()).powi(2);
    let grid = (0..1000).map(|i| -2.0 + 0.008 * f64::from(i));
    let weighed: Vec<(f64, f64)> = grid.map(|u| (u, log_density(u).exp())).collect();
    let whole: f64 = weighed.iter().map(|(_, p)| p).sum();
    let mean = weighed.iter().map(|(u, p)| u * p / whole).sum::<f64>();
    let spread = weighed.iter().map(|(u, p)| (u - mean).powi(2) * p / whole).sum::<f64>().sqrt();
    let report = drawn.chains.unwrap();
    let width = report.quantities.last().unwrap();
    assert_eq!(width.name, "log-width of the prior");
    // 800 draws; a hundredth of the segments is in no statement.
    assert!((width.mean - mean).abs() < 0.2 * spread, "{} {mean}", width.mean);
    assert!((width.sd / spread - 1.0).abs() < 0.15, "{} {spread}", width.sd);
    println!("{} {mean}, {} {spread}", width.mean, width.sd);
}

/// Each block of features has a width, behind all weights and response parameters.
#[test]
fn blocks_have_widths_of_their_own() {
    let mut setting = said(1);
    setting.features =
        setting.features.clone().with_blocks(vec![("near".into(), 0..2), ("far".into(), 2..3)]);
    let nuts = Nuts { learn_width: true, unmixed: Unmixed::Keep, warmup: 60, draws: 40, ..short() };
    let report = infer(&nuts, &setting, 4, None, &mut |_| {}).unwrap().chains.unwrap();
    let names: Vec<String> = report.quantities.into_iter().map(|of| of.name).collect();
    let last = ["log-width of the prior, near", "log-width of the prior, far"];
    // Three weights, how often the first of two is preferred, and widths.
    assert_eq!((names.len(), &names[names.len() - 2..]), (6, &last.map(str::to_owned)[..]));
}

/// A fit that was killed after a checkpoint, in the warm-up or behind it, of the first chain or of the
/// second, goes on with the same bits.
#[test]
fn a_fit_that_was_killed_goes_on_with_the_same_bits() {
    let setting = said(1);
    for (killed_at, learn_width) in
        [(1, false), (30, true), (60, false), (80, false), (99, true), (150, true), (190, false)]
    {
        let nuts = Nuts { warmup: 60, draws: 40, unmixed: Unmixed::Keep, learn_width, ..short() };
        let whole = infer(&nuts, &setting, 8, None, &mut |_| {}).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let checkpoints = CheckpointFolder::new(folder.path()).every(0.0);
        let mut seen = 0;
        let kill = |event: Event| {
            seen += usize::from(matches!(event, Event::Checkpoint { .. }));
            assert!(seen < killed_at, "killed");
        };
        let mut kill = kill;
        let killed = catch_unwind(AssertUnwindSafe(|| {
            infer(&nuts, &setting, 8, Some(&checkpoints), &mut kill).map(drop)
        }));
        assert!(killed.is_err());
        let mut left = 0;
        let again = infer(&nuts, &setting, 8, Some(&checkpoints), &mut |event| {
            left += usize::from(matches!(event, Event::Checkpoint { .. }));
        });
        let again = again.unwrap();
        assert_eq!(again.model.read(), whole.model.read(), "{killed_at}");
        assert_eq!((again.steps, again.held_out), (whole.steps, whole.held_out));
        // It did go on: two chains of a hundred transitions, the last of each without a checkpoint.
        assert_eq!(left + killed_at, 198, "{killed_at}");
    }
}

#[test]
fn a_broken_checkpoint_is_told_and_sampling_starts_anew() {
    let setting = said(1);
    let nuts = Nuts { warmup: 60, draws: 40, unmixed: Unmixed::Keep, ..short() };
    let whole = infer(&nuts, &setting, 8, None, &mut |_| {}).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = CheckpointFolder::new(folder.path()).every(0.0);
    infer(&nuts, &setting, 8, Some(&checkpoints), &mut |_| {}).unwrap();
    let path = folder.path().join("checkpoint-chains.bin/chains.bin");
    let bytes = std::fs::read(&path).unwrap();
    for length in [0, 10, 40, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let mut restarts = Vec::new();
        let again = infer(&nuts, &setting, 8, Some(&checkpoints), &mut |event| {
            if let Event::Restarted { reason } = event {
                restarts.push(reason);
            }
        });
        assert_eq!(again.unwrap().model.read(), whole.model.read());
        assert!(restarts.len() == 1 && restarts[0].contains("chains.bin"), "{restarts:?}");
    }
    checkpoints.clear().unwrap();
    assert!(!path.exists());
}

#[test]
fn chains_that_have_not_mixed_are_refused_or_told() {
    let few = Nuts { warmup: 20, draws: 30, r_hat: 1.01, ess: 400.0, ..short() };
    let refused = infer(&few, &said(1), 4, None, &mut |_| {}).map(drop).unwrap_err().to_string();
    for part in ["`nuts` of fit `all` of one", "have not mixed: `weight of ", "at least 400"] {
        assert!(refused.contains(part), "{refused}");
    }
    let keep = Nuts { unmixed: Unmixed::Keep, ..few };
    let mut told = None;
    let kept = infer(&keep, &said(1), 4, None, &mut |event| {
        if let Event::Sampled { report } = event {
            told = Some(report);
        }
    });
    assert_eq!(kept.unwrap().reason, StopReason::Unsettled);
    // NaN where a step that was hardly adapted is too long, and no draw differs from the one before.
    let ess = told.unwrap().least_ess();
    assert!(ess.is_nan() || ess < 400.0, "{ess}");
}

#[test]
fn what_it_cannot_sample_is_refused() {
    let check = |nuts: Nuts, backbone: &dyn Backbone, expect: &str| {
        let problem = nuts.check(backbone).unwrap_err();
        let told = format!("{}: {}", problem.path.join("."), problem.message);
        assert!(told.contains(expect), "{told}");
    };
    let linear = Linear::default();
    check(short(), &Mlp { hidden: vec![4], head_scale: 0.1 }, "`reward-model.backbone.linear`");
    check(Nuts { return_sd: 0.0, ..short() }, &linear, "return-sd");
    check(Nuts { chains: 0, ..short() }, &linear, "chains");
    check(Nuts { warmup: 3, ..short() }, &linear, "warmup");
    check(Nuts { draws: 1, ..short() }, &linear, "draws");
    check(Nuts { r_hat: f64::NAN, ..short() }, &linear, "r-hat");
    short().check(&linear).unwrap();
}
