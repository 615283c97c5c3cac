//! Rewards of sources that are tied by a learned covariance.

use crate::lab::{Lab, all_of};
use crate::setting::{Setting, cosine, in_units, setting, setting_of, typical_length};
use burn::tensor::{DType, Device};
use medley_adapter::Scorer;
use medley_reward_model::{
    Head, HeadLayout, Linear, ModelShape, OfSource, Placement, Returns, RewardModel, View,
};
use medley_training::{
    Combination, Evidence, Fitted, Inference, Laplace, Map, Mixing, Options, Related, Scale,
    SharedHead, Source, Target, Task, Tie, TrainingError,
};

/// Fits sources of a setting as they are tied, and finds out what that comes to.
fn fit(
    setting: &Setting,
    sources: &[Source],
    mixing: &Related,
    scale: Scale,
    members: usize,
) -> (Fitted, Combination) {
    with_task(setting, sources, mixing, members, |task, evidence| {
        let tie = mixing.tie(task.fit, evidence).unwrap();
        let task = Task { tie: tie.as_ref(), ..*task };
        let laplace = Laplace { scale, ..Laplace::default() };
        let fitted = [laplace.infer(&task, &Options::default(), None, &mut |_| {}).unwrap()];
        let combination = mixing.combine(&fitted, evidence).unwrap();
        let [fitted] = fitted;
        (fitted, combination)
    })
}

/// Calls `act` with the task of `sources` and what may decide their tie.
fn with_task<T>(
    setting: &Setting,
    sources: &[Source],
    mixing: &Related,
    members: usize,
    act: impl FnOnce(&Task<'_>, &Evidence<'_>) -> T,
) -> T {
    let lab = Lab::new();
    let fit = all_of(sources);
    let layout = HeadLayout::shared().and(mixing.heads(&fit)).unwrap();
    let shape = ModelShape { layout, members, ..lab.shape.clone() };
    let task = Task { shape: &shape, ..lab.task(setting, mixing, &fit, sources) };
    lab.with_evidence(setting, sources, mixing, |evidence| act(&task, evidence))
}

/// Weights of a source's reward, its own if it is named.
fn weights(fitted: &Fitted, source: Option<&str>) -> Vec<f64> {
    let layout = fitted.model.layout().clone();
    let flat = fitted.model.read();
    let own = source.and_then(|source| layout.position(&Head::Source(source.to_owned())));
    let reward = |weights: &[f64]| weights[0] + own.map_or(0.0, |head| weights[head]);
    flat.chunks(layout.len()).map(reward).collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// A source of few statements is drawn towards one of many that speaks of the same thing.
#[test]
fn few_statements_borrow_from_those_that_agree() {
    let setting = setting();
    let mut sources = setting.sources.clone();
    sources[1].train.truncate(12);
    let truth = crate::setting::WEIGHTS;
    let own = |mixing: &Related, sources: &[Source]| {
        weights(&fit(&setting, sources, mixing, Scale::Evidence, 1).0, Some("hasty"))
    };
    let alone = own(&Related::default(), &sources[1..]);
    let tied = own(&Related::default(), &sources);
    let untied = own(&Related { prior_correlation: 0.0, ..Related::default() }, &sources);
    assert!(cosine(&tied, &truth) > cosine(&alone, &truth) + 0.02, "{tied:?} {alone:?}");
    assert!(distance(&untied, &alone) < distance(&tied, &alone), "{untied:?} {alone:?}");
}

/// With hundreds of statements each, a tie changes next to nothing.
#[test]
fn many_statements_keep_their_own_reward() {
    let setting = setting();
    for scale in [Scale::Evidence, Scale::CrossValidation, Scale::Fixed] {
        let (tied, _) = fit(&setting, &setting.sources, &Related::default(), scale, 1);
        for (number, source) in setting.sources.iter().enumerate() {
            let own = &setting.sources[number..=number];
            let (alone, _) = fit(&setting, own, &Related::default(), scale, 1);
            let [tied, alone] =
                [weights(&tied, Some(&source.name)), weights(&alone, Some(&source.name))];
            let size = distance(&alone, &[0.0; 3]);
            assert!(distance(&tied, &alone) < 0.12 * size, "{scale:?}: {tied:?} {alone:?}");
        }
    }
}

/// A source without a tie to others has, to rounding, the reward that it has alone: the prior that
/// it shares with them is its own.
#[test]
fn a_strong_belief_in_nothing_is_no_tie() {
    let setting = setting();
    let nothing = Related { prior_correlation: 0.0, strength: 1e12, ..Related::default() };
    let (tied, _) = fit(&setting, &setting.sources, &nothing, Scale::Fixed, 1);
    for (number, source) in setting.sources.iter().enumerate() {
        let own = &setting.sources[number..=number];
        let (alone, _) = fit(&setting, own, &nothing, Scale::Fixed, 1);
        let [tied, alone] = [&tied, &alone].map(|fitted| weights(fitted, Some(&source.name)));
        // The start of the width is of the segments of all sources, which here are nearly the same.
        assert!(distance(&tied, &alone) < 1e-3, "{tied:?} {alone:?}");
    }
}

/// What the model says under a source's head is what was fitted, and the shared head is the mean of
/// what a stranger is expected to want.
#[test]
fn the_model_says_to_each_source_its_own_reward() {
    let setting = setting();
    let (fitted, combination) =
        fit(&setting, &setting.sources, &Related::default(), Scale::Evidence, 1);
    assert_eq!(combination.of("hasty"), Some(&[1.0][..]));
    assert_eq!(combination.shared, Some(vec![1.0]));
    let [careful, hasty] = ["careful", "hasty"].map(|name| weights(&fitted, Some(name)));
    let shared = weights(&fitted, None);
    assert!(cosine(&shared, &careful) > 0.8 && cosine(&shared, &hasty) > 0.8, "{shared:?}");
    let place = Placement::single(Device::flex());
    let model = fitted.model.frozen();
    let head = [model.layout().position(&Head::Source("hasty".to_owned())).unwrap()];
    let scorer = Scorer::new(model.as_ref(), &setting.features, Returns::Mean, &place);
    let by_view = scorer.seen_by(View::With(&head)).returns(&[3, 4]).into_data();
    let own: Box<dyn RewardModel> = Box::new(OfSource::new(fitted.model.frozen(), "hasty"));
    let scorer = Scorer::new(own.as_ref(), &setting.features, Returns::Mean, &place);
    assert_eq!(by_view, scorer.returns(&[3, 4]).into_data());
}

#[test]
fn two_that_oppose_each_other_are_not_tied_and_share_no_reward() {
    let setting = setting_of([("careful", 2.0), ("contrary", -2.0)]);
    let (fitted, combination) =
        fit(&setting, &setting.sources, &Related::default(), Scale::Evidence, 1);
    assert_eq!((combination.of("nobody"), combination.shared.is_none()), (None, true));
    let [careful, contrary] = ["careful", "contrary"].map(|name| weights(&fitted, Some(name)));
    assert!(cosine(&careful, &contrary) < -0.9);
    assert_eq!(weights(&fitted, None), [0.0; 3]);
    let named = Related { target: Some("contrary".to_owned()), ..Related::default() };
    let (fitted, combination) = fit(&setting, &setting.sources, &named, Scale::Evidence, 1);
    assert_eq!(combination.shared, Some(vec![1.0]));
    assert!(distance(&weights(&fitted, None), &weights(&fitted, Some("contrary"))) < 1e-6);
}

/// A source that opposes two others has no part in the reward for all, whatever its covariance with
/// them came out as: it used to come in with its learned, negative correlation.
#[test]
fn who_is_not_trusted_has_no_part_in_the_reward_for_all() {
    let three = [("careful", 2.0), ("hasty", 0.6)];
    let mut sources = setting_of(three).sources;
    let opposed = setting_of([("contrary", -2.0), ("unused", 1.0)]);
    sources.push(opposed.sources[0].clone());
    let (fitted, _) = fit(&opposed, &sources, &Related::default(), Scale::Evidence, 1);
    let shared = weights(&fitted, None);
    let rewards: Vec<Vec<f64>> =
        ["careful", "hasty"].iter().map(|name| weights(&fitted, Some(name))).collect();
    // What is left of the shared reward beside a plane that the two trusted rewards span.
    let [a, b] = &rewards[..] else { panic!("two rewards") };
    let normal = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    let contrary = weights(&fitted, Some("contrary"));
    let off = |of: &[f64]| cosine(of, &normal).abs();
    assert!(off(&shared) < 1e-4, "{shared:?} {rewards:?}");
    assert!(off(&contrary) > 1e-3, "the case can tell: {contrary:?}");
    assert!(cosine(&shared, a) > 0.9);
}

/// The order of sources changes nothing but rounding.
#[test]
fn the_order_of_sources_changes_nothing() {
    let setting = setting();
    let turned: Vec<Source> = setting.sources.iter().rev().cloned().collect();
    let related = Related::default();
    let (one, _) = fit(&setting, &setting.sources, &related, Scale::Evidence, 1);
    let (other, _) = fit(&setting, &turned, &related, Scale::Evidence, 1);
    for name in [None, Some("careful"), Some("hasty")] {
        let [one, other] = [&one, &other].map(|fitted| weights(fitted, name));
        assert!(distance(&one, &other) < 1e-4, "{name:?} {one:?} {other:?}");
    }
}

/// Members are draws around the optimum for each source.
#[test]
fn members_are_draws_of_all_rewards() {
    let setting = setting();
    let related = Related::default();
    let (one, _) = fit(&setting, &setting.sources, &related, Scale::Evidence, 1);
    let (many, _) = fit(&setting, &setting.sources, &related, Scale::Evidence, 300);
    let best = weights(&one, Some("careful"));
    let flat = weights(&many, Some("careful"));
    for (weight, best) in best.iter().enumerate() {
        let own: Vec<f64> = flat.chunks(3).map(|draw| draw[weight]).collect();
        let mean = own.iter().sum::<f64>() / own.len() as f64;
        let sd = (own.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / own.len() as f64).sqrt();
        assert!((mean - best).abs() < 4.0 * sd / 300f64.sqrt(), "{mean} {best} {sd}");
        assert!((0.02..0.6).contains(&sd), "{sd}");
    }
}

/// The gradient of the tied log-density is 0 at what comes back: against a density by hand, from the
/// likelihoods and a bivariate normal whose covariance is the start's.
#[test]
fn what_comes_back_is_the_optimum_of_the_tied_density() {
    let setting = setting();
    let related = Related::default();
    let (fitted, _) = fit(&setting, &setting.sources, &related, Scale::Fixed, 1);
    let at = [weights(&fitted, Some("careful")), weights(&fitted, Some("hasty"))];
    let place = Placement { dtype: DType::F64, device: Device::flex() };
    let length = typical_length(&setting, &setting.sources);
    let variance = (0.7 / length).powi(2);
    let density = |at: &[Vec<f64>; 2]| {
        let mut sum = 0.0;
        for (number, (source, weights)) in setting.sources.iter().zip(at).enumerate() {
            let shape = ModelShape { features: 3, layout: HeadLayout::shared(), members: 1 };
            let mut streams = vec![medley_training::stream(0, "any")];
            let mut model = medley_reward_model::Backbone::module(
                &Linear { initial_scale: 0.01 },
                &shape,
                &mut streams,
                &place,
            );
            model.write(weights);
            let scorer = Scorer::new(model.as_ref(), &setting.features, Returns::Mean, &place);
            let response = fitted.response.of(number, &place);
            let told = source.objective.log_likelihoods(&scorer, &response, &source.train);
            sum += told.iter().sum::<f64>();
        }
        // Of correlation 1/2: the inverse of (1 1/2; 1/2 1) is (4/3 -2/3; -2/3 4/3).
        let [a, b] = at;
        let quadratic = |(a, b): (&f64, &f64)| (4.0 * a * a - 4.0 * a * b + 4.0 * b * b) / 3.0;
        sum - 0.5 * a.iter().zip(b).map(quadratic).sum::<f64>() / variance
    };
    for source in 0..2 {
        for weight in 0..3 {
            let near = |step: f64| {
                let mut moved = at.clone();
                moved[source][weight] += step;
                density(&moved)
            };
            let slope = (near(1e-3) - near(-1e-3)) / 2e-3;
            assert!(slope.abs() < 0.02, "{source} {weight}: {slope}");
        }
    }
}

/// Tied sources are asked by a model of one head each. What they say, and how it slopes, is what a model
/// of all heads says, also where the shared head is not 0 and for several members.
#[test]
fn a_tied_target_is_that_of_all_heads() {
    let setting = setting();
    let related = Related::default();
    with_task(&setting, &setting.sources, &related, 2, |task, evidence| {
        let place = Placement { device: Device::flex().autodiff(), dtype: DType::F64 };
        let tie = related.tie(task.fit, evidence).unwrap();
        let together = Task { place: &place, ..*task };
        let apart = Task { tie: tie.as_ref(), ..together };
        let ask = |task: &Task<'_>| {
            let mut target = Target::new(task, 2.0);
            let at: Vec<f64> = (0..target.dim()).map(|i| 0.3 * (i as f64).sin() + 0.1).collect();
            let mut gradient = vec![0.0; at.len()];
            (target.log_density(&at, &mut gradient), gradient)
        };
        let (expected, found) = (ask(&together), ask(&apart));
        assert!((expected.0 - found.0).abs() < 1e-9 * expected.0.abs(), "{expected:?} {found:?}");
        for (a, b) in expected.1.iter().zip(&found.1) {
            assert!((a - b).abs() < 1e-9 * (1.0 + a.abs()), "{expected:?} {found:?}");
        }
    });
}

/// Each block has a covariance of its own, for a source and for the reward for all.
#[test]
fn the_unit_of_a_block_changes_nothing_between_sources() {
    for scale in [Scale::Evidence, Scale::CrossValidation] {
        let rewards = |unit: f32| {
            let setting = in_units(setting(), unit, true);
            let mut sources = setting.sources.clone();
            sources[1].train.truncate(12);
            let (fitted, _) = fit(&setting, &sources, &Related::default(), scale, 1);
            [Some("careful"), Some("hasty"), None].map(|source| {
                let mut weights = weights(&fitted, source);
                weights[0] *= f64::from(unit);
                weights
            })
        };
        for (plain, in_tenths) in rewards(1.0).iter().zip(rewards(10.0)) {
            assert!(distance(plain, &in_tenths) < 1e-3, "{scale:?}: {plain:?} {in_tenths:?}");
        }
    }
}

#[test]
fn who_cannot_tie_says_so() {
    let setting = setting();
    let related = Related::default();
    with_task(&setting, &setting.sources, &related, 1, |task, evidence| {
        let tie = related.tie(task.fit, evidence).unwrap();
        let task = Task { tie: tie.as_ref(), ..*task };
        let error = Map::default().infer(&task, &Options::default(), None, &mut |_| {});
        let Err(TrainingError::Mixing(message)) = error else { panic!("it was fitted") };
        assert!(message.contains("cannot tie"), "{message}");
        // Heads of aspects are shared by all, so that sources would be tied twice.
        let layout = HeadLayout::with_aspects(vec!["style".to_owned()]);
        let layout = layout.and(related.heads(task.fit)).unwrap();
        let shape = ModelShape { layout, ..task.shape.clone() };
        let task = Task { shape: &shape, ..task };
        let error = Laplace::default().infer(&task, &Options::default(), None, &mut |_| {});
        let Err(TrainingError::Mixing(message)) = error else { panic!("it was fitted") };
        assert!(message.contains("aspect `style`"), "{message}");
        let strangers =
            Tie { correlations: vec![vec![1.0]], strength: 1.0, shared: SharedHead::Nothing };
        let task = Task { tie: Some(&strangers), ..task };
        assert!(Laplace::default().infer(&task, &Options::default(), None, &mut |_| {}).is_err());
    });
}
