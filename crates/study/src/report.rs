//! What a study says, as text, tables and figures.

use crate::StudyError;
use crate::audit::{Subject, identified};
use crate::figures::figures;
use crate::study::Found;
use crate::tables::{audit_rows, choice_rows, served_rows};
use crate::{LEAST, StudySpec, Voices, Weights};
use medley_aggregation::Decision;
use medley_evaluation::people::Cell;
use medley_people::Number;
use medley_report::{PeopleRow, write_choices, write_people, write_served, write_whole};
use std::fmt::Write;
use std::path::{Path, PathBuf};

impl Found {
    /// Writes tables, summary and figures. Returns the summary and the files.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(
        &self,
        spec: &StudySpec,
        folder: &Path,
    ) -> Result<(String, Vec<PathBuf>), StudyError> {
        let [people, choices, served] =
            ["people.parquet", "choices.parquet", "served.parquet"].map(|name| folder.join(name));
        write_people(&people, &[self.rows.clone(), audit_rows(self, spec)].concat())?;
        let mut files = vec![people];
        if !self.choices.is_empty() {
            write_choices(&choices, &choice_rows(self, spec))?;
            write_served(&served, &served_rows(self, spec))?;
            files.extend([choices, served]);
        }
        let summary = self.summary(spec);
        let text = folder.join("summary.md");
        write_whole(&text, summary.as_bytes())?;
        files.push(text);
        for figure in figures(self, spec)? {
            files.extend(figure.save(&folder.join("figures"))?);
        }
        Ok((summary, files))
    }

    /// All that there is to say, as Markdown.
    pub fn summary(&self, spec: &StudySpec) -> String {
        let mut text = format!("# {}\n", spec.name);
        text += &self.composition(spec);
        text += &self.agreement();
        text += &self.models();
        text += &self.beyond_loss();
        text += &self.by_group();
        text += &self.chosen(spec);
        text += &self.losses();
        text += &self.flips();
        text += &self.disclosure(spec);
        text
    }

    /// Who gave the feedback.
    fn composition(&self, spec: &StudySpec) -> String {
        let panel = &self.told.panel;
        let mut text = format!(
            "\n## Who gave the feedback\n\n{} people, {} statements about {} items; {} learned from, {} \
             held out.\n",
            self.audit.heard,
            panel.statements().len(),
            self.told.items.len(),
            self.parts.train.len(),
            self.parts.test.len()
        );
        for (reason, count) in &self.told.left_out {
            let _ = writeln!(text, "Left out: {count}, {reason}.");
        }
        if self.groupings.is_empty() {
            return text;
        }
        text += "\n| column | group | people | share of people | share of statements | population |\n\
                 | --- | --- | --- | --- | --- | --- |\n";
        for grouping in &self.groupings {
            let mut said = vec![0; grouping.labels.len()];
            for (person, label) in grouping.of.iter().enumerate() {
                label.iter().for_each(|&label| said[label] += panel.said_by(person).len());
            }
            let known: usize = grouping.sizes.iter().sum();
            let statements: usize = said.iter().sum();
            for (label, name) in grouping.labels.iter().enumerate() {
                let people = grouping.sizes[label];
                let target =
                    spec.study.population.get(&grouping.column).and_then(|of| of.get(name));
                let target = target.map_or(String::new(), |share| format!("{share:.3}"));
                let (column, name) = (cell(&grouping.column), cell(name));
                let _ = match grouping.hidden[label] {
                    true => writeln!(text, "| {column} | {name} | hidden | | | {target} |"),
                    false => writeln!(
                        text,
                        "| {column} | {name} | {people} | {:.3} | {:.3} | {target} |",
                        people as f64 / known.max(1) as f64,
                        said[label] as f64 / statements.max(1) as f64
                    ),
                };
            }
        }
        for grouping in self.groupings.iter().filter(|grouping| grouping.derived) {
            let _ = writeln!(
                text,
                "`{}` was derived from these statements themselves: numbers by its groups are no evidence that \
                 such groups exist.",
                grouping.column
            );
        }
        text
    }

    /// How far people agree, with themselves and with each other.
    fn agreement(&self) -> String {
        let audit = &self.audit;
        let mut text = "\n## How far people agree\n\n".to_owned();
        let _ = writeln!(text, "{}", identified(audit));
        if audit.one_sided > 0 {
            let _ = writeln!(
                text,
                "{} people decided ten times or more, each time for the same side: they are kept, and say \
                 little.",
                audit.one_sided
            );
        }
        if let Some(ceiling) = &audit.ceiling {
            let _ = writeln!(
                text,
                "One reward for all can be right of {:.4} of {} votes on {} pairs at most ({:.4} by the majority \
                 of the others); its loss is at least {:.4} nats.",
                ceiling.accuracy.value,
                ceiling.votes,
                ceiling.pairs,
                ceiling.held_out,
                ceiling.nll.value
            );
        }
        if let Some(repeats) = &audit.repeats {
            let shared = repeats.shared.map_or(String::new(), |shared| {
                format!("; {:.0} % of what is repeatable is shared", 100.0 * shared.value)
            });
            let bound = repeats.bound.map_or(String::new(), |bound| {
                format!("; no model of persons can be right more often than {bound:.4}")
            });
            let _ = writeln!(
                text,
                "Asked again, people say the same as before in {:.4}, and the same as others in {:.4} of all \
                 cases{shared}{bound}.",
                repeats.within.value, repeats.between.value
            );
        }
        audit.subjects.iter().for_each(|subject| text += &agreement_on(subject));
        text
    }

    /// What models are worth beyond their loss.
    fn beyond_loss(&self) -> String {
        if self.model_audits.is_empty() {
            return String::new();
        }
        let mut text = "\n## What models explain\n\n\
                        | model | disagreement explained | above what one reward can reach | share error | \
                        calibration slope | loss of persons: tenth, median, ninetieth |\n\
                        | --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
        for audit in &self.model_audits {
            let number = |value: Option<f64>| {
                value
                    .filter(|value| value.is_finite())
                    .map_or("–".to_owned(), |value| format!("{value:.4}"))
            };
            let persons = audit.persons.map_or("–".to_owned(), |tails| {
                let [tenth, median, ninetieth] = tails.nll;
                format!("{tenth:.3}, {median:.3}, {ninetieth:.3}")
            });
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {persons} |",
                audit.model,
                audit.explained.map_or("–".to_owned(), |found| {
                    match found.has_interval() {
                        true => format!("{:.3} [{:.2}, {:.2}]", found.value, found.low, found.high),
                        false => format!("{:.3}", found.value),
                    }
                }),
                number(audit.gain),
                number(audit.shares.map(|shares| shares.error.value)),
                number(audit.slope)
            );
        }
        for audit in &self.model_audits {
            if let Some(parts) = &audit.variance {
                let _ = writeln!(
                    text,
                    "\n{}: of the variance of answers {:.0} % is between people ({:.1} % of that by what is known \
                     of them), the rest is one person's noise.",
                    audit.model,
                    100.0 * parts.between(),
                    100.0 * parts.explained().unwrap_or(0.0)
                );
            }
            if let Some(curve) = &audit.curve
                && let Some(half) = curve.labels_for_half
            {
                let _ = writeln!(
                    text,
                    "\n{}: half of what is gained about new people is known after {half:.1} answers; mean gain \
                     along the way {:.4} nats.",
                    audit.model,
                    curve.area.map_or(f64::NAN, |area| area.value)
                );
            }
        }
        text + "\n*Disagreement explained*: 0 for one view of all, 1 for the best model of this study on these same \
                answers. *Share \
                error*: squared error of predicted shares of people, less what chance adds.\n"
    }

    /// Where choices would change.
    fn flips(&self) -> String {
        if self.paths.is_empty() {
            return String::new();
        }
        let mut text = "\n## What would change the choice\n\n| rule | group | counts for | another choice at |\n\
                        | --- | --- | --- | --- |\n"
            .to_owned();
        for path in &self.paths {
            let flip = path.flip.map_or("no share".to_owned(), |flip| format!("{flip:.3}"));
            let (column, label) = &path.group;
            let _ = writeln!(
                text,
                "| {} | {column}: {label} | {:.3} | {flip} |",
                path.rule, path.share
            );
        }
        text
    }

    /// What has to be said beside every such number.
    fn disclosure(&self, spec: &StudySpec) -> String {
        let mut text = "\n## Disclosure\n\n".to_owned();
        let roles: Vec<String> =
            self.told.roles.iter().map(|(role, count)| format!("{role} {count}")).collect();
        let _ = writeln!(text, "- Role of the statements: {}.", roles.join(", "));
        let _ = writeln!(
            text,
            "- Composition: {}.",
            match spec.study.population.is_empty() {
                true => "no target population is stated; people are those who came",
                false => "held against the stated population above",
            }
        );
        let _ = writeln!(text, "- Identification: {}", identified(&self.audit));
        if spec.study.model.is_some() {
            text += "- Features are the last hidden layer of a trained network: statements that it was trained on \
                     are no evidence for anything said here.\n";
        }
        let unfinished: Vec<String> = self
            .outcomes
            .iter()
            .filter(|outcome| outcome.numbers.iter().any(Number::is_unfinished))
            .map(|outcome| format!("`{}`", outcome.model))
            .collect();
        if !unfinished.is_empty() {
            let _ = writeln!(
                text,
                "- Models that had come to no end when their steps did: {}; more `steps` may say something else.",
                unfinished.join(", ")
            );
        }
        let _ = writeln!(
            text,
            "- Groups: {} columns are reported on; with so many comparisons some differ by chance.",
            self.groupings.len()
        );
        if let Some(weights) = &spec.aggregation.weights {
            let _ = writeln!(
                text,
                "- A person counts for: {}.",
                match weights {
                    Weights::OnePersonOneVote => "one vote".to_owned(),
                    Weights::ByLabels => "as many statements as they made".to_owned(),
                    Weights::ByPopulation(column) =>
                        format!("their group's population share by `{column}`"),
                }
            );
        }
        if self.told.roles.contains_key("authority") {
            let _ = writeln!(
                text,
                "- Where people are the authority, what they disagree in is no error: a model of noise may say how \
                 sure somebody is, and never that they are wrong."
            );
        }
        text
    }

    fn models(&self) -> String {
        if self.outcomes.is_empty() {
            return "\n## Models\n\nNone is fitted (`[people]`). Where items are too many for a utility each, a study with \
                    features can (docs/WHOSE.md).\n"
                .to_owned();
        }
        let mut text = "\n## Noise, values, or both\n\nHeld out, in nats a statement; intervals by people.\n\n\
                        | model | labels known | negative log-likelihood | accuracy | statements | seconds |\n\
                        | --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
        for outcome in &self.outcomes {
            for &labels in outcome.predictions.keys() {
                let of = |metric: &str| self.row(&outcome.model, labels, None, metric);
                let (Some(nll), Some(accuracy)) = (of("negative-log-likelihood"), of("accuracy"))
                else {
                    continue;
                };
                let _ = writeln!(
                    text,
                    "| {} | {} | {} | {} | {} | {:.1} |",
                    outcome.model,
                    labels.map_or("all".to_owned(), |k| k.to_string()),
                    told(nll),
                    told(accuracy),
                    nll.statements,
                    outcome.seconds
                );
            }
        }
        text
    }

    /// What each rule chooses for all and would choose for one group alone.
    fn chosen(&self, spec: &StudySpec) -> String {
        let Some(electorate) = &self.electorate else { return String::new() };
        if self.choices.is_empty() {
            return String::new();
        }
        let voices = match &spec.aggregation.from {
            Voices::Said => "what people said of pairs".to_owned(),
            Voices::Model(name) => format!("what `people.{name}` believes of each person"),
        };
        let weights = match &spec.aggregation.weights {
            None | Some(Weights::OnePersonOneVote) => "one person, one vote".to_owned(),
            Some(Weights::ByLabels) => {
                "by labels: whoever answered more is heard more, which nobody decided".to_owned()
            }
            Some(Weights::ByPopulation(column)) => {
                format!("groups of `{column}` by their population shares")
            }
        };
        let by_groups = self.groupings.first().map_or(String::new(), |grouping| {
            format!(
                " Rules that go by groups go by `{}`, labels that are hidden taken together with others.",
                grouping.column
            )
        });
        let mut text = format!(
            "\n## What is chosen for all\n\nOut of {} options, by {voices}; {weights}.{by_groups}\n\n\
             | rule | for | people | chosen |\n| --- | --- | --- | --- |\n",
            electorate.options.len()
        );
        for choice in &self.choices {
            let whom = choice
                .group
                .as_ref()
                .map_or("everybody".to_owned(), |(column, label)| format!("{column}: {label}"));
            let chosen = match &choice.decision {
                Err(reason) => format!("no answer: {reason}"),
                Ok(None) => "hidden".to_owned(),
                Ok(Some(decision)) => self.chosen_by(&decision.chances(), 3, usize::MAX),
            };
            let _ = writeln!(text, "| {} | {whom} | {} | {chosen} |", choice.rule, choice.people);
        }
        text
    }

    /// The worst served group by each rule.
    fn losses(&self) -> String {
        if self.served.iter().all(|served| served.gap.is_none()) {
            return String::new();
        }
        let mut text = "\n## Whom it serves\n\nHow much less the choice for everybody is worth to a group than \
                        what is best for it.\n\n| rule | worst served | loss | best for it | all groups |\n\
                        | --- | --- | --- | --- | --- |\n"
            .to_owned();
        let mut rules: Vec<&String> = self.served.iter().map(|served| &served.rule).collect();
        rules.dedup();
        for rule in rules {
            let of = || self.served.iter().filter(|served| served.rule == *rule);
            let known = of().filter_map(|served| Some((served, served.gap?, served.best?)));
            let worst = known.clone().max_by(|a, b| a.1.total_cmp(&b.1));
            let Some((served, gap, best)) = worst else { continue };
            let each: Vec<String> = known
                .map(|(served, gap, _)| format!("{} {:.3}", served.group.1, gap.max(0.0)))
                .collect();
            let _ = writeln!(
                text,
                "| {rule} | {}: {} | {:.3} | {} | {} |",
                served.group.0,
                served.group.1,
                gap.max(0.0),
                self.option(best),
                each.join(", ")
            );
        }
        text
    }

    /// Name of an option.
    pub(crate) fn option(&self, option: usize) -> String {
        let item = self.electorate.as_ref().map(|electorate| electorate.options[option]);
        item.map_or(String::new(), |item| self.told.items[item].clone())
    }

    /// What was chosen in few words: one option, or the likeliest of a lottery.
    pub(crate) fn chosen_shortly(&self, decision: &Decision) -> String {
        self.chosen_by(&decision.chances(), 2, 3)
    }

    /// Options with a chance, the likeliest first: at most so many, to so many digits.
    fn chosen_by(&self, chances: &[f64], digits: usize, most: usize) -> String {
        let of = |option: &usize| format!("{} {:.digits$}", self.option(*option), chances[*option]);
        match likely(chances).as_slice() {
            [only] => self.option(*only),
            several => {
                let told: Vec<String> = several.iter().take(most).map(of).collect();
                told.join(", ") + if several.len() > most { ", .." } else { "" }
            }
        }
    }

    /// A number of a model: of all, or of a column and label.
    fn row(
        &self,
        model: &str,
        labels: Option<usize>,
        group: Option<(&String, &String)>,
        metric: &str,
    ) -> Option<&PeopleRow> {
        self.rows.iter().find(|row| {
            row.model == model
                && row.labels == labels.map(|k| k as u64)
                && row.column.as_ref().zip(row.group.as_ref()) == group
                && row.metric == metric
        })
    }

    fn by_group(&self) -> String {
        let mut text = String::new();
        if self.outcomes.is_empty() {
            return text;
        }
        for grouping in &self.groupings {
            let _ = write!(text, "\n## Held-out accuracy by {}\n\n| model |", grouping.column);
            grouping.labels.iter().for_each(|label| text += &format!(" {label} |"));
            text += "\n| --- |";
            grouping.labels.iter().for_each(|_| text += " --- |");
            text += "\n";
            for outcome in &self.outcomes {
                let labels = outcome.predictions.keys().next_back().copied().flatten();
                let _ = write!(text, "| {} |", outcome.model);
                for label in &grouping.labels {
                    let group = Some((&grouping.column, label));
                    let row = self.row(&outcome.model, labels, group, "accuracy");
                    let _ = write!(text, " {} |", row.map_or("–".to_owned(), told));
                }
                text += "\n";
            }
        }
        if !self.groupings.is_empty() {
            let _ = writeln!(text, "\nGroups of fewer than {LEAST} people are not shown.");
        }
        text
    }
}

/// How far everybody and each group agree on one subject.
fn agreement_on(subject: &Subject) -> String {
    let mut text = String::new();
    if let Some(alpha) = subject.alpha.filter(|alpha| alpha.is_finite()) {
        let level = if subject.is_ordinal { "ordinal" } else { "nominal" };
        let _ = writeln!(
            text,
            "\nKrippendorff's alpha of {} ({level}): {alpha:.4}.",
            cell(&subject.name)
        );
    }
    if subject.groups.is_empty() {
        return text;
    }
    text += "\n| group | people | agreement within | with the rest | within / with | p, adjusted |\n\
             | --- | --- | --- | --- | --- | --- |\n";
    for (column, label, of) in &subject.groups {
        let whom = cell(&format!("{column}: {label}"));
        let _ = match of {
            Cell::Shown(of) if of.irr.value.is_finite() && of.xrr.value.is_finite() => writeln!(
                text,
                "| {whom} | {} | {:.4} | {:.4} | {} | {:.3} |",
                of.people,
                of.irr.value,
                of.xrr.value,
                of.gai.map_or("–".to_owned(), |gai| format!("{gai:.3}")),
                of.adjusted
            ),
            Cell::Shown(of) => writeln!(text, "| {whom} | {} | – | – | – | |", of.people),
            Cell::Hidden { .. } => writeln!(text, "| {whom} | | hidden | hidden | hidden | |"),
        };
    }
    text
}

/// A text that does not end its cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

/// Options with a chance, the likeliest first.
fn likely(chances: &[f64]) -> Vec<usize> {
    let mut options: Vec<usize> = (0..chances.len()).filter(|&i| chances[i] > 1e-9).collect();
    options.sort_by(|&a, &b| chances[b].total_cmp(&chances[a]));
    options
}

fn told(row: &PeopleRow) -> String {
    match (row.value, row.low, row.high) {
        (Some(value), Some(low), Some(high)) => format!("{value:.4} [{low:.3}, {high:.3}]"),
        (Some(value), ..) => format!("{value:.4}"),
        (None, ..) => format!("hidden ({} people)", row.people),
    }
}
