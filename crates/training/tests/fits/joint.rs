//! The loop on a small known problem: recovery, rationality, weights, early stopping, divergence.

use crate::setting::{Setting, WEIGHTS, setting};
use burn::tensor::{DType, Device, Tensor};
use medley_adapter::Scorer;
use medley_dataset::Part;
use medley_reward_model::{
    Head, HeadLayout, Linear, Mlp, ModelShape, Placement, Returns, RewardModel, SegmentBatch,
};
use medley_training::{
    CalibrationOptions, CheckpointFolder, Event, Fit, Fitted, Inference, Joint, Map, Mixing,
    Options, RationalityMode, Source, StopReason, Target, Task, TrainingError, Weighted, calibrate,
};

fn options() -> Options {
    Options {
        epochs: 60,
        learning_rate: 0.02,
        response_learning_rate: 0.02,
        patience: 8,
        ..Options::default()
    }
}

/// What a fit of the setting needs beside it.
struct How<'a> {
    mixing: &'a dyn Mixing,
    members: usize,
    initial_scale: f64,
    checkpoints: Option<&'a CheckpointFolder>,
}

const JOINT: &Joint = &Joint { rationality: RationalityMode::Learned };
const FIXED: &Joint = &Joint { rationality: RationalityMode::Fixed };

impl How<'_> {
    const PLAIN: How<'static> =
        How { mixing: JOINT, members: 1, initial_scale: 0.01, checkpoints: None };
}

fn fit_and_tell(
    setting: &Setting,
    options: &Options,
    how: &How<'_>,
    tell: &mut dyn FnMut(Event),
) -> Result<Fitted, TrainingError> {
    let place = Placement::single(Device::flex().autodiff());
    let names: Vec<&str> = setting.sources.iter().map(|source| source.name.as_str()).collect();
    let fit = &how.mixing.fits(&names)[0];
    let sources: Vec<Source> =
        setting.sources.iter().filter(|s| fit.sources.contains(&s.name)).cloned().collect();
    let layout = HeadLayout::shared().and(how.mixing.heads(fit)).unwrap();
    let task = Task {
        sources: &sources,
        mixing: how.mixing,
        fit,
        tie: None,
        features: &setting.features,
        returns: Returns::Mean,
        backbone: &Linear { initial_scale: how.initial_scale },
        shape: &ModelShape { features: 3, layout, members: how.members },
        seed: 5,
        place: &place,
    };
    Map::default().infer(&task, options, how.checkpoints, tell)
}

fn fit(setting: &Setting, options: &Options, how: &How<'_>) -> Result<Fitted, TrainingError> {
    fit_and_tell(setting, options, how, &mut |_: Event| {})
}

/// Learned returns of all segments, member after member.
fn learned(setting: &Setting, fitted: &Fitted) -> Vec<f64> {
    let place = Placement::single(Device::flex());
    let model = fitted.model.frozen();
    let scorer = Scorer::new(model.as_ref(), &setting.features, Returns::Mean, &place);
    let all: Vec<usize> = (0..80).collect();
    scorer.returns(&all).into_data().iter::<f64>().collect()
}

#[test]
fn the_reward_and_the_ratio_of_rationalities_are_recovered() {
    let setting = setting();
    let trained = fit(&setting, &options(), &How::PLAIN).unwrap();
    let truth: Vec<f64> = (0..80)
        .map(|i| {
            setting.features.segment(i).iter().zip(WEIGHTS).map(|(&x, w)| f64::from(x) * w).sum()
        })
        .collect();
    let returns = learned(&setting, &trained);
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (mt, ml) = (mean(&truth), mean(&returns));
    let dot = |a: &[f64], ma: f64, b: &[f64], mb: f64| {
        a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)).sum::<f64>()
    };
    let correlation = dot(&truth, mt, &returns, ml)
        / (dot(&truth, mt, &truth, mt) * dot(&returns, ml, &returns, ml)).sqrt();
    assert!(correlation > 0.99, "correlation {correlation}");
    let [careful, hasty] = [0, 1].map(|source| trained.response.rationality(source).unwrap());
    let ratio = careful / hasty;
    // True ratio 2 / 0.3 = 6.7; the priors on both logarithms pull it towards 1.
    assert!((3.5..9.0).contains(&ratio), "ratio {ratio}");
}

#[test]
fn fixed_rationality_stays_one() {
    let how = How { mixing: FIXED, ..How::PLAIN };
    let trained = fit(&setting(), &options(), &how).unwrap();
    assert_eq!(trained.response.rationality(0), Some(1.0));
    assert_eq!(trained.response.rationality(1), Some(1.0));
}

#[test]
fn a_source_of_weight_zero_teaches_nothing() {
    let weights = [("hasty".to_owned(), 0.0)].into();
    let how = How { mixing: &Weighted { weights, ..Weighted::default() }, ..How::PLAIN };
    let mut alone = setting();
    alone.sources.truncate(1);
    let both = learned(&setting(), &fit(&setting(), &options(), &how).unwrap());
    let one = learned(&alone, &fit(&alone, &options(), &how).unwrap());
    assert_eq!(both, one);
}

#[test]
fn weights_scale_what_a_source_teaches() {
    // Weights of 1 are the joint with rationality 1, to the bit.
    let joint = fit(&setting(), &options(), &How { mixing: FIXED, ..How::PLAIN }).unwrap();
    let equal = How { mixing: &Weighted::default(), ..How::PLAIN };
    let equal = fit(&setting(), &options(), &equal).unwrap();
    assert_eq!(joint.model.read(), equal.model.read());
    let weights = [("hasty".to_owned(), 50.0)].into();
    let hasty = How { mixing: &Weighted { weights, ..Weighted::default() }, ..How::PLAIN };
    let hasty = fit(&setting(), &options(), &hasty).unwrap();
    // Hasty people answer as if rewards were small.
    let size = |fitted: &Fitted| fitted.model.read().iter().map(|w| w.abs()).sum::<f64>();
    assert!(size(&hasty) < 0.5 * size(&equal), "{} {}", size(&hasty), size(&equal));
}

#[test]
fn training_stops_when_held_out_likelihood_stalls_and_keeps_the_best() {
    let setting = setting();
    let options = Options { epochs: 1000, patience: 3, min_steps: 0, ..options() };
    let trained = fit(&setting, &options, &How::PLAIN).unwrap();
    assert_eq!(trained.reason, StopReason::Patience);
    assert_eq!(trained.epochs, trained.best_epoch + 3);
    let held_out = |epoch: u32| -> f64 {
        let points =
            trained.curve.iter().filter(|p| p.epoch == epoch && p.part == Part::Validation);
        points.map(|p| p.log_likelihood).sum()
    };
    assert!((1..=trained.epochs).all(|epoch| held_out(epoch) <= held_out(trained.best_epoch)));
    assert_eq!(trained.held_out, Some(held_out(trained.best_epoch) / 2.0));
}

/// Audit A4: 150 statements and 50 epochs were 100 steps, and nothing said that the fit had ended
/// far from its optimum.
#[test]
fn few_statements_get_the_steps_that_are_asked_for() {
    let mut setting = setting();
    setting.sources.truncate(1);
    setting.sources[0].train.truncate(100);
    let options = Options { epochs: 2, patience: 1, min_steps: 90, ..options() };
    let trained = fit(&setting, &options, &How::PLAIN).unwrap();
    assert!(trained.steps >= 90, "{}", trained.steps);
    assert_eq!((trained.epochs, trained.reason), (90, StopReason::Epochs));
}

/// Audit A4: with patience 0 the last weights could not be had if there was a validation part.
#[test]
fn without_patience_the_last_weights_are_kept() {
    let options = Options { epochs: 40, patience: 0, min_steps: 0, ..options() };
    let trained = fit(&setting(), &options, &How::PLAIN).unwrap();
    assert_eq!((trained.best_epoch, trained.epochs), (40, 40));
}

#[test]
fn members_differ_by_their_bootstrap_samples_alone() {
    let setting = setting();
    let how = How { members: 3, initial_scale: 0.0, ..How::PLAIN };
    let returns = |bootstrap| {
        let options = Options { bootstrap, epochs: 5, min_steps: 0, ..options() };
        let all = learned(&setting, &fit(&setting, &options, &how).unwrap());
        [all[0], all[80], all[160]]
    };
    let [a, b, c] = returns(false);
    assert!(a == b && b == c, "members that start alike and see the same data are the same");
    let [a, b, c] = returns(true);
    assert!(a != b && b != c && a != c, "{a} {b} {c}");
}

/// Audit A9: members 0 of 2 and of 4 were other models.
#[test]
fn a_member_is_the_same_whatever_the_number_of_the_others() {
    let setting = setting();
    let options = Options { epochs: 3, min_steps: 0, patience: 0, ..options() };
    let of = |members| {
        learned(&setting, &fit(&setting, &options, &How { members, ..How::PLAIN }).unwrap())
    };
    let (two, four) = (of(2), of(4));
    for (one, other) in two.iter().zip(&four) {
        assert!((one - other).abs() < 1e-5, "{one} {other}");
    }
}

#[test]
fn divergence_is_an_error_that_names_the_source() {
    let options = Options { learning_rate: 1e38, ..options() };
    let error = fit(&setting(), &options, &How::PLAIN).err().unwrap();
    let TrainingError::Diverged { source_name, .. } = &error else { panic!("{error}") };
    assert_eq!(source_name, "careful");
    assert!(error.to_string().contains("the loss of source `careful` is"), "{error}");
}

#[test]
fn divergence_in_the_last_step_is_seen() {
    // One step in all: its loss is that of the initial weights.
    let options =
        Options { learning_rate: 1e38, epochs: 1, min_steps: 0, batch_size: 1000, ..options() };
    let mut setting = setting();
    let error = fit(&setting, &options, &How::PLAIN).err().unwrap();
    assert!(matches!(&error, TrainingError::Diverged { epoch: 1, .. }), "{error}");
    setting.sources.iter_mut().for_each(|source| source.validation.clear());
    let error = fit(&setting, &options, &How::PLAIN).err().unwrap();
    assert!(matches!(&error, TrainingError::Diverged { epoch: 1, .. }), "{error}");
}

/// Two sources of 5 statements and a step of one: no step is empty, so that all count.
#[test]
fn a_floor_in_steps_holds_whatever_the_size_of_a_step() {
    let mut setting = setting();
    setting.sources.iter_mut().for_each(|source| source.train.truncate(5));
    let options = Options { epochs: 1, min_steps: 40, batch_size: 1, patience: 0, ..options() };
    let fitted = fit(&setting, &options, &How::PLAIN).unwrap();
    assert_eq!((fitted.steps, fitted.epochs), (40, 8));
}

/// Audit D2 and D3: a damaged checkpoint was believed, or blocked its run for ever.
#[test]
fn a_damaged_checkpoint_is_noticed_and_training_starts_anew() {
    let setting = setting();
    let options = Options { epochs: 6, min_steps: 0, patience: 0, ..options() };
    let whole = fit(&setting, &options, &How::PLAIN).unwrap();
    let damages: [fn(&std::path::Path); 5] = [
        |folder| std::fs::write(folder.join("model.safetensors"), "none").unwrap(),
        |folder| {
            let path = folder.join("numbers.safetensors");
            let mut bytes = std::fs::read(&path).unwrap();
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            std::fs::write(path, bytes).unwrap();
        },
        |folder| std::fs::remove_file(folder.join("state.json")).unwrap(),
        |folder| std::fs::remove_file(folder.join("hashes.json")).unwrap(),
        |folder| {
            let path = folder.join("state.json");
            let text = std::fs::read_to_string(&path).unwrap();
            let better = text.replacen("\"best_score\":-", "\"best_score\":-0.0", 1);
            assert_ne!(text, better);
            std::fs::write(path, better).unwrap();
        },
    ];
    for damage in damages {
        let folder = tempfile::tempdir().unwrap();
        let checkpoints = CheckpointFolder::new(folder.path()).every(0.0);
        let how = How { checkpoints: Some(&checkpoints), ..How::PLAIN };
        let half = Options { epochs: 3, ..options.clone() };
        fit(&setting, &half, &how).unwrap();
        damage(&folder.path().join("checkpoint-000003"));
        let mut restarts = Vec::new();
        let again = fit_and_tell(&setting, &options, &how, &mut |event| {
            if let Event::Restarted { reason } = event {
                restarts.push(reason);
            }
        });
        assert_eq!(again.unwrap().model.read(), whole.model.read());
        assert!(restarts.len() == 1 && restarts[0].contains("checkpoint-000003"), "{restarts:?}");
    }
    // An undamaged one is resumed to the same bits.
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = CheckpointFolder::new(folder.path()).every(0.0);
    let how = How { checkpoints: Some(&checkpoints), ..How::PLAIN };
    fit(&setting, &Options { epochs: 3, ..options.clone() }, &how).unwrap();
    let mut started = Vec::new();
    let again = fit_and_tell(&setting, &options, &how, &mut |event| started.push(event)).unwrap();
    assert_eq!(again.model.read(), whole.model.read());
    assert!(matches!(started[0], Event::Started { epoch: 3, .. }), "{:?}", started[0]);
}

/// A mixing of an outside crate: each source has a head of its own.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct OwnHeads {}

#[typetag::serde(name = "own-heads-of-a-test")]
impl Mixing for OwnHeads {
    fn heads(&self, fit: &Fit) -> Vec<Head> {
        fit.sources.iter().cloned().map(Head::Source).collect()
    }

    fn total(&self, step: &medley_training::Step<'_>) -> Tensor<1> {
        // A prior in function space keeps sources near the shared reward.
        let far = step.terms.iter().filter_map(|term| term.deviation.clone());
        let penalty = far.map(|d| d.clone() * d).map(Tensor::sum).reduce(|a, b| a + b).unwrap();
        JOINT.total(step) + penalty.mul_scalar(1e-3)
    }

    fn summary(&self) -> &'static str {
        "for a test"
    }
}

#[test]
fn a_source_may_have_a_head_that_the_shared_reward_lacks() {
    let setting = setting();
    let how = How { mixing: &OwnHeads {}, ..How::PLAIN };
    let trained = fit(&setting, &options(), &how).unwrap();
    assert_eq!(trained.model.layout().len(), 3);
    let place = Placement::single(Device::flex());
    let model = trained.model.frozen();
    let scorer = Scorer::new(model.as_ref(), &setting.features, Returns::Mean, &place);
    let seen = scorer.seen_by(medley_reward_model::View::With(&[1]));
    let [shared, own] =
        [scorer, seen].map(|scorer| scorer.returns(&[0]).into_data().iter::<f64>().next().unwrap());
    assert_ne!(shared, own);
}

/// The law of redesign 4.1 E: what a sampler asks has the gradient of finite differences, also of a
/// mixing with heads and a prior of its own.
#[test]
fn the_target_has_the_gradient_of_finite_differences() {
    assert_gradient(JOINT);
    assert_gradient(&OwnHeads {});
}

fn assert_gradient(mixing: &dyn Mixing) {
    let setting = setting();
    let place = Placement { device: Device::flex().autodiff(), dtype: DType::F64 };
    let fit = Fit::of(&["careful", "hasty"]);
    let layout = HeadLayout::shared().and(mixing.heads(&fit)).unwrap();
    let shape = ModelShape { features: 3, layout, members: 1 };
    let task = Task {
        sources: &setting.sources,
        mixing,
        fit: &fit,
        tie: None,
        features: &setting.features,
        returns: Returns::Mean,
        backbone: &Mlp { hidden: vec![3], head_scale: 1.0 },
        shape: &shape,
        seed: 5,
        place: &place,
    };
    let mut target = Target::new(&task, 2.0);
    let at: Vec<f64> = target.start().iter().map(|x| x + 0.05).collect();
    assert_eq!(at.len(), target.dim());
    let mut gradient = vec![0.0; at.len()];
    let value = target.log_density(&at, &mut gradient);
    assert!(value < 0.0);
    for i in 0..at.len() {
        let mut near = |step: f64| {
            let mut moved = at.clone();
            moved[i] += step;
            target.log_density(&moved, &mut vec![0.0; at.len()])
        };
        let expected = (near(1e-6) - near(-1e-6)) / 2e-6;
        let gap = (gradient[i] - expected).abs();
        assert!(gap < 1e-5 * (1.0 + expected.abs()), "{i}: {} {expected}", gradient[i]);
    }
}

/// The true reward, scaled.
struct Known(f64, HeadLayout);

impl RewardModel for Known {
    fn members(&self) -> usize {
        1
    }

    fn layout(&self) -> &HeadLayout {
        &self.1
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        let weights: Vec<f32> = WEIGHTS.iter().map(|w| (w * self.0) as f32).collect();
        let weights = batch.place().tensor(weights, [1, 3, 1]);
        batch.spread(batch.rows().unsqueeze::<3>().matmul(weights))
    }
}

#[test]
fn calibration_finds_the_scale_of_a_frozen_reward_and_never_its_sign() {
    let setting = setting();
    let place = Placement::single(Device::flex());
    let rationality = |scale: f64| {
        let model = Known(scale, HeadLayout::shared());
        let scorer = Scorer::new(&model, &setting.features, Returns::Mean, &place);
        let Source { objective, validation, .. } = &setting.sources[0];
        let options = CalibrationOptions::default();
        let calibrated = calibrate(objective.as_ref(), validation, &scorer, &options);
        assert!(calibrated.converged, "{calibrated:?}");
        calibrated.response.rationality().into_data().iter::<f64>().next().unwrap()
    };
    // People have rationality 2 under the true reward, so 1 under twice of it.
    assert!((1.6..2.4).contains(&rationality(1.0)), "{}", rationality(1.0));
    assert!((0.8..1.2).contains(&rationality(2.0)), "{}", rationality(2.0));
    // A reward of the wrong sign is worth nothing, and no rationality can turn it round.
    let reversed = rationality(-1.0);
    assert!(reversed > 0.0 && reversed < 0.1, "{reversed}");
}
