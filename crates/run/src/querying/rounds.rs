//! Round by round: fit to what was asked so far, choose, ask.
//!
//! A round is a function of the run's spec and of what was asked before, so that a run that is resumed
//! asks the same. Response models for predicting answers are those that the run is judged with, fitted on
//! the validation part, which all strategies have alike and no budget counts.

use crate::bench::Bench;
use crate::fits::{Checkpoints, Mixed, Outcome, fit_all};
use crate::querying::pool::QuestionPool;
use crate::querying::record::{self, Round};
use crate::querying::rows;
use crate::rewards::Rewards;
use crate::{Judged, Prepared, RunError, RunFolder, judge_model};
use medley_plan::{Plan, PlanError, RunPlan, RunQuerying};
use medley_querying::{Left, Pool, Question};
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

/// Asks until the time is over or nothing is left that it is expected to be enough for. What is learned from
/// all that was asked is for the caller to fit and judge, as of any run.
///
/// # Errors
/// If the start is too large, a fit fails, or the questions of a source do not tell what the strategy
/// needs to know.
pub(crate) fn ask<'a>(
    asking: &'a Asking<'a>,
    tell: &mut dyn FnMut(Event),
) -> Result<Asked<'a>, RunError> {
    let Asking { run, querying, sources, .. } = *asking;
    asking.check_needs()?;
    let pool = QuestionPool::new(asking.prepared, sources, querying, run.seed)?;
    let mut asked = pool.start(sources, querying, run.seed)?;
    let mut found = Vec::new();
    for rounds in 0.. {
        let left = pool.left(querying, &asked).unwrap_or(Left::Questions(0));
        let open = pool.open(&asked, left, &pool.answering(querying, sources, &asked));
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
        let finished = pool.finished(left, &round.chosen);
        // A round that learned nothing more is the last one, whose rows come from what is judged in the end.
        if finished == 0 {
            return Ok(Asked { asking, pool, asked, rounds, rows: found });
        }
        let of = (rounds, asked.as_slice());
        found.extend(rows::rows((run, querying), (&pool, sources), of, &round.values)?);
        asked.extend(&round.chosen[..finished]);
        asked.sort_unstable();
        if finished < round.chosen.len() {
            return Ok(Asked { asking, pool, asked, rounds: rounds + 1, rows: found });
        }
    }
    Err(RunError::Broken { what: "rounds of questions", reason: "they never end".to_owned() })
}

impl Asking<'_> {
    /// Fits to what was asked, measures, and chooses among what is open.
    fn round(
        &self,
        pool: &QuestionPool,
        (round, left): (usize, Left),
        (asked, open): (&[usize], &[(usize, Question)]),
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
        let chosen = self.choose(pool, (round, left), (asked, open), (&rewards, &learned))?;
        Ok(Round { values: rows::values(&judged.measurements), chosen })
    }

    /// Which of what is open is asked next, by place in the pool.
    fn choose(
        &self,
        pool: &QuestionPool,
        (round, left): (usize, Left),
        (asked, open): (&[usize], &[(usize, Question)]),
        (rewards, learned): (&Rewards<'_>, &[Source]),
    ) -> Result<Vec<usize>, RunError> {
        let strategy = &self.querying.strategy;
        let places: Vec<usize> = open.iter().map(|(at, _)| *at).collect();
        let mut parts = match strategy.needs().predictions {
            true => self.predict(pool, &places, rewards, learned)?,
            false => BTreeMap::new(),
        };
        let mut kinds = pool.answering(self.querying, self.sources, asked).kinds();
        if strategy.needs().surprise {
            self.surprise(&mut kinds, rewards, learned)?;
        }
        let question = |(at, question): &(usize, Question)| Question {
            parts: parts.remove(at).unwrap_or_default(),
            ..question.clone()
        };
        let questions: Vec<Question> = open.iter().map(question).collect();
        let features: Vec<Vec<f64>> =
            asked.iter().map(|&at| pool.entries[at].question.features.clone()).collect();
        let batch = self.querying.batch;
        let choice = Pool { questions: &questions, asked: &features, kinds: &kinds, batch, left };
        let rng = &mut stream(self.run.seed, &format!("querying/{round}"));
        let chosen = strategy.choose(&choice, rng);
        choice.check(&chosen).map_err(|problem| self.refused(&problem))?;
        Ok(chosen.iter().map(|&at| places[at]).collect())
    }

    pub(super) fn refused(&self, message: &str) -> RunError {
        let RunQuerying { name, strategy, .. } = self.querying;
        let path = ["querying", "strategies", name, strategy.typetag_name()];
        PlanError::spec(&path, message).into()
    }
}
