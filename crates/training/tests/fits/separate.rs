//! Rewards of their own, and who predicts whom.

use crate::lab::{Lab, all_of};
use crate::setting::{setting, setting_of};
use medley_training::{CrossPrediction, Fitted, Laplace, Separate};

#[test]
fn no_source_changes_the_reward_of_another() {
    let (lab, setting) = (Lab::new(), setting());
    let both = lab.fit(&setting, &setting.sources, &Separate::default());
    for (number, fitted) in both.iter().enumerate() {
        let alone = lab.fit(&setting, &setting.sources[number..=number], &Separate::default());
        assert_eq!(alone[0].model.read(), fitted.model.read());
    }
}

#[test]
fn sources_that_agree_share_the_mean_of_their_rewards() {
    let (lab, setting) = (Lab::new(), setting());
    let (fitted, combination) = lab.combine(&setting, &Separate::default());
    combination.check(2).unwrap();
    assert_eq!(combination.of("careful"), Some(&[1.0, 0.0][..]));
    assert_eq!(combination.of("hasty"), Some(&[0.0, 1.0][..]));
    let shared = combination.of("nobody").unwrap();
    // Careful people say more, so that their reward is larger, and has the smaller weight.
    assert!(shared[0] > 0.0 && shared[1] > shared[0], "{shared:?}");
    let norm = |fitted: &Fitted| fitted.model.read().iter().map(|w| w * w).sum::<f64>().sqrt();
    let ratio = shared[0] * norm(&fitted[0]) / (shared[1] * norm(&fitted[1]));
    assert!((ratio - 1.0).abs() < 0.2, "{ratio}");
}

#[test]
fn sources_that_oppose_each_other_share_no_reward_unless_one_is_named() {
    let lab = Lab::new();
    let setting = setting_of([("careful", 2.0), ("contrary", -2.0)]);
    let (_, combination) = lab.combine(&setting, &Separate::default());
    assert_eq!(
        (combination.of("nobody"), combination.of("contrary")),
        (None, Some(&[0.0, 1.0][..]))
    );
    let named = Separate { target: Some("contrary".to_owned()) };
    let (_, combination) = lab.combine(&setting, &named);
    assert_eq!(combination.of("nobody"), Some(&[0.0, 1.0][..]));
}

#[test]
fn who_predicts_whom_is_seen_before_anything_is_mixed() {
    let (lab, alone, laplace) = (Lab::new(), Separate::default(), Laplace::default());
    let matrix = |people| {
        let setting = setting_of(people);
        let all = all_of(&setting.sources);
        let task = lab.task(&setting, &alone, &all, &setting.sources);
        let found = CrossPrediction::new(&task, &laplace, &lab.options).unwrap();
        let judged = found.judged(0, 1).judgements.len();
        // Comparisons of two groups that fall into different folds are in neither: about half.
        assert!((150..350).contains(&judged), "{judged}");
        assert_eq!(found.statements[1], judged);
        let matrix = found.matrix().into_iter().map(|row| row.into_iter().map(Option::unwrap));
        let matrix: Vec<Vec<f64>> = matrix.map(Iterator::collect).collect();
        (matrix, found.trust().is_split)
    };
    let (agree, is_split) = matrix([("careful", 2.0), ("hasty", 0.3)]);
    assert!(agree.iter().flatten().all(|&r| r > 0.2) && !is_split, "{agree:?}");
    assert!(agree[0][0] > 0.6, "{agree:?}");
    let (oppose, is_split) = matrix([("careful", 2.0), ("contrary", -2.0)]);
    assert!(oppose[0][1] < -0.6 && oppose[1][0] < -0.6 && is_split, "{oppose:?}");
    let (noise, is_split) = matrix([("careful", 2.0), ("guessing", 0.0)]);
    assert!(noise[0][1].abs() < 0.2 && !is_split, "{noise:?}");
}
