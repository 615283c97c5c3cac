//! Heads on the last hidden layer of a network, fitted as exactly as a linear reward.

use crate::lab::{Lab, all_of};
use crate::setting::{Setting, described, rewarded, setting};
use burn::tensor::{DType, Device};
use medley_adapter::Scorer;
use medley_reward_model::{
    Backbone, Head, HeadLayout, Linear, Mlp, ModelShape, OfSource, Placement, Returns, RewardModel,
    SegmentBatch, Trainable, Transformer,
};
use medley_training::{
    CheckpointFolder, Event, Fitted, Inference, Joint, Laplace, LastLayer, Map, Mixing, Options,
    PostHoc, PostHocRule, RationalityMode, Related, Scale, Separate, Source, StopReason, Target,
    Task, TrainingError, Weighted,
};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

const FIXED: Joint = Joint { rationality: RationalityMode::Fixed };

fn mlp() -> Box<dyn Backbone> {
    Box::new(Mlp { hidden: vec![16], head_scale: 0.1 })
}

fn transformer() -> Box<dyn Backbone> {
    let options = Transformer { layers: 1, width: 8, heads: 2, expansion: 1, ..Default::default() };
    Box::new(options)
}

/// A network and its heads.
fn lab(backbone: Box<dyn Backbone>, scale: Scale, members: usize) -> Lab {
    let inference = Box::new(LastLayer { scale, ..LastLayer::default() });
    let options = Options {
        epochs: 40,
        min_steps: 200,
        learning_rate: 0.01,
        patience: 5,
        ..Options::default()
    };
    Lab { backbone, inference, options, ..Lab::of(members) }
}

/// Of a linear reward the last hidden layer is the features, so that whatever came before it changes
/// nothing: every way of mixing and of choosing a width, maxima and draws.
#[test]
fn of_a_linear_reward_it_is_the_exact_fit() {
    let setting = setting();
    let mut sources = setting.sources.clone();
    sources[1].train.truncate(30);
    let related: &dyn Mixing = &Related::default();
    let learned: &dyn Mixing = &Joint::default();
    let cases: [(&dyn Mixing, Scale, usize); 6] = [
        (related, Scale::Evidence, 1),
        (related, Scale::CrossValidation, 1),
        (related, Scale::Evidence, 2),
        (learned, Scale::Evidence, 1),
        (&Weighted::default(), Scale::CrossValidation, 2),
        (&Separate::default(), Scale::Fixed, 1),
    ];
    for (mixing, scale, members) in cases {
        let by_steps = lab(Box::new(Linear::default()), scale, members);
        let exact = Lab {
            inference: Box::new(Laplace { scale, ..Laplace::default() }),
            ..lab(Box::new(Linear::default()), scale, members)
        };
        let (ours, _) = by_steps.mix(&setting, &sources, mixing);
        let (theirs, _) = exact.mix(&setting, &sources, mixing);
        for (one, other) in ours.iter().zip(&theirs) {
            let case = format!("{mixing:?} {scale:?} {members}");
            close(&one.model.read(), &other.model.read(), &case);
            close(&one.response.read(), &other.response.read(), &case);
            assert_eq!(one.start_gap.is_some(), other.start_gap.is_some(), "{case}");
            if members == 1 {
                close(&[one.held_out.unwrap()], &[other.held_out.unwrap()], &case);
            }
            assert!(one.epochs > 1 && !one.curve.is_empty(), "{case}: the network was trained");
        }
    }
}

fn close(one: &[f64], other: &[f64], case: &str) {
    assert_eq!(one.len(), other.len(), "{case}");
    for (a, b) in one.iter().zip(other) {
        assert!((a - b).abs() < 1e-6 * (1.0 + b.abs()), "{case}: {a} {b}");
    }
}

/// At what comes back, the posterior of the real network has no slope along the weights of its heads,
/// and had some before: the features really are the last hidden layer, and the weights are where the
/// network has them. Points that people described go through the same layers.
#[test]
fn heads_are_at_the_optimum_of_the_network_itself() {
    for (setting, backbone) in
        [setting(), described(curved)].iter().flat_map(|of| [(of, mlp()), (of, transformer())])
    {
        let lab = lab(backbone, Scale::Fixed, 1);
        let fit = all_of(&setting.sources);
        let task = lab.task(setting, &FIXED, &fit, &setting.sources);
        let trained = Map::default().infer(&task, &lab.options, None, &mut |_| {}).unwrap();
        let fitted = lab.inference.infer(&task, &lab.options, None, &mut |_| {}).unwrap();
        let places = fitted.model.head_places().unwrap();
        let (before, after) = (trained.model.read(), fitted.model.read());
        assert_eq!(before[..places.start], after[..places.start], "the layers before stay");
        assert_ne!(before[places.clone()], after[places.clone()]);
        let sd = 0.7 / typical_length(fitted.model.frozen().as_ref(), setting);
        let exact = Placement { device: Device::flex().autodiff(), dtype: DType::F64 };
        let task = Task { place: &exact, ..task };
        let mut target = Target::new(&task, sd);
        let mut slope = |fitted: &Fitted| {
            let at: Vec<f64> =
                fitted.model.read().into_iter().chain(fitted.response.read()).collect();
            let mut gradient = vec![0.0; at.len()];
            target.log_density(&at, &mut gradient);
            gradient[places.clone()].iter().map(|slope| slope * slope).sum::<f64>().sqrt()
        };
        let (before, after) = (slope(&trained), slope(&fitted));
        assert!(after < 0.01 && before > 1.0, "{:?}: {before} {after}", lab.backbone);
    }
}

/// Root mean square length of the last hidden layer over the segments learned from, of one step each.
fn typical_length(model: &dyn RewardModel, setting: &Setting) -> f64 {
    let place = Placement::single(Device::flex());
    let of = |source: &Source| -> Vec<u32> {
        let origins = &source.objective.statements().origins;
        source.train.iter().flat_map(|&s| origins[s].segments.clone()).collect()
    };
    let read: BTreeSet<u32> = setting.sources.iter().flat_map(of).collect();
    let values: Vec<_> = read.iter().map(|&s| setting.features.segment(s as usize)).collect();
    let steps: Vec<&[f32]> = values.iter().map(AsRef::as_ref).collect();
    let hidden = model.last_layer().unwrap().hidden(&SegmentBatch::collate(3, &steps, &place));
    let squares: f64 = hidden.into_data().iter::<f64>().map(|x| x * x).sum();
    (squares / read.len() as f64).sqrt()
}

/// What no linear reward can say.
fn curved(x: [f64; 3]) -> f64 {
    1.5 * x[0] * x[1] + x[2].abs()
}

/// Sources that learn from the first of their statements, stop by the next 50, and are judged by the
/// last 50 by the test alone.
fn scarce(setting: &Setting, few: usize) -> Vec<Source> {
    let cut = |(source, count): (&Source, usize)| Source {
        train: (0..count).collect(),
        validation: (500..550).collect(),
        ..source.clone()
    };
    setting.sources.iter().zip([500, few]).map(cut).collect()
}

/// Log-likelihood of a statement of the last source that nothing was learned from, by its own reward.
fn predicted(
    setting: &Setting,
    (fitted, combination): &(Vec<Fitted>, medley_training::Combination),
) -> f64 {
    let source = setting.sources.last().unwrap();
    let weights = combination.of(&source.name).unwrap();
    let number = weights.iter().position(|&weight| weight == 1.0).unwrap();
    let fitted = &fitted[number];
    let own = OfSource::new(fitted.model.frozen(), &source.name);
    let place = Placement::single(Device::flex());
    let scorer = Scorer::new(&own, &setting.features, Returns::Mean, &place);
    let position = fitted.fit.sources.iter().position(|name| *name == source.name).unwrap();
    let response = fitted.response.of(position, &place);
    let test: Vec<usize> = (550..600).collect();
    let told = source.objective.log_likelihoods(&scorer, &response, &test);
    told.iter().sum::<f64>() / test.len() as f64
}

/// Where two sources want the same and one says little, what the other taught the layers before and
/// what the tie says of the heads both help: averaged over data sets, and by more than chance.
#[test]
fn a_scarce_source_is_predicted_better_with_one_that_wants_the_same() {
    let gains: Vec<f64> = (0..5)
        .map(|seed| {
            let setting = rewarded([("many", 2.0), ("few", 2.0)], curved, 20 + seed);
            let sources = scarce(&setting, 25);
            let lab = lab(mlp(), Scale::Evidence, 1);
            let of =
                |mixing: &dyn Mixing| predicted(&setting, &lab.mix(&setting, &sources, mixing));
            let (tied, apart) = (of(&Related::default()), of(&Separate::default()));
            tied - apart
        })
        .collect();
    let mean = gains.iter().sum::<f64>() / gains.len() as f64;
    let variance = gains.iter().map(|gain| (gain - mean).powi(2)).sum::<f64>() / 4.0;
    assert!(mean > 0.05 && mean > 2.0 * (variance / 5.0).sqrt(), "{gains:?}");
}

/// The trust test is of the reward that the experiment fits: two that oppose each other in what no
/// linear reward can say are refused, and the same two under a linear reward say nothing.
#[test]
fn sources_that_oppose_each_other_in_curves_are_refused() {
    let setting = rewarded([("careful", 2.0), ("contrary", -2.0)], |x| 1.5 * x[0] * x[1], 3);
    let lab = lab(mlp(), Scale::Evidence, 1);
    let (fitted, combination) = lab.mix(&setting, &setting.sources, &Related::default());
    assert_eq!((combination.of("nobody"), combination.shared.is_none()), (None, true));
    let model = fitted[0].model.frozen();
    let shared = model.layout().position(&Head::Shared).unwrap();
    let heads = model.layout().len();
    let places = fitted[0].model.head_places().unwrap();
    let weights = fitted[0].model.read()[places].to_vec();
    assert!(weights.iter().skip(shared).step_by(heads).all(|&weight| weight == 0.0));
    let linear = Lab::new();
    let (_, combination) = linear.mix(&setting, &setting.sources, &Related::default());
    assert!(combination.shared.is_some(), "a line sees no opposition in curves");
}

/// Interrupted at any moment, in the training of the network or among the heads of its members, a fit
/// goes on to the same bits.
#[test]
fn a_fit_that_was_interrupted_goes_on_to_the_same_bits() {
    let setting = setting();
    let related = Related::default();
    let mut lab = lab(mlp(), Scale::Evidence, 3);
    lab.options = Options { epochs: 6, min_steps: 0, ..lab.options };
    let fit = all_of(&setting.sources);
    let layout = HeadLayout::shared().and(related.heads(&fit)).unwrap();
    let shape = ModelShape { layout, ..lab.shape.clone() };
    let tie = medley_training::Tie {
        correlations: vec![vec![1.0, 0.5], vec![0.5, 1.0]],
        strength: 20.0,
        shared: medley_training::SharedHead::Source(0),
    };
    let task = lab.task(&setting, &related, &fit, &setting.sources);
    let task = Task { shape: &shape, tie: Some(&tie), ..task };
    let infer = |folder: Option<&CheckpointFolder>, tell: &mut dyn FnMut(Event)| {
        let fitted = lab.inference.infer(&task, &lab.options, folder, tell).unwrap();
        (fitted.model.read(), fitted.response.read(), fitted.held_out)
    };
    let mut told = Vec::new();
    let whole = infer(None, &mut |event| told.push(event));
    let stages = told.iter().filter(|event| matches!(event, Event::Started { .. })).count();
    assert_eq!(stages, 4, "the network, and heads of three members: {told:?}");
    // With checkpoints, one more event after each of the six epochs.
    let last = told.len() + 6 - 1;
    for at in [4, 13, 14, 16, last] {
        let folder = tempfile::tempdir().unwrap();
        let checkpoints = CheckpointFolder::new(folder.path()).every(0.0);
        let mut events = 0;
        let cut = catch_unwind(AssertUnwindSafe(|| {
            infer(Some(&checkpoints), &mut |_| {
                events += 1;
                assert!(events <= at, "killed");
            })
        }));
        assert!(cut.is_err(), "it was killed after {at} events");
        let mut first = None;
        let again = infer(Some(&checkpoints), &mut |event| {
            first.get_or_insert(event);
        });
        assert_eq!(again, whole, "after {at} events");
        assert!(matches!(first, Some(Event::Started { epoch: 1.., .. })), "{first:?}");
    }
}

/// Members have layers of their own, and draws of heads on them.
#[test]
fn members_differ_by_network_and_by_draw() {
    let setting = setting();
    let careful = &setting.sources[..1];
    let lab = lab(mlp(), Scale::Evidence, 3);
    let (fitted, _) = lab.mix(&setting, careful, &Separate::default());
    let [fitted] = &fitted[..] else { panic!("one fit") };
    let place = Placement::single(Device::flex());
    let model = fitted.model.frozen();
    let scorer = Scorer::new(model.as_ref(), &setting.features, Returns::Mean, &place);
    let told: Vec<f64> = scorer.returns(&[0, 1, 2]).into_data().iter::<f64>().collect();
    assert_ne!(told[..3], told[3..6]);
    let held_out = fitted.held_out.unwrap();
    let by_hand = careful[0].objective.log_likelihoods(
        &scorer,
        &fitted.response.of(0, &place),
        &careful[0].validation,
    );
    let mean = by_hand.iter().sum::<f64>() / by_hand.len() as f64;
    assert!((held_out - mean).abs() < 1e-9 && held_out > -0.6, "{held_out} {mean}");
    assert!(matches!(fitted.reason, StopReason::Patience | StopReason::Epochs));
}

/// Combining afterwards goes on with networks as with linear rewards.
#[test]
fn finished_networks_are_combined_afterwards() {
    let setting = setting();
    let lab = lab(mlp(), Scale::Evidence, 2);
    for rule in [PostHocRule::Mean, PostHocRule::InverseVariance, PostHocRule::Stacking] {
        let mixing = PostHoc { rule, target: None };
        let (fitted, combination) = lab.mix(&setting, &setting.sources, &mixing);
        combination.check(fitted.len()).unwrap();
    }
}

/// A network whose last layer nobody knows.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Opaque {
    width: Option<usize>,
}

/// Heads that come from nowhere that can be asked for.
struct Sealed(Box<dyn Trainable>);

impl RewardModel for Sealed {
    fn members(&self) -> usize {
        self.0.members()
    }

    fn layout(&self) -> &HeadLayout {
        self.0.layout()
    }

    fn heads(&self, batch: &SegmentBatch) -> burn::tensor::Tensor<4> {
        self.0.heads(batch)
    }
}

impl Trainable for Sealed {
    fn parameter_count(&self) -> usize {
        self.0.parameter_count()
    }

    fn read(&self) -> Vec<f64> {
        self.0.read()
    }

    fn write(&mut self, flat: &[f64]) {
        self.0.write(flat);
    }

    fn parameter_members(&self) -> Vec<usize> {
        self.0.parameter_members()
    }

    fn forward(&self, batch: &SegmentBatch) -> medley_reward_model::Forward {
        self.0.forward(batch)
    }

    fn frozen(&self) -> Box<dyn RewardModel> {
        Box::new(Sealed(self.0.duplicate()))
    }

    fn duplicate(&self) -> Box<dyn Trainable> {
        Box::new(Sealed(self.0.duplicate()))
    }

    fn to_bytes(&self) -> Result<Vec<u8>, medley_reward_model::CheckpointError> {
        self.0.to_bytes()
    }

    fn restore(
        &mut self,
        bytes: Vec<u8>,
        path: &std::path::Path,
    ) -> Result<(), medley_reward_model::CheckpointError> {
        self.0.restore(bytes, path)
    }
}

#[typetag::serde(name = "opaque-of-a-test")]
impl Backbone for Opaque {
    fn module(
        &self,
        shape: &ModelShape,
        members: &mut [ChaCha8Rng],
        place: &Placement,
    ) -> Box<dyn Trainable> {
        Box::new(Sealed(Linear::default().module(shape, members, place)))
    }

    fn hidden_width(&self, _features: usize) -> Option<usize> {
        self.width
    }

    fn summary(&self) -> &'static str {
        "a test's"
    }
}

#[test]
fn what_has_no_known_or_too_wide_a_last_layer_is_refused() {
    let refused =
        |backbone: &dyn Backbone| LastLayer::default().check(backbone).unwrap_err().to_string();
    let told = refused(&Opaque { width: None });
    assert!(told.contains("`reward-model.backbone.opaque-of-a-test`"), "{told}");
    assert!(told.contains("expected one that does, or `inference.map`"), "{told}");
    let told = refused(&Mlp { hidden: vec![8, 5000], head_scale: 0.1 });
    assert!(told.contains("at most 4096, found one of 5000"), "{told}");
    for backbone in [mlp(), transformer(), Box::new(Linear::default())] {
        assert_eq!(LastLayer::default().check(backbone.as_ref()), Ok(()));
    }
    let zero = LastLayer { return_sd: 0.0, ..LastLayer::default() };
    assert_eq!(zero.check(mlp().as_ref()).unwrap_err().path, ["return-sd"]);

    let setting = setting();
    let infer = |backbone: Box<dyn Backbone>, mixing: &dyn Mixing| {
        let lab = Lab {
            options: Options { epochs: 1, min_steps: 0, ..Options::default() },
            ..lab(backbone, Scale::Fixed, 1)
        };
        let fit = all_of(&setting.sources);
        let layout = HeadLayout::shared().and(mixing.heads(&fit)).unwrap();
        let shape = ModelShape { layout, ..lab.shape.clone() };
        let task = Task { shape: &shape, ..lab.task(&setting, mixing, &fit, &setting.sources) };
        match lab.inference.infer(&task, &lab.options, None, &mut |_| {}) {
            Err(TrainingError::Inference(message)) => message,
            other => panic!("{:?}", other.err()),
        }
    };
    let told = infer(Box::new(Opaque { width: Some(3) }), &FIXED);
    assert!(told.contains("expected a model that offers its last hidden layer"), "{told}");
    let told = infer(Box::new(Mlp { hidden: vec![1500], head_scale: 0.1 }), &Related::default());
    assert!(told.contains("fit `all` of careful + hasty"), "{told}");
    assert!(told.contains("found 3 heads on a last hidden layer of 1500"), "{told}");
}

/// What the prior, the layers, the tie and the number of members give a source of 25 and one of 500
/// statements beside one of 500, in nats a statement that nothing was learned from: means over 20 data
/// sets and twice their standard errors.
/// `cargo test --release -p medley-training --test fits what_each -- --ignored --nocapture`
#[test]
#[ignore = "a measurement"]
fn what_each_part_gives() {
    let by = |scale| -> Box<dyn Inference> { Box::new(LastLayer { scale, ..Default::default() }) };
    let untied: &dyn Mixing =
        &Related { prior_correlation: 0.0, strength: 1e12, ..Related::default() };
    let (separate, related): (&dyn Mixing, &dyn Mixing) =
        (&Separate::default(), &Related::default());
    let map: Box<dyn Inference> = Box::new(Map::default());
    let ways = [
        ("map, separate", map, separate, 1),
        ("evidence, separate", by(Scale::Evidence), separate, 1),
        ("cross-validation, separate", by(Scale::CrossValidation), separate, 1),
        ("validation, separate", by(Scale::Validation), separate, 1),
        ("evidence, separate, 2 members", by(Scale::Evidence), separate, 2),
        ("evidence, separate, 4 members", by(Scale::Evidence), separate, 4),
        ("evidence, separate, 8 members", by(Scale::Evidence), separate, 8),
        ("the same, bootstrap", by(Scale::Evidence), separate, 8),
        ("evidence, shared layers, no tie", by(Scale::Evidence), untied, 1),
        ("evidence, related", by(Scale::Evidence), related, 1),
        ("cross-validation, related", by(Scale::CrossValidation), related, 1),
        ("validation, related", by(Scale::Validation), related, 1),
    ];
    for (name, inference, mixing, members) in ways {
        let mut lab = Lab { inference, ..lab(mlp(), Scale::Evidence, members) };
        lab.options.bootstrap = name.ends_with("bootstrap");
        let told = [25, 500].map(|few| -> Vec<f64> {
            let of = |seed: u64| {
                let setting = rewarded([("many", 2.0), ("few", 2.0)], curved, 100 + seed);
                let sources = scarce(&setting, few);
                predicted(&setting, &lab.mix(&setting, &sources, mixing))
            };
            (0..20).map(of).collect()
        });
        let summary = told.map(|told| {
            let mean = told.iter().sum::<f64>() / 20.0;
            let squares: f64 = told.iter().map(|x| (x - mean).powi(2)).sum();
            format!("{mean:.3} ± {:.3}", 2.0 * (squares / 19.0 / 20.0).sqrt())
        });
        println!("{name}: {}", summary.join(", "));
    }
}
