//! The exact fit of a linear reward: its optimum, its width, its draws.

use crate::lab::{Lab, all_of};
use crate::setting::{Setting, WEIGHTS, in_units, setting, typical_length};
use burn::tensor::{DType, Device};
use medley_adapter::Scorer;
use medley_reward_model::{Backbone, Linear, Mlp, Placement, Returns, RewardModel};
use medley_training::{
    Fitted, Inference, Joint, Laplace, Map, Options, RationalityMode, Scale, Source, StopReason,
    Target, Task,
};

const FIXED: Joint = Joint { rationality: RationalityMode::Fixed };

fn with_task<T>(
    sources: &[Source],
    setting: &Setting,
    members: usize,
    act: impl FnOnce(&Task<'_>) -> T,
) -> T {
    let (lab, fit) = (Lab::of(members), all_of(sources));
    act(&lab.task(setting, &FIXED, &fit, sources))
}

fn fitted(laplace: &Laplace, members: usize) -> Fitted {
    let setting = setting();
    let careful = &setting.sources[..1];
    with_task(careful, &setting, members, |task| {
        laplace.infer(task, &Options::default(), None, &mut |_| {}).unwrap()
    })
}

fn fixed(return_sd: f64) -> Laplace {
    Laplace { scale: Scale::Fixed, return_sd, ..Laplace::default() }
}

#[test]
fn the_reward_of_careful_people_is_recovered() {
    let fit = fitted(&Laplace::default(), 1);
    assert_eq!(fit.reason, StopReason::Converged);
    // Rationality is 1 here, so that weights are theirs times 2.
    for (found, true_weight) in fit.model.read().iter().zip(WEIGHTS) {
        assert!((found / 2.0 - true_weight).abs() < 0.35, "{found} {true_weight}");
    }
}

/// The gradient of the posterior is 0 at what comes back, up to its single precision.
#[test]
fn what_comes_back_is_the_optimum() {
    let setting = setting();
    let sources = &setting.sources[..1];
    let fit = fitted(&fixed(0.7), 1);
    let exact = Placement { device: Device::flex().autodiff(), dtype: DType::F64 };
    with_task(sources, &setting, 1, |task| {
        let length = typical_length(&setting, sources);
        let task = Task { place: &exact, ..*task };
        let mut target = Target::new(&task, 0.7 / length);
        let at: Vec<f64> = fit.model.read().into_iter().chain(fit.response.read()).collect();
        let mut gradient = vec![0.0; at.len()];
        target.log_density(&at, &mut gradient);
        let norm = gradient.iter().map(|slope| slope * slope).sum::<f64>().sqrt();
        assert!(norm < 1e-3, "{norm} of {gradient:?}");
    });
}

/// AdamW is tested against it: with nothing that holds weights back, both reach one optimum.
#[test]
fn adamw_reaches_the_same_optimum() {
    let setting = setting();
    let exact = fitted(&fixed(1e3), 1);
    let options = Options {
        epochs: 4000,
        min_steps: 0,
        learning_rate: 0.02,
        patience: 0,
        batch_size: 1000,
        adamw: medley_reward_model::AdamWOptions { weight_decay: 0.0, ..Default::default() },
        ..Options::default()
    };
    let by_steps = with_task(&setting.sources[..1], &setting, 1, |task| {
        Map::default().infer(task, &options, None, &mut |_| {}).unwrap()
    });
    for (a, b) in exact.model.read().iter().zip(by_steps.model.read()) {
        assert!((a - b).abs() < 2e-3 * (1.0 + a.abs()), "{a} {b}");
    }
}

/// Draws have the optimum as mean, and spread as the second derivative says: along each weight, the
/// likelihood of one draw in all falls by half a nat a dimension on average.
#[test]
fn members_are_draws_around_the_optimum() {
    let [one, many] = [1, 400].map(|members| fitted(&fixed(0.7), members));
    let draws = many.model.read();
    let best = one.model.read();
    let second = |weight: usize| -> (f64, f64) {
        let own: Vec<f64> = draws.chunks(3).map(|draw| draw[weight]).collect();
        let mean = own.iter().sum::<f64>() / own.len() as f64;
        let variance = own.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / own.len() as f64;
        (mean, variance.sqrt())
    };
    for (weight, best) in best.iter().enumerate() {
        let (mean, sd) = second(weight);
        assert!((mean - best).abs() < 4.0 * sd / 20.0, "{weight}: {mean} {best}");
        assert!((0.02..0.5).contains(&sd), "{weight}: {sd}");
    }
    // The same draws whatever the number of members.
    assert_eq!(fitted(&fixed(0.7), 2).model.read(), draws[..6]);
}

#[test]
fn few_statements_are_shrunk_and_many_are_not() {
    let setting = setting();
    let norm = |count: usize, laplace: &Laplace| {
        let mut sources = setting.sources[..1].to_vec();
        sources[0].train.truncate(count);
        let fit = with_task(&sources, &setting, 1, |task| {
            laplace.infer(task, &Options::default(), None, &mut |_| {}).unwrap()
        });
        fit.model.read().iter().map(|w| w * w).sum::<f64>().sqrt()
    };
    let narrow = norm(500, &fixed(0.01));
    assert!(narrow < 0.1 * norm(500, &fixed(10.0)), "{narrow}");
    for scale in [Scale::Evidence, Scale::CrossValidation, Scale::Validation] {
        let chosen = Laplace { scale, ..Laplace::default() };
        assert!(norm(5, &chosen) < 0.7 * norm(500, &chosen), "{scale:?}");
    }
}

/// Where nothing can be held out, the evidence's width stands; it used to be doubled.
#[test]
fn one_statement_is_no_reason_for_a_wider_prior() {
    let setting = setting();
    let mut sources = setting.sources[..1].to_vec();
    sources[0].train.truncate(1);
    sources[0].validation.clear();
    let weights = |scale| {
        let laplace = Laplace { scale, ..Laplace::default() };
        with_task(&sources, &setting, 1, |task| {
            laplace.infer(task, &Options::default(), None, &mut |_| {}).unwrap().model.read()
        })
    };
    assert_eq!(weights(Scale::CrossValidation), weights(Scale::Evidence));
    assert_eq!(weights(Scale::Validation), weights(Scale::Evidence));
}

/// The validation part chooses the width: wide where it says that the reward is right, narrow where it
/// says the opposite.
#[test]
fn what_is_held_out_chooses_the_width() {
    let setting = setting();
    let mut sources = setting.sources[..1].to_vec();
    sources[0].train.truncate(20);
    let infer = |sources: &[Source], scale| {
        let laplace = Laplace { scale, ..Laplace::default() };
        with_task(sources, &setting, 1, |task| {
            laplace.infer(task, &Options::default(), None, &mut |_| {}).unwrap()
        })
    };
    let norm = |fit: &Fitted| fit.model.read().iter().map(|w| w * w).sum::<f64>().sqrt();
    let evidence = infer(&sources, Scale::Evidence);
    let place = Placement::single(Device::flex());
    let model = evidence.model.frozen();
    let scorer = Scorer::new(model.as_ref(), &setting.features, Returns::Mean, &place);
    let objective = sources[0].objective.clone();
    let held_out: Vec<usize> = (100..600).collect();
    let told = objective.log_likelihoods(&scorer, &evidence.response.of(0, &place), &held_out);
    let width = |is_right: bool| {
        let chosen = held_out.iter().zip(&told).filter(|(_, told)| (**told > -0.5) == is_right);
        let validation = chosen.map(|(&statement, _)| statement).collect();
        norm(&infer(&[Source { validation, ..sources[0].clone() }], Scale::Validation))
    };
    let (right, wrong, known) = (width(true), width(false), norm(&evidence));
    assert!(right > 1.1 * known && wrong < 0.7 * known, "{right} {known} {wrong}");
}

/// A block of features has a width of its own, so that the unit it is in changes nothing; in one width
/// for all, it does.
#[test]
fn the_unit_of_a_block_changes_nothing() {
    for scale in [Scale::Evidence, Scale::CrossValidation, Scale::Fixed] {
        let reward = |unit: f32, blocks: bool| {
            let setting = in_units(setting(), unit, blocks);
            let mut few = setting.sources[..1].to_vec();
            few[0].train.truncate(30);
            let laplace = Laplace { scale, ..Laplace::default() };
            let fit = with_task(&few, &setting, 1, |task| {
                laplace.infer(task, &Options::default(), None, &mut |_| {}).unwrap()
            });
            let mut weights = fit.model.read();
            weights[0] *= f64::from(unit);
            weights
        };
        let apart = |one: &[f64], other: &[f64]| {
            one.iter().zip(other).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        };
        let (plain, in_tenths) = (reward(1.0, true), reward(10.0, true));
        assert!(apart(&plain, &in_tenths) < 1e-4, "{scale:?}: {plain:?} {in_tenths:?}");
        let (plain, in_tenths) = (reward(1.0, false), reward(10.0, false));
        assert!(apart(&plain, &in_tenths) > 0.01, "{scale:?}: {plain:?} {in_tenths:?}");
    }
}

/// The same bits again. How many threads there are is not its business: a run is one.
#[test]
fn a_fit_is_a_function_of_its_task() {
    let [a, b] = [0, 1].map(|_| fitted(&Laplace::default(), 3).model.read());
    assert_eq!(a, b);
}

#[test]
fn only_linear_rewards_are_fitted() {
    let refused = |backbone: &dyn Backbone| Laplace::default().check(backbone);
    assert_eq!(refused(&Linear { initial_scale: 0.0 }), Ok(()));
    let problem = refused(&Mlp { hidden: vec![3], head_scale: 0.1 }).unwrap_err();
    assert!(problem.message.contains("only `reward-model.backbone.linear`"), "{problem}");
    let zero = Laplace { return_sd: 0.0, ..Laplace::default() };
    assert_eq!(zero.check(&Linear { initial_scale: 0.0 }).unwrap_err().path, ["return-sd"]);
}

/// What is held out is predicted as well as by a long descent that stops early.
#[test]
fn held_out_answers_are_predicted_as_well_as_by_early_stopping() {
    let setting = setting();
    let exact = fitted(&Laplace::default(), 1);
    let options = Options { epochs: 60, learning_rate: 0.02, ..Options::default() };
    let stopped = with_task(&setting.sources[..1], &setting, 1, |task| {
        Map::default().infer(task, &options, None, &mut |_| {}).unwrap()
    });
    let (exact, stopped) = (exact.held_out.unwrap(), stopped.held_out.unwrap());
    assert!(exact > stopped - 0.01, "{exact} {stopped}");
    let place = Placement::single(Device::flex());
    let model: Box<dyn RewardModel> = fitted(&Laplace::default(), 2).model.frozen();
    let scorer = Scorer::new(model.as_ref(), &setting.features, Returns::Mean, &place);
    assert_eq!(scorer.returns(&[0, 1]).dims(), [2, 2]);
}
