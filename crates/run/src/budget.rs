//! Which statements may a run learn from?

use crate::fits::fits;
use crate::{BoundSource, Prepared, RunError};
use medley_evaluation::median;
use medley_plan::{
    AnswerBudget, Costs, CurveSpec, Cut, LabelBudget, Mix, Others, Plan, PlanError, Point,
    Protocol, QueryingSpec, RunPlan, RunSpec, TimeBudget, UnknownSeconds,
};
use medley_training::{Fit, Source, stream};
use rand::seq::SliceRandom;
use std::collections::{BTreeMap, BTreeSet};

impl Prepared {
    /// The sources of a mix with the statements that a run may learn from under its protocol.
    ///
    /// # Errors
    /// If nothing is left of a source, or what its statements cost is not known.
    pub(crate) fn learned(&self, run: &RunPlan, mix: &[String]) -> Result<Vec<Source>, RunError> {
        let LabelBudget { time, cut, answers, .. } = &run.spec.budget;
        let as_long = cut.as_ref().and_then(|cut| Some((cut, cut.costs.as_ref()?)));
        let chosen = match (time, as_long, answers) {
            (Some(time), ..) => self.within_time(time, mix, run.seed)?,
            (None, Some((cut, costs)), _) => self.as_long(cut, costs, mix, run.seed)?,
            (None, None, Some(answers)) => self.within_answers(answers, mix, run.seed),
            (None, None, None) => {
                let counts = self.budget(&run.spec, mix).into_iter();
                let choose = |(name, count): (String, usize)| {
                    let train = self.choose(&name, count, run.seed);
                    (name, train)
                };
                counts.map(choose).collect()
            }
        };
        let source = |(name, train): (String, Vec<usize>)| Source {
            train,
            ..self.sources[&name].named(&name)
        };
        let sources: Vec<Source> = chosen.into_iter().map(source).collect();
        match sources.iter().find(|source| source.train.is_empty()) {
            None => Ok(sources),
            Some(empty) => {
                let path: &[&str] = match (time, as_long, answers) {
                    (Some(_), ..) => &["ablation", "seconds"],
                    (None, Some(_), _) => &["ablation", "curve", "others"],
                    (None, None, Some(_)) => &["ablation", "total-answers"],
                    (None, None, None) => &["ablation", "labels"],
                };
                let (count, name) = (mix.len(), &empty.name);
                let message = format!("too few for {count} sources: none is left for `{name}`");
                Err(PlanError::spec(path, message).into())
            }
        }
    }

    /// The statements of so many answers of each source, drawn from `seed`: smaller budgets are prefixes
    /// of larger ones.
    fn within_answers(
        &self,
        budget: &AnswerBudget,
        mix: &[String],
        seed: u64,
    ) -> BTreeMap<String, Vec<usize>> {
        let orders: BTreeMap<&String, Vec<u32>> =
            mix.iter().map(|name| (name, self.answers_in_order(name, seed))).collect();
        let available = |name: &String| {
            let most = budget.most.get(name).copied().unwrap_or(usize::MAX);
            orders[name].len().min(most)
        };
        let counts = match budget.total {
            Some(total) => filled_shares(total, mix, available),
            None => mix.iter().map(|name| (name.clone(), available(name))).collect(),
        };
        let taken = |(name, count): (String, usize)| {
            let kept: BTreeSet<u32> = orders[&name].iter().take(count).copied().collect();
            let BoundSource { learnable, train, .. } = &self.sources[&name];
            let origins = &learnable.statements().origins;
            let of = |statement: &&usize| kept.contains(&origins[**statement].record);
            (name, train.iter().filter(of).copied().collect())
        };
        counts.into_iter().map(taken).collect()
    }

    /// Records of a source's training part in the order in which budgets take them.
    fn answers_in_order(&self, name: &str, seed: u64) -> Vec<u32> {
        let BoundSource { learnable, train, .. } = &self.sources[name];
        let origins = &learnable.statements().origins;
        let records: BTreeSet<u32> = train.iter().map(|&it| origins[it].record).collect();
        let mut all: Vec<u32> = records.into_iter().collect();
        all.shuffle(&mut stream(seed, &format!("answers/{name}")));
        all
    }

    /// Statements of each source, in the order in which budgets take them, until its even share of
    /// people's time is used up.
    fn within_time(
        &self,
        time: &TimeBudget,
        mix: &[String],
        seed: u64,
    ) -> Result<BTreeMap<String, Vec<usize>>, RunError> {
        let share = time.seconds / mix.len() as f64;
        let affordable =
            |name: &String| Ok((name.clone(), self.affordable(name, share, &time.costs, seed)?));
        mix.iter().map(affordable).collect()
    }

    /// Statements of a source, in the order in which budgets take them, until the time is used up.
    /// Rising.
    fn affordable(
        &self,
        name: &str,
        seconds: f64,
        costs: &Costs,
        seed: u64,
    ) -> Result<Vec<usize>, PlanError> {
        let costs = self.costs(name, costs)?;
        let mut left = seconds;
        let mut taken: Vec<usize> = self.in_order(name, seed);
        let affordable = taken.iter().take_while(|statement| {
            left -= costs[*statement];
            left >= -1e-9 * seconds
        });
        taken.truncate(affordable.count());
        taken.sort_unstable();
        Ok(taken)
    }

    /// Statements of the source that a cut counts out, and of each other source those that take as
    /// long.
    fn as_long(
        &self,
        cut: &Cut,
        costs: &Costs,
        mix: &[String],
        seed: u64,
    ) -> Result<BTreeMap<String, Vec<usize>>, RunError> {
        let count = cut.statements.unwrap_or(self.sources[&cut.source].train.len());
        let counted = self.choose(&cut.source, count, seed);
        let of_source = self.costs(&cut.source, costs)?;
        let seconds = counted.iter().map(|statement| of_source[statement]).sum();
        let of = |name: &String| {
            let taken = match *name == cut.source {
                true => counted.clone(),
                false => self.affordable(name, seconds, costs, seed)?,
            };
            Ok((name.clone(), taken))
        };
        mix.iter().map(of).collect()
    }

    /// Seconds that each statement of a source's training part took, or is said to cost. Statements
    /// of one record share its time.
    pub(crate) fn costs(
        &self,
        name: &str,
        costs: &Costs,
    ) -> Result<BTreeMap<usize, f64>, PlanError> {
        let source = &self.sources[name];
        if let Some(&cost) = costs.per_statement.get(name) {
            return Ok(source.train.iter().map(|&statement| (statement, cost)).collect());
        }
        let known = recorded(source);
        let missing = source.train.len() - known.len();
        let refused =
            |message: String| Err(PlanError::spec(&["ablation", "seconds-per-statement"], message));
        match (missing, costs.unknown, median(known.values().copied().collect())) {
            (0, ..) => Ok(known),
            (_, UnknownSeconds::Median, Some(median)) => {
                let all = source.train.iter();
                Ok(all
                    .map(|statement| (*statement, known.get(statement).copied().unwrap_or(median)))
                    .collect())
            }
            (_, UnknownSeconds::Error, Some(_)) => refused(format!(
                "{missing} of {} statements of `{name}` do not say how long they took; give their cost \
                 here, or take the median of the others (unknown-seconds = \"median\")",
                source.train.len()
            )),
            (_, _, None) => refused(format!(
                "no statement of `{name}` says how long it took; give the cost of one here"
            )),
        }
    }

    /// Refuses a number of labels for all mixes that some mix cannot fill: mixes would be compared
    /// on unequal numbers.
    pub(crate) fn check_labels(&self, plan: &Plan, split_seed: u64) -> Result<(), RunError> {
        let ablation = &plan.spec.ablation;
        let (Protocol::EqualLabels, Some(labels)) = (ablation.protocol, ablation.labels) else {
            return Ok(());
        };
        let refused =
            |message: String| Err(PlanError::spec(&["ablation", "labels"], message).into());
        let mut tightest: Option<(usize, String)> = None;
        for Point { mix: Mix { label, sources }, mixing, .. } in plan.spec.points()? {
            let names: Vec<&str> = sources.iter().map(String::as_str).collect();
            let fits = fits(mixing.as_ref(), &names)?;
            let learned = learned_from(&sources, &fits);
            // A run's own data has the sources of that run; the whole experiment's has all.
            if !learned.iter().all(|name| self.sources.contains_key(name)) {
                continue;
            }
            let fewest = learned.len();
            if labels < fewest {
                return refused(format!(
                    "at least {fewest} is needed, one for each source of the mix `{label}`, found \
                     {labels}"
                ));
            }
            let most = self.most_even(&learned);
            if tightest.as_ref().is_none_or(|(least, _)| most < *least) {
                tightest = Some((most, label));
            }
        }
        match tightest {
            Some((most, label)) if labels > most => refused(format!(
                "at most {most} is needed, found {labels}: the mix `{label}` has no more statements \
                 to share evenly under the split of seed {split_seed}"
            )),
            _ => Ok(()),
        }
    }

    /// Refuses a number of answers for all mixes that the data of some mix cannot fill. A mix whose
    /// sources are not to give as many has what they may give.
    pub(crate) fn check_answers(&self, plan: &Plan, split_seed: u64) -> Result<(), PlanError> {
        let Some(AnswerBudget { total: Some(total), most }) = plan.spec.ablation.answer_budget()
        else {
            return Ok(());
        };
        for Mix { label, sources } in plan.spec.mixes()? {
            // A run's own data has the sources of that run; the whole experiment's has all.
            if !sources.iter().all(|name| self.sources.contains_key(name)) {
                continue;
            }
            let allowed = |name: &String| most.get(name).copied().unwrap_or(total);
            let available = |name: &String| self.answers_in_order(name, 0).len().min(allowed(name));
            let (fewest, all) = (sources.len(), sources.iter().map(available).sum::<usize>());
            let wanted = sources.iter().map(allowed).sum::<usize>().min(total);
            let problem = match total {
                total if total < fewest => {
                    format!("at least {fewest} is needed, one for each source of the mix `{label}`")
                }
                _ if wanted > all => format!(
                    "at most {all} is needed: the mix `{label}` has no more answers in the training part \
                     under the split of seed {split_seed}"
                ),
                _ => continue,
            };
            let message = format!("{problem}, found {total}");
            return Err(PlanError::spec(&["ablation", "total-answers"], message));
        }
        Ok(())
    }

    /// Seconds that people took for what is learned from a source: as the run's budget of time counts
    /// them, or else as records say, if all do.
    pub(crate) fn seconds(&self, run: &RunPlan, learned: &Source) -> Option<f64> {
        let costs = match run.spec.budget.costs() {
            Some(costs) => self.costs(&learned.name, costs).ok()?,
            None => recorded(&self.sources[&learned.name]),
        };
        learned.train.iter().map(|statement| costs.get(statement)).sum()
    }

    /// Refuses a budget of time where what a statement of some source costs is not known.
    pub(crate) fn check_time(&self, plan: &Plan) -> Result<(), PlanError> {
        let ablation = &plan.spec.ablation;
        let is_curve = |curve: &CurveSpec| curve.others == Others::EqualSeconds;
        let asks = |querying: &QueryingSpec| {
            let mut rules = querying.strategies.values();
            querying.seconds.is_some() || rules.any(|rule| rule.needs().seconds)
        };
        let is_timed = ablation.time().is_some()
            || ablation.curve.as_ref().is_some_and(is_curve)
            || plan.spec.querying.as_ref().is_some_and(asks);
        if !is_timed {
            return Ok(());
        }
        let costs = ablation.costs();
        let mixes = plan.spec.mixes()?;
        let mixed: BTreeSet<&String> = mixes.iter().flat_map(|mix| &mix.sources).collect();
        for name in mixed.into_iter().filter(|name| self.sources.contains_key(*name)) {
            self.costs(name, &costs)?;
        }
        Ok(())
    }

    /// Refuses a point of a curve with more statements than its source has, or one whose source has
    /// no test part.
    pub(crate) fn check_curve(&self, plan: &Plan, split_seed: u64) -> Result<(), PlanError> {
        let Some(curve) = &plan.spec.ablation.curve else { return Ok(()) };
        let Some(source) = self.sources.get(&curve.source) else { return Ok(()) };
        let name = &curve.source;
        self.check_tested(name, &["ablation", "curve", "source"], split_seed)?;
        let refused = |key: &str, name: &str, (most, count): (usize, usize)| {
            let message = format!(
                "at most {most} is needed, found {count}: `{name}` has no more statements in the \
                 training part under the split of seed {split_seed}"
            );
            Err(PlanError::spec(&["ablation", "curve", key], message))
        };
        let most = source.train.len();
        if let Some(&count) = curve.statements.iter().find(|&&count| count > most) {
            return refused("statements", name, (most, count));
        }
        let Others::Count(count) = curve.others else { return Ok(()) };
        for Mix { sources, .. } in plan.spec.mixes()? {
            let others = sources.iter().filter(|other| *other != name);
            let mut fewer = others.filter_map(|other| {
                let most = self.sources.get(other)?.train.len();
                (most < count).then_some((other, most))
            });
            if let (true, Some((other, most))) = (sources.contains(name), fewer.next()) {
                return refused("others", other, (most, count));
            }
        }
        Ok(())
    }

    /// Number of statements of each source that a mix may learn from under a run's protocol.
    pub(crate) fn budget(&self, spec: &RunSpec, mix: &[String]) -> BTreeMap<String, usize> {
        let available = |source: &String| self.sources[source].train.len();
        if let Some(Cut { source, statements, others, .. }) = &spec.budget.cut {
            let wanted = statements.unwrap_or_else(|| available(source));
            let count = |name: &String| match (name == source, others) {
                (false, Others::All | Others::EqualSeconds) => available(name),
                (false, Others::Count(count)) => (*count).min(available(name)),
                (true, _) | (false, Others::Equal) => wanted.min(available(name)),
            };
            return mix.iter().map(|name| (name.clone(), count(name))).collect();
        }
        match spec.budget.protocol {
            Protocol::Fixed | Protocol::EqualAnswers | Protocol::EqualSeconds => {
                mix.iter().map(|s| (s.clone(), available(s))).collect()
            }
            Protocol::EqualLabels => {
                let total = spec.budget.labels.unwrap_or_else(|| self.largest_common(spec));
                even_shares(total, mix, available)
            }
        }
    }

    /// The first `count` statements of a source's training part in an order drawn from `seed`:
    /// smaller budgets are prefixes of larger ones. Rising.
    pub(crate) fn choose(&self, source: &str, count: usize, seed: u64) -> Vec<usize> {
        if count >= self.sources[source].train.len() {
            return self.sources[source].train.clone();
        }
        let mut all = self.in_order(source, seed);
        all.truncate(count);
        all.sort_unstable();
        all
    }

    /// A source's training part in the order in which budgets take it.
    fn in_order(&self, source: &str, seed: u64) -> Vec<usize> {
        let mut all = self.sources[source].train.clone();
        all.shuffle(&mut stream(seed, &format!("budget/{source}")));
        all
    }

    /// What a run may learn from of a source, in the order in which budgets take it: fewer statements
    /// are the first of more.
    pub(crate) fn nested(&self, learned: &Source, seed: u64) -> Vec<usize> {
        let mut all = self.in_order(&learned.name, seed);
        all.retain(|statement| learned.train.binary_search(statement).is_ok());
        all
    }

    /// Refuses a target of tuning that has no validation part: nothing could decide.
    pub(crate) fn check_tuning(&self, plan: &Plan, split_seed: u64) -> Result<(), PlanError> {
        let Some(target) = plan.spec.tuning_target()? else { return Ok(()) };
        // A run's own data has the sources of that run; the whole experiment's has all.
        match self.sources.get(&target) {
            Some(source) if source.validation.is_empty() => {
                let message = format!(
                    "the validation part of `{target}` decides, and it has no statement there under \
                     the split of seed {split_seed}; raise `dataset.split.validation`, or name another"
                );
                Err(PlanError::spec(&["tuning", "target"], message))
            }
            _ => Ok(()),
        }
    }

    /// The most statements that a mix can fill with even shares, of which the first sources take what
    /// does not divide.
    fn most_even(&self, mix: &[String]) -> usize {
        let available = |source: &String| self.sources[source].train.len();
        let least = mix.iter().map(available).min().unwrap_or(0);
        least * mix.len() + mix.iter().take_while(|source| available(source) > least).count()
    }

    /// The most statements that every compared mix can fill with shares that are all the same.
    fn largest_common(&self, spec: &RunSpec) -> usize {
        let filled = |mix: &Vec<String>| {
            let least = mix.iter().map(|source| self.sources[source].train.len()).min();
            least.unwrap_or(0) * mix.len()
        };
        spec.budget.compared.iter().map(filled).min().unwrap_or(0)
    }
}

/// Seconds that statements of a source's training part took, those whose records say so. Statements of
/// one record share its time.
fn recorded(source: &BoundSource) -> BTreeMap<usize, f64> {
    let origins = &source.learnable.statements().origins;
    let mut of_record: BTreeMap<u32, usize> = BTreeMap::new();
    origins.iter().for_each(|origin| *of_record.entry(origin.record).or_default() += 1);
    let cost = |&statement: &usize| {
        let origin = &origins[statement];
        let seconds = f64::from(origin.seconds?);
        Some((statement, seconds / of_record[&origin.record] as f64))
    };
    source.train.iter().filter_map(cost).collect()
}

/// Sources of a mix that some fit learns from: no other takes a share of the budget.
pub(crate) fn learned_from(mix: &[String], fits: &[Fit]) -> Vec<String> {
    let learned = |source: &&String| fits.iter().any(|fit| fit.sources.contains(source));
    mix.iter().filter(learned).cloned().collect()
}

/// `total` shared evenly; the first sources take what does not divide. A source that has too few
/// gives what it has, and the others do not make up for it.
fn even_shares(
    total: usize,
    mix: &[String],
    available: impl Fn(&String) -> usize,
) -> BTreeMap<String, usize> {
    let (share, rest) = (total / mix.len(), total % mix.len());
    mix.iter()
        .enumerate()
        .map(|(i, source)| {
            let wanted = share + usize::from(i < rest);
            (source.clone(), wanted.min(available(source)))
        })
        .collect()
}

/// The same where what a source cannot take falls to those that can, evenly.
fn filled_shares(
    total: usize,
    mix: &[String],
    available: impl Fn(&String) -> usize,
) -> BTreeMap<String, usize> {
    let mut shares: BTreeMap<String, usize> = mix.iter().map(|name| (name.clone(), 0)).collect();
    let mut left = total;
    while left > 0 {
        let room = |name: &String| available(name) - shares[name];
        let open: Vec<String> = mix.iter().filter(|name| room(name) > 0).cloned().collect();
        if open.is_empty() {
            break;
        }
        for (name, more) in even_shares(left, &open, room) {
            left -= more;
            *shares.entry(name).or_default() += more;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_source_cannot_take_falls_to_the_others() {
        let mix = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        let check = |total, expect: [usize; 3]| {
            let available = |source: &String| if source == "b" { 2 } else { 9 };
            let shares = filled_shares(total, &mix, available);
            assert_eq!(shares.into_values().collect::<Vec<_>>(), expect, "{total}");
        };
        check(5, [2, 2, 1]);
        check(12, [5, 2, 5]);
        check(20, [9, 2, 9]);
        check(99, [9, 2, 9]);
    }

    #[test]
    fn answers_are_counted_and_not_statements() {
        let corrections = ["corrections"];
        let three = "[ablation]\nanswers = { corrections = 3 }\n";
        let taken = sizes(three, &corrections).unwrap();
        assert_eq!(taken["corrections"], 3);
        let equal = "[ablation]\nprotocol = \"equal-answers\"\ntotal-answers = 12\n";
        let taken = sizes(equal, &["comparisons", "corrections"]).unwrap();
        assert_eq!(taken.into_values().collect::<Vec<_>>(), [6, 6]);
        let most = format!("{equal}answers = {{ corrections = 2 }}");
        let taken = sizes(&most, &["comparisons", "corrections"]).unwrap();
        assert_eq!(taken.into_values().collect::<Vec<_>>(), [10, 2]);
        let error = sizes(
            "[ablation]\nprotocol = \"equal-answers\"\ntotal-answers = 1000000\n",
            &corrections,
        );
        assert!(error.unwrap_err().contains("has no more answers"));
        // A cap of ours is no lack of data: the grids of MAVRL have at most 16 demonstrations of 128.
        let capped = format!("{equal}answers = {{ corrections = 2 }}");
        assert_eq!(sizes(&capped, &corrections).unwrap()["corrections"], 2);
        let both = "[ablation]\nprotocol = \"equal-answers\"\ntotal-answers = 1000000\n\
                    answers = { corrections = 999999 }";
        assert!(sizes(both, &corrections).unwrap_err().contains("has no more answers"));
    }

    #[test]
    fn shares_are_even_and_bounded() {
        let mix = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        let shares = even_shares(10, &mix, |source| if source == "b" { 2 } else { 100 });
        assert_eq!(shares.into_values().collect::<Vec<_>>(), [4, 2, 3]);
    }

    fn sizes(more: &str, mix: &[&str]) -> Result<BTreeMap<String, usize>, String> {
        let plan = crate::tests::plan(more);
        let run = plan.runs.last().unwrap();
        let prepared = Prepared::new(&plan, &plan.whole(0)).map_err(|e| e.to_string())?;
        let mix: Vec<String> = mix.iter().map(ToString::to_string).collect();
        let learned = prepared.learned(run, &mix).map_err(|error| error.to_string())?;
        Ok(learned.into_iter().map(|source| (source.name, source.train.len())).collect())
    }

    /// 1,000 s shared evenly: 500 s of comparisons at 10 s and of corrections at 25 s.
    #[test]
    fn time_is_shared_evenly_and_what_it_costs_is_known() {
        let both = ["comparisons", "corrections"];
        let equal = "[ablation]\nprotocol = \"equal-seconds\"\nseconds = 1000.0\n";
        let costs = "seconds-per-statement = { comparisons = 10.0, corrections = 25.0 }";
        let found = sizes(&format!("{equal}{costs}"), &both).unwrap();
        assert_eq!(found.into_values().collect::<Vec<_>>(), [50, 20]);
        let unknown = sizes(equal, &both).unwrap_err(); // by `Prepared::new`, before anything is trained
        assert!(
            unknown.contains("no statement of `comparisons` says how long it took"),
            "{unknown}"
        );
        let dear = sizes(
            &format!("{equal}seconds-per-statement = {{ comparisons = 600.0, corrections = 1.0 }}"),
            &both,
        );
        let dear = dear.unwrap_err();
        assert!(dear.contains("none is left for `comparisons`"), "{dear}");
    }

    /// 30 comparisons at 10 s take as long as 12 corrections at 25 s.
    #[test]
    fn a_point_of_a_curve_takes_as_long_of_the_others() {
        let both = ["comparisons", "corrections"];
        let curve = "[ablation]\ncurve = { source = \"comparisons\", statements = [30], all = false, \
                     others = \"equal-seconds\" }\n";
        let costs = "seconds-per-statement = { comparisons = 10.0, corrections = 25.0 }";
        let found = sizes(&format!("{curve}{costs}"), &both).unwrap();
        assert_eq!(found.into_values().collect::<Vec<_>>(), [30, 12]);
        let unknown = sizes(curve, &both).unwrap_err(); // before anything is trained
        assert!(
            unknown.contains("no statement of `comparisons` says how long it took"),
            "{unknown}"
        );
        let dear = sizes(&format!("{curve}{}", costs.replace("25.0", "301.0")), &both).unwrap_err();
        assert!(dear.contains("none is left for `corrections`"), "{dear}");
    }

    #[test]
    fn a_point_of_a_curve_takes_some_of_its_source_and_all_or_as_many_of_the_others() {
        let both = ["comparisons", "corrections"];
        let curve = |more: &str| {
            format!(
                "[ablation]\ncurve = {{ source = \"comparisons\", statements = [30], all = false{more} }}"
            )
        };
        let all = sizes(&curve(""), &both).unwrap();
        assert!(all["comparisons"] == 30 && all["corrections"] > 100, "{all:?}");
        let equal = sizes(&curve(", others = \"equal\""), &both).unwrap();
        assert_eq!(equal.into_values().collect::<Vec<_>>(), [30, 30]);
        let seven = sizes(&curve(", others = 7"), &both).unwrap();
        assert_eq!(seven.into_values().collect::<Vec<_>>(), [30, 7]);
        let beyond = sizes(&curve(", others = 30000"), &both).unwrap_err();
        assert!(beyond.contains("found 30000: `corrections` has no more statements"), "{beyond}");
        let beyond = curve("").replace("[30]", "[30, 30000]");
        let beyond = sizes(&beyond, &both).unwrap_err();
        assert!(beyond.contains("found 30000: `comparisons` has no more statements"), "{beyond}");
    }
}
