//! A Gaussian for each weight: where it is, how wide, and that the draws are of it.

use crate::lab::{Lab, all_of};
use crate::setting::{Setting, setting};
use medley_training::{
    Fitted, Inference, Joint, Laplace, Options, RationalityMode, Scale, StopReason, Variational,
};

const FIXED: Joint = Joint { rationality: RationalityMode::Fixed };

fn fitted(inference: &dyn Inference, setting: &Setting, members: usize) -> Fitted {
    let sources = &setting.sources[..1];
    let (lab, fit) = (Lab::of(members), all_of(sources));
    let task = lab.task(setting, &FIXED, &fit, sources);
    inference.infer(&task, &Options::default(), None, &mut |_| {}).unwrap()
}

/// Mean and standard deviation of each weight over members.
fn moments(fitted: &Fitted, members: usize) -> Vec<(f64, f64)> {
    let flat: Vec<f64> = fitted.model.read();
    let weights = flat.len() / members;
    let of = |weight: usize| {
        let values: Vec<f64> = (0..members).map(|m| flat[m * weights + weight]).collect();
        let mean = values.iter().sum::<f64>() / members as f64;
        let square: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        (mean, (square / (members - 1) as f64).sqrt())
    };
    (0..weights).map(of).collect()
}

fn fixed() -> Variational {
    Variational { learn_width: false, ..Variational::default() }
}

#[test]
fn it_is_where_laplace_is_and_no_wider() {
    let setting = setting();
    let members = 400;
    let laplace = Laplace { scale: Scale::Fixed, ..Laplace::default() };
    let exact = moments(&fitted(&laplace, &setting, members), members);
    let found = fitted(&fixed(), &setting, members);
    assert_eq!(found.reason, StopReason::Converged);
    for ((mean, sd), (expect, widest)) in moments(&found, members).into_iter().zip(exact) {
        // Means of 400 draws are known to a twentieth of a standard deviation.
        assert!((mean - expect).abs() < 0.3 * widest, "{mean} {expect} {widest}");
        // Precisions of a factorized Gaussian are those of the posterior's diagonal.
        assert!(sd < 1.1 * widest && sd > 0.7 * widest, "{sd} {widest}");
    }
}

#[test]
fn the_width_of_the_prior_is_learned() {
    let setting = setting();
    let narrow = Variational { return_sd: 0.01, learn_width: false, ..Variational::default() };
    let length = |fitted: &Fitted| fitted.model.read().iter().map(|w| w * w).sum::<f64>().sqrt();
    let held = length(&fitted(&narrow, &setting, 1));
    let freed = Variational { learn_width: true, ..narrow };
    let freed = length(&fitted(&freed, &setting, 1));
    let free = length(&fitted(&Variational::default(), &setting, 1));
    assert!(held < 0.5 * free && (freed / free - 1.0).abs() < 0.2, "{held} {freed} {free}");
}

#[test]
fn members_are_draws_and_the_same_each_time() {
    let setting = setting();
    let [two, four] = [2, 4].map(|members| fitted(&fixed(), &setting, members).model.read());
    assert_eq!(two[..], four[..two.len()]);
    assert_ne!(two[..two.len() / 2], two[two.len() / 2..]);
}
