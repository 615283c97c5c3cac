//! What was chosen by looking at which part of the data?

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::page::Cover;
use crate::page::results::Block;
use crate::{MODEL, TuningOutcome, TuningRow};

/// Sentences of Markdown, one item each.
pub(crate) fn disclosure(cover: &Cover, tuning: &[TuningRow], blocks: &[Block<'_>]) -> Vec<String> {
    let mut told = tuned(tuning);
    if told.is_empty() {
        told.push(
            "No options were tuned by Medley: all runs have those that the file writes.".to_owned(),
        );
    }
    told.extend(cover.chosen.iter().cloned());
    let models = |block: &Block| block.rows.iter().filter(|row| row.estimator == MODEL).count();
    if let Some(most) = blocks.iter().map(models).max().filter(|most| *most > 1) {
        told.push(format!(
            "The best of up to {most} models that *In short* names was chosen by the same numbers on the test parts \
             that are printed for it: its mean is too high by what luck adds to the best of so many, and so is its \
             lead. Where a choice among mixes matters, it takes fresh data to say how good the chosen one is."
        ));
    }
    told
}

/// What was tried for a tuned mix.
#[derive(Default)]
struct Tried {
    candidates: BTreeSet<u64>,
    seeds: BTreeSet<u64>,
    failed: usize,
}

/// One sentence for each tuned mix and target.
fn tuned(rows: &[TuningRow]) -> Vec<String> {
    let mut of: BTreeMap<(&str, &str), Tried> = BTreeMap::new();
    for row in rows {
        let tried = of.entry((&row.mix, &row.target)).or_default();
        tried.candidates.insert(row.candidate);
        tried.seeds.insert(row.seed);
        tried.failed += usize::from(row.outcome == TuningOutcome::Failed);
    }
    of.into_iter().map(|((mix, target), tried)| sentence(mix, target, &tried)).collect()
}

fn sentence(mix: &str, target: &str, tried: &Tried) -> String {
    let failed = match tried.failed {
        0 => String::new(),
        failed => format!(" {failed} fits of candidates failed."),
    };
    format!(
        "**{mix}**: chosen among {} candidates by the log-likelihood of the validation part of {target}, for each \
         of {} seeds by itself; the test part had no say.{failed}",
        tried.candidates.len(),
        tried.seeds.len()
    )
}
