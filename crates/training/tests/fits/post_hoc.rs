//! Rewards of sources that were fitted alone, combined afterwards.

use crate::lab::{Lab, all_of};
use crate::setting::{Setting, WEIGHTS, cosine, setting_of};
use burn::tensor::{DType, Tensor};
use medley_adapter::{Prior, RATIONALITY, Response};
use medley_reward_model::{Frozen, HeadLayout, Placement, Returns, RewardModel, SegmentBatch};
use medley_training::{
    Combination, Fitted, HeldOut, MinimizeOptions, PostHoc, PostHocRule, Separate, SumModel,
    member_variance, minimize, return_sd,
};

const RULES: [PostHocRule; 4] =
    [PostHocRule::Mean, PostHocRule::InverseVariance, PostHocRule::Stacking, PostHocRule::Transfer];

fn by(rule: PostHocRule) -> PostHoc {
    PostHoc { rule, target: None }
}

/// The last 100 statements of each source are held out, and the first `train` learned from.
fn held_out<const N: usize>(people: [(&str, f64); N], train: [usize; N]) -> Setting {
    let mut setting = setting_of(people);
    for (source, count) in setting.sources.iter_mut().zip(train) {
        source.train.truncate(count);
        source.validation = (500..600).collect();
    }
    setting
}

/// Weights of a linear reward by feature, of the sum of fits with these factors; first member.
fn summed(fitted: &[Fitted], factors: &[f64]) -> [f64; 3] {
    let mut sum = [0.0; 3];
    for (fitted, factor) in fitted.iter().zip(factors) {
        sum.iter_mut().zip(fitted.model.read()).for_each(|(to, weight)| *to += factor * weight);
    }
    sum
}

/// How near the reward of a source is to the truth.
fn quality(fitted: &[Fitted], combination: &Combination, source: &str) -> f64 {
    cosine(&summed(fitted, combination.of(source).unwrap()), &WEIGHTS)
}

/// Standard deviation of a feature over the segments that somebody learns from: all 80.
fn feature_sd(setting: &Setting, feature: usize) -> f64 {
    let values: Vec<f64> =
        (0..80).map(|segment| f64::from(setting.features.segment(segment)[feature])).collect();
    let mean = values.iter().sum::<f64>() / 80.0;
    (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 80.0).sqrt()
}

fn near(found: &[f64], expected: &[f64]) {
    let is_near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-5 * (1.0 + b.abs());
    let same = found.len() == expected.len() && found.iter().zip(expected).all(is_near);
    assert!(same, "found {found:?}, expected {expected:?}");
}

/// Two fits whose members' weights, `[member, feature]`, are known.
fn known(lab: &Lab, setting: &Setting, weights: [&[f64]; 2]) -> Vec<Fitted> {
    let mut fitted = lab.fit(setting, &setting.sources, &PostHoc::default());
    fitted.iter_mut().zip(weights).for_each(|(fitted, weights)| fitted.model.write(weights));
    fitted
}

#[test]
fn the_mean_is_of_rewards_at_one_standard_deviation() {
    let (lab, setting) = (Lab::new(), setting_of([("careful", 2.0), ("contrary", -2.0)]));
    let fitted = known(&lab, &setting, [&[3.0, 0.0, 0.0], &[0.0, -0.5, 0.0]]);
    let combination = lab.combined(&setting, &PostHoc::default(), &fitted).unwrap();
    let sds = [0, 1].map(|feature| feature_sd(&setting, feature));
    let shared = combination.shared.clone().unwrap();
    near(&shared, &[0.5 / (3.0 * sds[0]), 0.5 / (0.5 * sds[1])]);
    // Nobody is asked who agrees, and nobody has a reward of their own.
    assert_eq!(combination.of("contrary"), Some(&shared[..]));
    // A reward that says the same of everything has no part.
    let fitted = known(&lab, &setting, [&[3.0, 0.0, 0.0], &[0.0; 3]]);
    let combination = lab.combined(&setting, &PostHoc::default(), &fitted).unwrap();
    near(&combination.shared.unwrap(), &[1.0 / (3.0 * sds[0]), 0.0]);
}

/// Members differ by 0.1 and by 0.3 of a standard deviation, so that variances are 0.01 and 0.09 and
/// the first counts nine times as much: not as under the published formula, where all count the same.
#[test]
fn who_is_sure_counts_more() {
    let (lab, setting) = (Lab::of(2), setting_of([("sure", 2.0), ("unsure", 2.0)]));
    let weights: [&[f64]; 2] = [&[2.2, 0.0, 0.0, 1.8, 0.0, 0.0], &[0.0, 1.3, 0.0, 0.0, 0.7, 0.0]];
    let fitted = known(&lab, &setting, weights);
    let inverse = by(PostHocRule::InverseVariance);
    let combination = lab.combined(&setting, &inverse, &fitted).unwrap();
    let sds = [0, 1].map(|feature| feature_sd(&setting, feature));
    near(&combination.shared.unwrap(), &[0.9 / (2.0 * sds[0]), 0.1 / sds[1]]);
    assert!(combination.of_source.is_empty());
}

#[test]
fn members_that_say_the_same_tell_nothing_of_how_sure_they_are() {
    let (lab, setting) = (Lab::of(2), setting_of([("a", 2.0), ("b", 2.0)]));
    let weights: [&[f64]; 2] = [&[1.0, 0.0, 0.0, 1.0, 0.0, 0.0], &[0.0, 1.3, 0.0, 0.0, 0.7, 0.0]];
    let fitted = known(&lab, &setting, weights);
    let inverse = by(PostHocRule::InverseVariance);
    let error = lab.combined(&setting, &inverse, &fitted).unwrap_err().to_string();
    assert!(error.contains("2 members of fit `a` of a say the same, a variance of 0e0"), "{error}");
    let lab = Lab::new();
    let fitted = lab.fit(&setting, &setting.sources, &inverse);
    let error = lab.combined(&setting, &inverse, &fitted).unwrap_err().to_string();
    assert!(error.contains("the 1 members of fit `a` of a say the same"), "{error}");
}

/// A model of which each member's rewards are moved by another number.
struct Moved<'a>(&'a dyn RewardModel);

impl RewardModel for Moved<'_> {
    fn members(&self) -> usize {
        self.0.members()
    }

    fn layout(&self) -> &HeadLayout {
        self.0.layout()
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        let heads = self.0.heads(batch);
        let moved =
            |member: usize| heads.clone().narrow(0, member, 1).add_scalar(5.0 * member as f64);
        Tensor::cat((0..self.members()).map(moved).collect(), 0)
    }
}

/// Member returns x and 3x: variance x^2 at each segment, where x is less its mean.
#[test]
fn the_spread_of_members_is_not_that_of_their_means() {
    let (lab, setting) = (Lab::of(2), setting_of([("a", 2.0), ("b", 2.0)]));
    let weights: &[f64] = &[1.0, 0.0, 0.0, 3.0, 0.0, 0.0];
    let fitted = known(&lab, &setting, [weights, weights]);
    let (model, all, mixing) =
        (fitted[0].model.frozen(), all_of(&setting.sources), PostHoc::default());
    let task = lab.task(&setting, &mixing, &all, &setting.sources);
    let variance = feature_sd(&setting, 0).powi(2);
    near(&[member_variance(model.as_ref(), &task)], &[variance]);
    near(&[member_variance(&Moved(model.as_ref()), &task)], &[variance]);
    near(&[return_sd(&Moved(model.as_ref()), &task)], &[2.0 * variance.sqrt()]);
}

/// Log-posterior of the weights `a` of rewards at one standard deviation, up to a constant, as their
/// sum is judged: rationality 1, and the best frequency of ties.
fn log_posterior(lab: &Lab, setting: &Setting, fitted: &[Fitted], a: &[f64], own: Prior) -> f64 {
    let place = lab.place.inner();
    let (all, mixing) = (all_of(&setting.sources), PostHoc::default());
    let task = lab.task(setting, &mixing, &all, &setting.sources);
    let part = |(fitted, a): (&Fitted, &f64)| {
        let model = fitted.model.frozen();
        (a / return_sd(model.as_ref(), &task), model)
    };
    let sum = SumModel::new(fitted.iter().zip(a).map(part).collect());
    let exact = Placement { dtype: DType::F64, ..place.clone() };
    let held_out = HeldOut::new(&setting.sources, &setting.features, Returns::Mean, &exact);
    let with_tie = |tie: f64| {
        let value = |value: f64| Tensor::full([1, 1], value, (&exact.device, exact.dtype));
        let values = [(RATIONALITY, value(0.0)), ("tie", value(tie))];
        let response = Response::new(values.map(|(name, value)| (name.to_owned(), value)));
        let model = Frozen { model: &sum, place: place.clone() };
        let told = held_out.log_likelihoods("careful", &model, &response).unwrap();
        told.into_iter().sum::<f64>() - tie * tie / 8.0
    };
    let mut energy = |at: &[f64], gradient: &mut [f64]| {
        gradient[0] = -(with_tie(at[0] + 1e-4) - with_tie(at[0] - 1e-4)) / 2e-4;
        -with_tie(at[0])
    };
    let told = minimize(&[0.0], &mut energy, &MinimizeOptions { iterations: 50, tolerance: 1e-5 });
    let z = (a[0] - f64::from(own.mean)) / f64::from(own.sd);
    -told.value - 0.5 * z * z - a[1..].iter().map(|a| 0.5 * a * a).sum::<f64>()
}

/// Neither weight can be moved, within its bound, without a lower posterior; also under several heads.
#[test]
fn weights_are_at_the_maximum_of_their_posterior() {
    let setting = held_out([("careful", 1.0), ("alike", 1.0), ("contrary", -1.0)], [20, 30, 500]);
    let mut lab = Lab::new();
    lab.shape.layout = HeadLayout::with_aspects(vec!["style".to_owned()]);
    for rule in [PostHocRule::Stacking, PostHocRule::Transfer] {
        let (fitted, combination) = lab.combine(&setting, &by(rule));
        let (all, mixing) = (all_of(&setting.sources), PostHoc::default());
        let task = lab.task(&setting, &mixing, &all, &setting.sources);
        let sds: Vec<f64> =
            fitted.iter().map(|f| return_sd(f.model.frozen().as_ref(), &task)).collect();
        let found = combination.of("careful").unwrap();
        let a: Vec<f64> = found.iter().zip(&sds).map(|(weight, sd)| weight * sd).collect();
        assert!(a[0] > 0.1 && a[1] > 0.1 && a[2] == 0.0, "{rule:?}: {a:?}");
        let own = match rule {
            PostHocRule::Transfer => Prior { mean: sds[0] as f32, sd: sds[0] as f32 },
            _ => Prior { mean: 0.0, sd: 1.0 },
        };
        let best = log_posterior(&lab, &setting, &fitted, &a, own);
        for (k, by) in [(0, 0.1), (0, -0.1), (1, 0.1), (1, -0.1), (2, 0.1)] {
            let mut moved = a.clone();
            moved[k] += by;
            let other = log_posterior(&lab, &setting, &fitted, &moved, own);
            assert!(other < best, "{rule:?}, {k} by {by}: {other} {best}");
        }
        // The middle between two moves: it is the maximum, and not only near it.
        for k in 0..2 {
            let [up, down] = [0.05, -0.05].map(|by| {
                let mut moved = a.clone();
                moved[k] += by;
                log_posterior(&lab, &setting, &fitted, &moved, own)
            });
            let (slope, bend) = ((up - down) / 0.1, (up + down - 2.0 * best) / 0.0025);
            assert!(bend < 0.0 && (slope / bend).abs() < 2e-3, "{rule:?}, {k}: {slope} {bend}");
        }
    }
}

/// The reward of one who guesses points somewhere by chance, and may point the right way.
#[test]
fn a_source_keeps_to_itself_where_others_are_noise() {
    let people = [("careful", 2.0), ("x", 0.0), ("y", 0.0), ("z", 0.0)];
    let setting = held_out(people, [500; 4]);
    let lab = Lab::new();
    let (fitted, separate) = lab.combine(&setting, &Separate::default());
    let chance = ["x", "y", "z"].map(|source| quality(&fitted, &separate, source));
    assert!(chance.iter().any(|&cosine| cosine > 0.1), "{chance:?}");
    let alone = summed(&fitted, separate.of("careful").unwrap());
    for (rule, least) in [(PostHocRule::Stacking, 0.98), (PostHocRule::Transfer, 0.99)] {
        let (fitted, combination) = lab.combine(&setting, &by(rule));
        let beside = summed(&fitted, combination.of("careful").unwrap());
        let cosine = cosine(&beside, &alone);
        assert!(cosine > least, "{rule:?}: {cosine} {combination:?}");
    }
}

#[test]
fn a_source_of_few_statements_borrows_from_one_that_agrees() {
    let setting = held_out([("few", 1.0), ("many", 1.0)], [5, 500]);
    let lab = Lab::new();
    let (fitted, separate) = lab.combine(&setting, &Separate::default());
    let alone = quality(&fitted, &separate, "few");
    for rule in [PostHocRule::Stacking, PostHocRule::Transfer] {
        let (fitted, combination) = lab.combine(&setting, &by(rule));
        let helped = quality(&fitted, &combination, "few");
        assert!(helped > 0.97 && helped > alone + 0.02, "{rule:?}: {alone} {helped}");
        assert!(quality(&fitted, &combination, "many") > 0.97);
    }
}

#[test]
fn what_opposes_a_source_counts_nothing() {
    let setting = held_out([("careful", 2.0), ("contrary", -2.0), ("hasty", 0.3)], [500, 500, 500]);
    for rule in [PostHocRule::Stacking, PostHocRule::Transfer] {
        let (_, combination) = Lab::new().combine(&setting, &by(rule));
        combination.check(3).unwrap();
        let all = combination.of_source.values().chain(&combination.shared).flatten();
        assert!(all.clone().all(|&weight| weight >= 0.0), "{rule:?}: {combination:?}");
        let [careful, contrary] = ["careful", "contrary"].map(|s| combination.of(s).unwrap());
        assert!(careful[0] > 0.0 && careful[1] == 0.0, "{rule:?}: {careful:?}");
        assert!(contrary[1] > 0.0 && contrary[0] == 0.0, "{rule:?}: {contrary:?}");
        // The two that agree are a majority.
        let shared = combination.shared.unwrap();
        assert!(shared[0] > 0.0 && shared[1] == 0.0 && shared[2] > 0.0, "{rule:?}: {shared:?}");
    }
}

#[test]
fn the_reward_of_the_target_is_the_one_for_all() {
    let setting = held_out([("careful", 2.0), ("contrary", -2.0)], [500, 500]);
    for rule in [PostHocRule::Stacking, PostHocRule::Transfer] {
        let target = PostHoc { rule, target: Some("contrary".to_owned()) };
        let (_, combination) = Lab::new().combine(&setting, &target);
        assert_eq!(combination.of("nobody"), combination.of("contrary"));
        let (_, combination) = Lab::new().combine(&setting, &by(rule));
        assert_eq!(combination.of("nobody"), None);
    }
}

#[test]
fn without_held_out_statements_a_source_keeps_its_own_reward() {
    let mut setting = held_out([("careful", 2.0), ("hasty", 0.3)], [500, 500]);
    setting.sources[0].validation.clear();
    let lab = Lab::new();
    for rule in [PostHocRule::Stacking, PostHocRule::Transfer] {
        let (_, combination) = lab.combine(&setting, &by(rule));
        assert_eq!(combination.of("careful"), Some(&[1.0, 0.0][..]));
        assert!(combination.of("hasty").unwrap()[0] > 0.0);
    }
    setting.sources[1].validation.clear();
    let stacking = by(PostHocRule::Stacking);
    let fitted = lab.fit(&setting, &setting.sources, &stacking);
    let error = lab.combined(&setting, &stacking, &fitted).unwrap_err().to_string();
    assert_eq!(error, "mixing: careful, hasty have no held-out statement to learn from");
}

/// A source alone is the reference that mixes are compared with, under any rule.
#[test]
fn a_source_alone_has_the_reward_that_it_has_under_any_mixing() {
    let mut setting = held_out([("careful", 2.0), ("hasty", 0.3)], [500, 500]);
    setting.sources.truncate(1);
    for rule in RULES {
        let (_, combination) = Lab::new().combine(&setting, &by(rule));
        assert_eq!(combination, Combination::only());
    }
}

#[test]
fn the_order_of_sources_changes_nothing() {
    let setting =
        || held_out([("careful", 2.0), ("contrary", -2.0), ("hasty", 0.3)], [60, 90, 500]);
    let lab = Lab::of(2);
    let mut reversed = setting();
    reversed.sources.reverse();
    for rule in RULES {
        let (_, one) = lab.combine(&setting(), &by(rule));
        let (_, other) = lab.combine(&reversed, &by(rule));
        for source in ["careful", "contrary", "hasty", "nobody"] {
            let turned: Vec<f64> = other.of(source).unwrap().iter().rev().copied().collect();
            near(one.of(source).unwrap(), &turned);
        }
    }
}
