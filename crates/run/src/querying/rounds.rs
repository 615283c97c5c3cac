//! Round by round: fit to what was asked so far, choose, ask.
//!
//! A round is a function of the run's spec and of what was asked before, so that a run that is resumed
//! asks the same. Response models for predicting answers are those that the run is judged with, fitted on
//! the validation part, which all strategies have alike and no budget counts.

use crate::bench::Bench;
use crate::fits::{Checkpoints, Mixed, Outcome, fit_all};
use crate::judge::Judge;
use crate::querying::pool::QuestionPool;
use crate::querying::record::{self, Round};
use crate::querying::rows;
use crate::rewards::Rewards;
use crate::{Judged, Prepared, RunError, RunFolder, judge_model};
use medley_adapter::StepValues;
use medley_plan::{Plan, PlanError, RunPlan, RunQuerying};
use medley_querying::{Left, Pool, Predicted, Question};
use medley_report::QueryingRow;
use medley_reward_model::Placement;
use medley_training::{Event, Fit, Source, stream};
use std::collections::BTreeMap;

/// A run that asks.
pub(crate) struct Asking<'a> {
    pub plan: &'a Plan,
    pub prepared: &'a Prepared,
    pub run: &'a RunPlan,
    pub querying: &'a RunQuerying,
    /// Names of the sources of the mix.
    pub names: &'a [&'a str],
    pub fits: &'a [Fit],
    /// The sources that some fit learns from, with all that could be asked.
    pub sources: &'a [Source],
    pub folder: &'a RunFolder,
    /// Least time between two checkpoints, in seconds.
    pub every: f64,
    pub place: &'a Placement,
}

/// What was asked when the budget was spent, and what rounds measured on the way.
pub(crate) struct Asked<'a> {
    asking: &'a Asking<'a>,
    pool: QuestionPool,
    /// By place in the pool, rising.
    asked: Vec<usize>,
    rounds: usize,
    rows: Vec<QueryingRow>,
}

impl Asked<'_> {
    /// The sources with what was asked.
    pub fn learned(&self) -> Vec<Source> {
        self.pool.learned(self.asking.sources, &self.asked)
    }

    /// The rows of all rounds, the last of which measured this.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn rows(mut self, last: &Judged) -> Result<Vec<QueryingRow>, RunError> {
        let values = rows::values(&last.measurements);
        let Asking { run, querying, sources, .. } = *self.asking;
        let of = (self.rounds, self.asked.as_slice());
        self.rows.extend(rows::rows((run, querying), (&self.pool, sources), of, &values)?);
        Ok(self.rows)
    }
}

/// Asks until nothing is left that can be afforded. What is learned from all that was asked is for the
/// caller to fit and judge, as of any run.
///
/// # Errors
/// If the start is too large, a fit fails, or the answers of a source cannot be predicted and the
/// strategy needs to know.
pub(crate) fn ask<'a>(
    asking: &'a Asking<'a>,
    tell: &mut dyn FnMut(Event),
) -> Result<Asked<'a>, RunError> {
    let Asking { run, querying, sources, .. } = *asking;
    let pool = QuestionPool::new(asking.prepared, sources, querying)?;
    let mut asked = pool.start(sources, querying, run.seed)?;
    let mut found = Vec::new();
    for rounds in 0.. {
        let left = pool.left(querying, &asked).unwrap_or(Left::Questions(0));
        let open = pool.open(&asked, left);
        if open.is_empty() {
            return Ok(Asked { asking, pool, asked, rounds, rows: found });
        }
        let folder = asking.folder.round_folder(rounds)?;
        let round = match record::read(&folder, &asked) {
            Some(round) => round,
            None => {
                let round = asking.round(&pool, (rounds, left), (&asked, &open), tell)?;
                record::write(&folder, &asked, &round)?;
                round
            }
        };
        found.extend(rows::rows(
            (run, querying),
            (&pool, sources),
            (rounds, &asked),
            &round.values,
        )?);
        asked.extend(&round.chosen);
        asked.sort_unstable();
    }
    Err(RunError::Broken { what: "rounds of questions", reason: "they never end".to_owned() })
}

impl Asking<'_> {
    /// Fits to what was asked, measures, and chooses among what is open.
    fn round(
        &self,
        pool: &QuestionPool,
        (round, left): (usize, Left),
        (asked, open): (&[usize], &[usize]),
        tell: &mut dyn FnMut(Event),
    ) -> Result<Round, RunError> {
        let folder = self.folder.round_folder(round)?;
        let of_fit = |fit: usize| {
            let path = folder.join(fit.to_string());
            std::fs::create_dir_all(&path)
                .map_err(|error| RunError::io("create", &path, error))
                .map(|()| path)
        };
        let checkpoints = Checkpoints { of: &of_fit, every: self.every };
        let learned = pool.learned(self.sources, asked);
        let mixed = Mixed { names: self.names, fits: self.fits, sources: &learned };
        let bench = Bench::new(self.prepared, self.run, self.place);
        let Outcome { fitted, combination, .. } = fit_all(&bench, &mixed, &checkpoints, tell)?;
        let rewards = Rewards { fitted: &fitted, combination: &combination };
        let Self { plan, prepared, run, place, .. } = *self;
        let judged = judge_model(plan, prepared, run, &rewards, &learned, None, place)?;
        let strategy = &self.querying.strategy;
        let mut parts = match strategy.needs().predictions {
            true => self.predict(pool, open, &rewards, &learned)?,
            false => BTreeMap::new(),
        };
        let question = |at: &usize| Question {
            parts: parts.remove(at).unwrap_or_default(),
            ..pool.entries[*at].question.clone()
        };
        let questions: Vec<Question> = open.iter().map(question).collect();
        let features: Vec<Vec<f64>> =
            asked.iter().map(|&at| pool.entries[at].question.features.clone()).collect();
        let batch = self.querying.batch;
        let choice = Pool { questions: &questions, asked: &features, batch, left };
        let rng = &mut stream(run.seed, &format!("querying/{round}"));
        let chosen: Vec<usize> = strategy.choose(&choice, rng).iter().map(|&at| open[at]).collect();
        if chosen.is_empty() {
            return Err(self.refused("it chose none of the questions that can be afforded"));
        }
        Ok(Round { values: rows::values(&judged.measurements), chosen })
    }

    /// What each member predicts for the statements of each open question.
    fn predict(
        &self,
        pool: &QuestionPool,
        open: &[usize],
        rewards: &Rewards<'_>,
        learned: &[Source],
    ) -> Result<BTreeMap<usize, Vec<Predicted>>, RunError> {
        let mut found = BTreeMap::new();
        let names: Vec<String> = learned.iter().map(|source| source.name.clone()).collect();
        for (model, names) in rewards.of(names) {
            let features = &self.prepared.features;
            let values = StepValues::compute(model.as_ref(), features, &self.place.inner());
            let judge = Judge::new(model.as_ref(), &values, &self.run.spec, self.place);
            for (number, source) in learned.iter().enumerate() {
                if !names.contains(&source.name) {
                    continue;
                }
                let is_own = |at: &&usize| pool.entries[**at].question.source == number;
                let own: Vec<usize> = open.iter().filter(is_own).copied().collect();
                let of = |&at: &usize| pool.entries[at].statements.clone();
                let statements: Vec<usize> = own.iter().flat_map(of).collect();
                let bound = &self.prepared.sources[&source.name];
                let logs = judge.predict(bound, &source.train, &statements);
                let logs = logs.ok_or_else(|| self.untold(&source.name))?;
                if logs.iter().flatten().flatten().any(|log| log.is_nan()) {
                    let problem = format!(
                        "a predicted probability of `{}` is not a number; if the model diverged, a \
                         smaller learning rate may help",
                        source.name
                    );
                    return Err(self.refused(&problem));
                }
                let mut logs = logs.iter();
                for at in own {
                    let count = pool.entries[at].statements.len();
                    let parts = logs.by_ref().take(count).map(|logs| Predicted::new(logs));
                    found.insert(at, parts.collect());
                }
            }
        }
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

    fn untold(&self, source: &str) -> RunError {
        self.refused(&format!(
            "it needs the probability of each answer before it is given, which the adapter of `{source}` \
             cannot tell: answers are numbers, or what is asked follows from an answer; expected other \
             sources, or `uniform` or `k-center`"
        ))
    }

    fn refused(&self, message: &str) -> RunError {
        let RunQuerying { name, strategy, .. } = self.querying;
        let path = ["querying", "strategies", name, strategy.typetag_name()];
        PlanError::spec(&path, message).into()
    }
}
