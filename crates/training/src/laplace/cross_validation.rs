//! Which widths of the prior predict held-out statements best?

use super::finish::{at, each_source, log_likelihood};
use super::fit::{LinearFit, mode};
use super::scale::Scale;
use super::width::Width;
use crate::folds::{Cut, Folds};
use crate::{HeldOutTerm, Source, Target, Task};

/// Multiples of the width by the evidence that are tried. The first stands where nothing can be held
/// out, and where no other is better.
const MULTIPLES: [f64; 5] = [1.0, 2.0, 0.5, 0.25, 0.125];

/// Folds.
const FOLDS: usize = 5;

/// The multiples of `sds`, `[block]`, under which what `scale` holds out is the most likely: block by
/// block, the one of most features first, the others where they are by then.
pub(super) fn best_widths(fit: &LinearFit<'_>, sds: Vec<f64>, scale: Scale) -> Vec<f64> {
    let cuts = match scale {
        Scale::Evidence | Scale::Fixed => Vec::new(),
        Scale::CrossValidation => folds(fit.exact),
        Scale::Validation => vec![fit.exact.sources.to_vec()],
    };
    let mut order: Vec<usize> = (0..sds.len()).collect();
    order.sort_by_key(|&block| std::cmp::Reverse(fit.blocks[block].len()));
    order.into_iter().fold(sds, |sds, block| {
        let tried = MULTIPLES.map(|multiple| {
            let mut sds = sds.clone();
            sds[block] *= multiple;
            sds
        });
        best(&tried, &scores(fit, &tried, &cuts))
    })
}

/// The first of those that score highest; the first of all if nothing could be held out.
fn best(tried: &[Vec<f64>], scores: &[Option<f64>]) -> Vec<f64> {
    let mut best = (&tried[0], scores[0]);
    for (sds, &score) in tried.iter().zip(scores).skip(1) {
        if let (Some(known), Some(found)) = (best.1, score)
            && found > known
        {
            best = (sds, score);
        }
    }
    best.0.clone()
}

/// Log-likelihood and number of held-out statements of each source under some widths.
type Sums = Vec<(f64, usize)>;

/// The sources of a task in folds of clusters, what is held out as their validation part. A fold that
/// leaves some source nothing to learn from says nothing about this mix.
fn folds(task: &Task<'_>) -> Vec<Vec<Source>> {
    let folds = Folds::new(task.sources, FOLDS, task.seed);
    let cut = |source: &Source, fold: usize| {
        let Cut { train, held_out } = folds.cut(source, fold);
        Source { train, validation: held_out, ..source.clone() }
    };
    let of = |fold: usize| task.sources.iter().map(|source| cut(source, fold)).collect();
    let all = (0..folds.count()).map(of);
    all.filter(|of: &Vec<Source>| of.iter().all(|source| !source.train.is_empty())).collect()
}

/// Score of what all cuts hold out under each of some widths, sources weighed by the mixing; none if
/// nothing could be held out.
fn scores(fit: &LinearFit<'_>, tried: &[Vec<f64>], cuts: &[Vec<Source>]) -> Vec<Option<f64>> {
    let mut sums: Vec<Sums> = vec![vec![(0.0, 0); fit.exact.sources.len()]; tried.len()];
    for cut in cuts.iter().filter(|cut| cut.iter().any(|source| !source.validation.is_empty())) {
        add_cut(fit, cut, tried, &mut sums);
    }
    sums.iter().map(|sums| score(fit.exact, sums)).collect()
}

/// Adds the fits to what a cut leaves to learn from, judged on what it holds out.
fn add_cut(fit: &LinearFit<'_>, cut: &[Source], tried: &[Vec<f64>], sums: &mut [Sums]) {
    let task = Task { sources: cut, ..*fit.exact };
    let mut target = Target::new(&task, 1.0);
    let mut theta = fit.theta.clone();
    for (sds, sums) in tried.iter().zip(sums) {
        target.set_prior(&fit.of_weights(sds));
        mode(&mut target, &mut theta, &fit.free, fit.nearby(&Width::Independent(sds.clone())));
        let mut sums = sums.iter_mut();
        let (model, learner) = at(&task, &theta);
        each_source(&task, model.as_ref(), &learner, |source, scorer, response| {
            if let Some((sum, count)) = sums.next() {
                let statements = &source.validation;
                *sum += log_likelihood(source, scorer, response, statements);
                *count += statements.len();
            }
        });
    }
}

fn score(task: &Task<'_>, sums: &Sums) -> Option<f64> {
    let counted = task.sources.iter().zip(sums).filter(|(_, (_, count))| *count > 0);
    let term = |(source, (sum, count)): (_, &(f64, usize))| {
        let Source { name, train, .. }: &Source = source;
        HeldOutTerm { source: name, statements: train.len(), log_likelihood: sum / *count as f64 }
    };
    let terms: Vec<HeldOutTerm<'_>> = counted.map(term).collect();
    (!terms.is_empty()).then(|| task.mixing.held_out(&terms))
}
