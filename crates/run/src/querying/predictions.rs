//! What the model of a round predicts: for questions that were not asked, and for answers that were given.

use crate::RunError;
use crate::judge::Judge;
use crate::querying::pool::QuestionPool;
use crate::querying::rounds::Asking;
use crate::rewards::Rewards;
use medley_adapter::StepValues;
use medley_querying::{Kind, Predicted};
use medley_training::Source;
use std::collections::BTreeMap;

impl Asking<'_> {
    /// What each member predicts for the statements of each open question.
    ///
    /// # Errors
    /// A source cannot be predicted, or is predicted by no number.
    pub(super) fn predict(
        &self,
        pool: &QuestionPool,
        open: &[usize],
        rewards: &Rewards<'_>,
        learned: &[Source],
    ) -> Result<BTreeMap<usize, Vec<Predicted>>, RunError> {
        let mut found = BTreeMap::new();
        self.each(rewards, learned, |judge, number, source| {
            let is_own = |at: &&usize| pool.entries[**at].question.source == number;
            let own: Vec<usize> = open.iter().filter(is_own).copied().collect();
            if own.is_empty() {
                return Ok(());
            }
            let of = |&at: &usize| pool.entries[at].statements.clone();
            let statements: Vec<usize> = own.iter().flat_map(of).collect();
            let bound = &self.prepared.sources[&source.name];
            let logs = judge.predict(bound, &source.train, &statements);
            let logs = logs.ok_or_else(|| self.untold(source))?;
            if logs.iter().flatten().flatten().any(|log| log.is_nan()) {
                return Err(self.diverged(&source.name));
            }
            let mut logs = logs.iter();
            for at in own {
                let count = pool.entries[at].statements.len();
                let parts = logs.by_ref().take(count).map(|logs| Predicted::new(logs));
                found.insert(at, parts.collect());
            }
            Ok(())
        })?;
        match open.iter().find(|at| !found.contains_key(at)) {
            None => Ok(found),
            Some(&at) => {
                let name = &learned[pool.entries[at].question.source].name;
                let problem =
                    format!("sources oppose each other, so that no reward predicts `{name}`");
                Err(self.refused(&problem))
            }
        }
    }

    /// Puts into `kinds` how surprising the answers of each source are.
    ///
    /// # Errors
    /// A likelihood is not a number.
    pub(super) fn surprise(
        &self,
        kinds: &mut [Kind],
        rewards: &Rewards<'_>,
        learned: &[Source],
    ) -> Result<(), RunError> {
        self.each(rewards, learned, |judge, number, source| {
            let bound = &self.prepared.sources[&source.name];
            let surprise = judge.surprise(bound, &source.train);
            if surprise.is_some_and(f64::is_nan) {
                return Err(self.diverged(&source.name));
            }
            kinds[number].surprise = surprise;
            Ok(())
        })
    }

    /// Each source with its number and with what judges it; not those that no reward is for.
    fn each(
        &self,
        rewards: &Rewards<'_>,
        learned: &[Source],
        mut act: impl FnMut(&Judge<'_>, usize, &Source) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        let names: Vec<String> = learned.iter().map(|source| source.name.clone()).collect();
        for (model, names) in rewards.of(names) {
            let features = &self.prepared.features;
            let values = StepValues::compute(model.as_ref(), features, &self.place.inner());
            let judge = Judge::new(model.as_ref(), &values, &self.run.spec, self.place);
            for (number, source) in learned.iter().enumerate() {
                if names.contains(&source.name) {
                    act(&judge, number, source)?;
                }
            }
        }
        Ok(())
    }

    fn diverged(&self, source: &str) -> RunError {
        self.refused(&format!(
            "a predicted probability of `{source}` is not a number; if the model diverged, a smaller \
             learning rate may help"
        ))
    }
}
