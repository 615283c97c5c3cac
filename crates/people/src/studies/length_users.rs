//! What is gained over one reward where people differ in nothing but how long they like texts to be?
//!
//! The counts of the published split of TL;DR by length (P-RLHF; [`LengthCounts`]): seven workers always
//! prefer the longer summary and three the shorter. The only feature is the difference of lengths, standard
//! normal; comparisons are spread evenly over workers. A model of persons with one number each is right about
//! everybody, so that on such labels only what is gained over it shows that a model learns more.

use crate::{
    Binary, Hierarchical, Panel, PanelParts, PeopleError, PeopleModel, Pooled, Predictor,
    Statement, predict, score,
};
use medley_theory::LengthCounts;
use serde::Serialize;
use std::sync::Arc;

const LONGER: usize = 7;
const SHORTER: usize = 3;

/// Accuracies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LengthUsers {
    /// Ceiling of one reward in training.
    pub ceiling_train: f64,
    /// And in evaluation.
    pub ceiling_eval: f64,
    /// One reward in training.
    pub pooled_train: f64,
    /// And in evaluation.
    pub pooled_eval: f64,
    /// Hierarchical weights in evaluation.
    pub hierarchical_eval: f64,
}

/// Fits both models.
///
/// # Errors
/// None of the setting's.
pub fn length_users(seed: u64) -> Result<LengthUsers, PeopleError> {
    let mut rng = medley_random::stream(seed, "studies/length-users");
    let (mut items, mut statements, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    for counts in [LengthCounts::TRAIN, LengthCounts::EVAL] {
        let start = statements.len();
        let total = counts.longer + counts.shorter;
        for number in 0..total {
            let is_longer = number < counts.longer;
            let person = match is_longer {
                true => number as usize % LONGER,
                false => LONGER + (number - counts.longer) as usize % SHORTER,
            };
            let length = medley_random::normal(&mut rng);
            items.push(vec![length]);
            let answer = Arc::new(Binary { yes: f64::from(u8::from((length > 0.0) == is_longer)) });
            let predictors = vec![Predictor::of(items.len() - 1)];
            statements.push(Statement { person, predictors, answer });
        }
        parts.push((start..statements.len()).collect::<Vec<usize>>());
    }
    let people = LONGER + SHORTER;
    let features = vec!["length".to_owned()];
    let (train, eval) = (parts.remove(0), parts.remove(0));
    let panel =
        Panel::new(PanelParts { features, items, people, statements, ..PanelParts::default() })?;
    let right = |model: &dyn PeopleModel, some: &[usize]| -> Result<f64, PeopleError> {
        let fitted = model.fit(&panel, &train, seed)?;
        Ok(score(&predict(&*fitted, &panel, some)).map_or(f64::NAN, |found| found.accuracy))
    };
    let share = |c: LengthCounts| c.longer as f64 / (c.longer + c.shorter) as f64;
    Ok(LengthUsers {
        ceiling_train: share(LengthCounts::TRAIN),
        ceiling_eval: share(LengthCounts::EVAL),
        pooled_train: right(&Pooled::default(), &train)?,
        pooled_eval: right(&Pooled::default(), &eval)?,
        hierarchical_eval: right(&Hierarchical::default(), &eval)?,
    })
}
