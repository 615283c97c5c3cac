//! Which remarks make which statements.
//!
//! A *review* is all that one person said about one segment (anonymous remarks on a segment are
//! one review). Its remarks are read so:
//!
//! | remark | statements |
//! |---|---|
//! | with a span (characters are mapped to the steps they touch) | marks these steps |
//! | neutral, without span: "reviewed" | says that unmarked steps were looked at |
//! | blame or praise without span, such as an omission | about the whole segment |
//!
//! A review with a span or a neutral remark speaks about every step: marked ones have the levels
//! of their marks, in equal shares if these differ; unmarked ones are neutral. If anyone in the
//! dataset remarks on whole segments, every review speaks about its segment as a whole: neutral,
//! unless it says otherwise. With `silence = "ignore"` only what is said is a statement.
//!
//! Statements fall into classes with cutpoints of their own: steps, whole segments, and with
//! `aspect-heads` one of either for each aspect. A class exists if a remark of it blames or
//! praises. Levels and classes are those of all parts, so that parts agree on them.

use crate::answer::aspects::head_of;
use crate::objective::origin::Counts;
use crate::{Asking, BindError, Critique, Origin, Query, Selection, Silence, Statements, Unit};
use medley_dataset::PersonIndex;
use medley_feedback::{self as feedback, Polarity, Severity};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A unit of a reviewed segment and what the reviewer said about it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Statement {
    pub segment: usize,
    /// None: the whole segment.
    pub steps: Option<Vec<u32>>,
    pub class: usize,
    /// Over the levels of the survey.
    pub shares: Vec<f64>,
}

/// What a class of statements is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Steps or spans, as to an aspect.
    Steps(Option<String>),
    /// Whole segments, as to an aspect.
    Whole(Option<String>),
}

impl Class {
    fn aspect(&self) -> Option<&str> {
        match self {
            Self::Steps(aspect) | Self::Whole(aspect) => aspect.as_deref(),
        }
    }

    fn name(&self) -> String {
        let about = if matches!(self, Self::Steps(_)) { "steps" } else { "segments" };
        self.aspect().map_or(about.to_owned(), |aspect| format!("{about} ({aspect})"))
    }
}

/// Levels and classes of a source.
#[derive(Clone, Debug)]
pub(super) struct Survey {
    options: Critique,
    /// Rising from blame (below 0) over neutral (0) to praise.
    pub levels: Vec<i8>,
    pub classes: Vec<Class>,
    /// Whether every review speaks of steps, if any does.
    is_uniform: bool,
}

impl Survey {
    /// Looks at all parts.
    ///
    /// # Errors
    /// If nothing is blamed or praised, or a remark lacks the severity that the options want.
    pub fn of(options: &Critique, selection: &Selection<'_>) -> Result<Self, BindError> {
        let (reviews, _) = reviews(options, selection)?;
        let remarks = || reviews.values().flat_map(|review| &review.remarks);
        let speaks = |remark: &&Remark| remark.level != 0 || remark.steps.is_some();
        let mut levels: BTreeSet<i8> = remarks().filter(speaks).map(|r| r.level).collect();
        if options.silence == Silence::Neutral {
            levels.insert(0);
        }
        let decided = remarks().filter(|remark| remark.level != 0);
        let classes: BTreeSet<Class> = decided.map(Remark::class).collect();
        let levels = levels.into_iter().collect();
        let speaks_of_steps = |class: &Class| matches!(class, Class::Steps(_));
        let is_uniform =
            !classes.iter().any(speaks_of_steps) || reviews.values().all(Review::looked);
        if classes.is_empty() {
            return Err(selection.unfit("no critique blames or praises anything"));
        }
        let classes = classes.into_iter().collect();
        Ok(Self { options: options.clone(), levels, classes, is_uniform })
    }

    /// Of reviews that nobody has written yet: each step of a segment is a statement about one aspect,
    /// neutral or, where silence says nothing, blamed.
    ///
    /// # Errors
    /// Units are spans, of which no likelihood says how they are chosen; or features of steps are missing.
    pub fn asked(
        options: &Critique,
        asking: &Asking<'_>,
    ) -> Result<(Self, Vec<Statement>, Vec<Origin>), BindError> {
        if options.unit == Unit::Span {
            return Err(asking.unfit(
                "`unit = \"span\"` cannot be simulated: the likelihood says how a span is judged and not \
                 which spans are marked. Use `unit = \"step\"`",
            ));
        }
        let most = if options.severity { 3 } else { 1 };
        let says = |&level: &i8| level != 0 || options.silence == Silence::Neutral;
        let levels: Vec<i8> = (-most..=most).filter(says).collect();
        let aspect = asking.form.aspect.clone().filter(|_| options.aspect_heads);
        let classes = vec![Class::Steps(aspect)];
        let survey = Self { options: options.clone(), levels, classes, is_uniform: true };
        let mut shares = vec![0.0; survey.levels.len()];
        shares[0] = 1.0;
        let (mut list, mut origins) = (Vec::new(), Vec::new());
        for origin in asking.origins(1..=1)? {
            let segment = origin.segments[0] as usize;
            asking.selection.check_steps(segment, "leave this source out")?;
            for step in 0..asking.selection.dataset.segments().steps(segment).len() {
                let (steps, shares) = (Some(vec![step as u32]), shares.clone());
                list.push(Statement { segment, steps, class: 0, shares });
                origins.push(origin.clone());
            }
        }
        Ok((survey, list, origins))
    }

    /// Whether a review speaks of every step, so that what is said decides how and not whether.
    pub fn is_about_everything(&self) -> bool {
        self.options.unit == Unit::Step
            && self.options.silence == Silence::Neutral
            && self.is_uniform
    }

    /// Refuses a class of which what may be fitted has one level only.
    ///
    /// # Errors
    /// If there is nothing to contrast the remarks of a class with.
    pub fn check_contrast<'a>(
        &self,
        selection: &Selection<'_>,
        fitted: impl Iterator<Item = &'a Statement>,
    ) -> Result<(), BindError> {
        for (mass, class) in self.mass(fitted).iter().zip(&self.classes) {
            let said: Vec<usize> = (0..mass.len()).filter(|&level| mass[level] > 0.0).collect();
            if let [only] = said[..] {
                return Err(selection.unfit(format!(
                    "all critiques of {} to learn from are {}: with nothing to contrast them with, \
                     the reward is unbounded. {}",
                    class.name(),
                    level_name(self.levels[only], self.options.severity),
                    self.contrast(self.levels[only])
                )));
            }
        }
        Ok(())
    }

    /// What is missing where all remarks of a class have this level.
    fn contrast(&self, level: i8) -> &'static str {
        match (level, self.options.silence) {
            (0, _) => {
                "Blame and praise are in held-out parts only: split in another way, or select \
                       other critiques."
            }
            (_, Silence::Ignore) => "Use `silence = \"neutral\"`.",
            (_, Silence::Neutral) => "No step or segment is left unmarked.",
        }
    }

    /// The statements, where they come from, and what was left out.
    pub fn statements(
        &self,
        selection: &Selection<'_>,
    ) -> Result<(Vec<Statement>, Statements), BindError> {
        let (reviews, dropped) = reviews(&self.options, selection)?;
        let mut statements = Statements { dropped, ..Statements::default() };
        let mut list = Vec::new();
        for review in reviews.values() {
            let before = list.len();
            for (class, about) in self.classes.iter().enumerate() {
                match about {
                    Class::Steps(_) => self.about_steps(review, class, &mut list),
                    Class::Whole(_) => self.about_whole(review, class, &mut list),
                }
            }
            let added = list.len() - before;
            statements.origins.extend(std::iter::repeat_n(&review.origin, added).cloned());
            if added == 0 {
                let reason = "say nothing about a step or a segment";
                *statements.dropped.entry(reason.to_owned()).or_default() += review.remarks.len();
            }
        }
        if list.is_empty() {
            return Err(selection.empty::<feedback::Critique>(&statements.dropped));
        }
        Ok((list, statements))
    }

    fn about_steps(&self, review: &Review, class: usize, statements: &mut Vec<Statement>) {
        if !review.looked() {
            return;
        }
        let marks: Vec<(&Range<usize>, i8)> = review
            .remarks
            .iter()
            .filter(|remark| remark.class() == self.classes[class])
            .filter_map(|remark| Some((remark.steps.as_ref()?, remark.level)))
            .collect();
        if self.options.unit == Unit::Span {
            statements.extend(marks.iter().map(|(steps, level)| {
                let steps = (*steps).clone().map(|step| step as u32).collect();
                self.statement(review, Some(steps), class, &[*level])
            }));
        }
        for step in 0..review.steps {
            let over = marks.iter().filter(|(steps, _)| steps.contains(&step));
            let levels: Vec<i8> = over.map(|(_, level)| *level).collect();
            let steps = Some(vec![step as u32]);
            match (levels.is_empty(), self.options.silence, self.options.unit) {
                (true, Silence::Neutral, _) => {
                    statements.push(self.statement(review, steps, class, &[0]));
                }
                (false, _, Unit::Step) => {
                    statements.push(self.statement(review, steps, class, &levels));
                }
                _ => {}
            }
        }
    }

    fn about_whole(&self, review: &Review, class: usize, statements: &mut Vec<Statement>) {
        let mut levels: Vec<i8> = review
            .remarks
            .iter()
            .filter(|remark| remark.level != 0 && remark.class() == self.classes[class])
            .map(|remark| remark.level)
            .collect();
        if levels.is_empty() && self.options.silence == Silence::Neutral {
            levels.push(0);
        }
        if !levels.is_empty() {
            statements.push(self.statement(review, None, class, &levels));
        }
    }

    /// A statement that shares one vote equally among `levels`.
    fn statement(
        &self,
        review: &Review,
        steps: Option<Vec<u32>>,
        class: usize,
        levels: &[i8],
    ) -> Statement {
        let mut shares = vec![0.0; self.levels.len()];
        for level in levels {
            let known = self.levels.binary_search(level).expect("levels are those of all parts");
            shares[known] += 1.0 / levels.len() as f64;
        }
        Statement { segment: review.origin.segments[0] as usize, steps, class, shares }
    }

    /// Votes, `[class][level]`.
    pub fn mass<'a>(&self, statements: impl Iterator<Item = &'a Statement>) -> Vec<Vec<f64>> {
        let mut mass = vec![vec![0.0; self.levels.len()]; self.classes.len()];
        for statement in statements {
            let row = mass[statement.class].iter_mut();
            row.zip(&statement.shares).for_each(|(sum, share)| *sum += share);
        }
        mass
    }

    pub fn class_names(&self) -> Vec<String> {
        self.classes.iter().map(Class::name).collect()
    }

    pub fn heads(&self, selection: &Selection<'_>) -> Result<Vec<Option<usize>>, BindError> {
        self.classes.iter().map(|class| head_of(selection, class.aspect())).collect()
    }

    /// Aspects that are blamed or praised, sorted.
    pub fn aspects(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self.classes.iter().filter_map(Class::aspect).collect();
        names.into_iter().map(str::to_owned).collect()
    }
}

/// The remarks of a review that found these levels at these steps: one for each step that is not
/// neutral, and one that says that all of them were looked at.
pub(super) fn review(
    asking: &Asking<'_>,
    query: &Query,
    severity: bool,
    said: &[(u32, i8)],
) -> Vec<feedback::Critique> {
    let remark = |polarity| feedback::Critique {
        aspect: asking.form.aspect.clone(),
        provenance: query.provenance.clone(),
        ..feedback::Critique::new(asking.id(query, 0), polarity)
    };
    if said.is_empty() {
        return Vec::new();
    }
    let marked = said.iter().filter(|(_, level)| *level != 0).map(|&(step, level)| {
        let polarity = if level < 0 { Polarity::Negative } else { Polarity::Positive };
        let graded = match level.unsigned_abs() {
            1 => Severity::Minor,
            2 => Severity::Major,
            _ => Severity::Critical,
        };
        feedback::Critique {
            first_step: Some(step),
            end_step: Some(step + 1),
            severity: severity.then_some(graded),
            ..remark(polarity)
        }
    });
    // What the whole review took is told once.
    let mut remarks: Vec<_> = std::iter::once(remark(Polarity::Neutral)).chain(marked).collect();
    remarks[1..].iter_mut().for_each(|remark| remark.provenance.seconds = None);
    remarks
}

/// Name of a level: its polarity, and its severity where that counts.
pub(super) fn level_name(level: i8, severity: bool) -> String {
    let polarity = match level {
        ..0 => "negative",
        0 => "neutral",
        1.. => "positive",
    };
    match (severity, level.unsigned_abs()) {
        (false, _) | (_, 0) => polarity.to_owned(),
        (true, 1) => format!("minor {polarity}"),
        (true, 2) => format!("major {polarity}"),
        (true, _) => format!("critical {polarity}"),
    }
}

/// All that one person said about one segment.
struct Review {
    /// Of its first remark, with the time of all.
    origin: Origin,
    steps: usize,
    remarks: Vec<Remark>,
}

impl Review {
    /// Whether it speaks of steps: a remark on some, or on nothing, says that all were looked at.
    fn looked(&self) -> bool {
        self.remarks.iter().any(|remark| remark.steps.is_some() || remark.level == 0)
    }
}

struct Remark {
    steps: Option<Range<usize>>,
    aspect: Option<String>, // none where aspects have no heads
    level: i8,
}

impl Remark {
    fn class(&self) -> Class {
        let aspect = self.aspect.clone();
        if self.steps.is_some() { Class::Steps(aspect) } else { Class::Whole(aspect) }
    }
}

type Reviews = BTreeMap<(u32, Option<PersonIndex>), Review>;

/// Reviews by segment and person.
fn reviews(options: &Critique, selection: &Selection<'_>) -> Result<(Reviews, Counts), BindError> {
    let records = selection.records::<feedback::Critique>()?;
    let (mut reviews, mut dropped) = (Reviews::new(), records.dropped.clone());
    for (record, origin) in records.iter() {
        let segment = origin.segments[0] as usize;
        let steps = match span(selection, record, segment) {
            Some(steps) if steps.is_empty() => {
                let reason = "mark characters that are in no step";
                *dropped.entry(reason.to_owned()).or_default() += 1;
                continue;
            }
            steps => steps,
        };
        if steps.is_some() {
            selection.check_steps(segment, "leave this source out")?;
        }
        let aspect = record.aspect.clone().filter(|_| options.aspect_heads);
        let remark = Remark { steps, aspect, level: level(options, selection, record)? };
        let review = reviews.entry((segment as u32, origin.person)).or_insert_with(|| Review {
            origin: Origin { seconds: None, ..origin.clone() },
            steps: selection.dataset.segments().steps(segment).len(),
            remarks: Vec::new(),
        });
        if let Some(seconds) = origin.seconds {
            *review.origin.seconds.get_or_insert_default() += seconds;
        }
        review.remarks.push(remark);
    }
    if reviews.is_empty() {
        return Err(selection.empty::<feedback::Critique>(&dropped));
    }
    Ok((reviews, dropped))
}

/// The marked steps; none if the remark has no span.
fn span(
    selection: &Selection<'_>,
    record: &feedback::Critique,
    segment: usize,
) -> Option<Range<usize>> {
    record.steps().or_else(|| {
        let chars = record.first_char?..record.end_char?;
        Some(selection.dataset.segments().steps_of_chars(segment, chars))
    })
}

fn level(
    options: &Critique,
    selection: &Selection<'_>,
    record: &feedback::Critique,
) -> Result<i8, BindError> {
    let sign = match record.polarity {
        Polarity::Negative => -1,
        Polarity::Neutral => return Ok(0),
        Polarity::Positive => 1,
    };
    match (options.severity, record.severity) {
        (false, _) => Ok(sign),
        (true, Some(Severity::Minor)) => Ok(sign),
        (true, Some(Severity::Major)) => Ok(2 * sign),
        (true, Some(Severity::Critical)) => Ok(3 * sign),
        (true, None) => Err(selection.unfit(format!(
            "`severity = true` needs a severity on all blame and praise; a critique of segment \
             `{}` has none",
            record.segment
        ))),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::Adapter;
    use crate::fixture::{World, by, checked, control};
    use medley_dataset::{Card, DatasetBuilder, Domain, Part, Partition};
    use medley_feedback::Critique as Record;

    pub fn blame(segment: &str) -> Record {
        Record::new(segment.into(), Polarity::Negative)
    }

    pub fn spanned(critique: Record, first: u32, end: u32) -> Record {
        Record { first_step: Some(first), end_step: Some(end), ..critique }
    }

    /// Segment `a` has x = 0.5, -1, 2, segment `b` 1.
    pub fn world(critiques: Vec<Record>) -> World {
        let mut builder = control(&[("a", "e", &[0.5, -1.0, 2.0]), ("b", "f", &[1.0])]);
        builder.insert(checked(critiques));
        World::new(builder)
    }

    /// `(segment, steps, class, shares)` of all statements.
    type Told = Vec<(usize, Option<Vec<u32>>, usize, Vec<f64>)>;

    fn told(world: &World, options: &Critique) -> Told {
        let survey = Survey::of(options, &world.selection()).unwrap();
        let (statements, _) = survey.statements(&world.selection()).unwrap();
        statements.into_iter().map(|s| (s.segment, s.steps, s.class, s.shares)).collect()
    }

    fn praise(segment: &str) -> Record {
        Record::new(segment.into(), Polarity::Positive)
    }

    #[test]
    fn marks_share_a_step_and_silence_is_neutral() {
        let world = world(vec![spanned(blame("a"), 0, 2), spanned(praise("a"), 1, 2)]);
        let step = |step: u32, shares: [f64; 3]| (0, Some(vec![step]), 0, shares.to_vec());
        let expected =
            vec![step(0, [1.0, 0.0, 0.0]), step(1, [0.5, 0.0, 0.5]), step(2, [0.0, 1.0, 0.0])];
        assert_eq!(told(&world, &Critique::default()), expected);
        // Without silence, neutral is no answer.
        let ignore = Critique { silence: Silence::Ignore, ..Critique::default() };
        let expected =
            vec![(0, Some(vec![0]), 0, vec![1.0, 0.0]), (0, Some(vec![1]), 0, vec![0.5, 0.5])];
        assert_eq!(told(&world, &ignore), expected);
    }

    #[test]
    fn spans_are_units() {
        let world = world(vec![spanned(blame("a"), 0, 2)]);
        let options = Critique { unit: Unit::Span, ..Critique::default() };
        let expected =
            vec![(0, Some(vec![0, 1]), 0, vec![1.0, 0.0]), (0, Some(vec![2]), 0, vec![0.0, 1.0])];
        assert_eq!(told(&world, &options), expected);
    }

    #[test]
    fn how_many_statements_a_review_makes_may_follow_from_what_it_says() {
        let check = |records: Vec<Record>, expect: bool| {
            let survey = Survey::of(&Critique::default(), &world(records).selection()).unwrap();
            assert_eq!(survey.is_about_everything(), expect);
        };
        let neutral = Record::new("b".into(), Polarity::Neutral);
        check(vec![spanned(blame("a"), 0, 2), neutral.clone()], true);
        check(vec![blame("a"), neutral], true);
        // Of `b` there is an omission only, and so nothing of its steps.
        check(vec![spanned(blame("a"), 0, 2), blame("b")], false);
    }

    #[test]
    fn omissions_say_nothing_about_steps() {
        // a: an omission only; b: looked at, and nothing found.
        let neutral = Record::new("b".into(), Polarity::Neutral);
        let omission_only = world(vec![blame("a"), neutral.clone()]);
        let whole = |segment, shares: [f64; 2]| (segment, None, 0, shares.to_vec());
        let expected = vec![whole(0, [1.0, 0.0]), whole(1, [0.0, 1.0])];
        assert_eq!(told(&omission_only, &Critique::default()), expected);
        // With a mark somewhere, b's step is a neutral statement, and a's steps are none.
        let other = Record { provenance: by("zoe"), ..spanned(blame("b"), 0, 1) };
        let marked = world(vec![blame("a"), neutral, other]);
        let step = |shares: [f64; 2]| (1, Some(vec![0]), 0, shares.to_vec());
        let whole = |segment, shares: [f64; 2]| (segment, None, 1, shares.to_vec());
        let expected = vec![
            whole(0, [1.0, 0.0]),
            step([0.0, 1.0]),
            whole(1, [0.0, 1.0]),
            step([1.0, 0.0]),
            whole(1, [0.0, 1.0]),
        ];
        assert_eq!(told(&marked, &Critique::default()), expected);
    }

    #[test]
    fn one_sided_critique_without_silence_is_refused() {
        let world = world(vec![spanned(blame("a"), 0, 2)]);
        let error = world.refusal(&Critique { silence: Silence::Ignore, ..Critique::default() });
        let expected = "all critiques of steps to learn from are negative";
        assert!(error.contains(expected), "{error}");
        assert!(error.contains("`silence = \"neutral\"`"), "{error}");
        let neutral = super::tests::world(vec![Record::new("a".into(), Polarity::Neutral)]);
        let error = neutral.refusal(&Critique::default());
        assert!(error.contains("no critique blames or praises"), "{error}");
    }

    #[test]
    fn blame_that_is_held_out_bounds_no_reward() {
        let neutral = Record::new("b".into(), Polarity::Neutral);
        let world = world(vec![spanned(blame("a"), 0, 2), neutral]);
        let bound = |parts: [Part; 2]| {
            let partition = Partition::Groups { parts: parts.to_vec(), units: vec![0, 1] };
            let selection = Selection { partition: Some(&partition), ..world.selection() };
            Critique::default().bind(&selection).map(drop).map_err(|error| error.to_string())
        };
        let error = bound([Part::Test, Part::Train]).unwrap_err();
        assert!(error.contains("all critiques of steps to learn from are neutral"), "{error}");
        assert!(error.contains("in held-out parts only"), "{error}");
        assert_eq!(bound([Part::Train, Part::Test]), Ok(()));
        assert_eq!(bound([Part::Test, Part::Validation]), Ok(())); // nothing is learned from it
    }

    #[test]
    fn severities_are_levels() {
        let graded = |severity| Record { severity: Some(severity), ..spanned(blame("a"), 0, 1) };
        let options = Critique { severity: true, ..Critique::default() };
        let both = world(vec![graded(Severity::Critical), graded(Severity::Minor)]);
        let expected = vec![0.5, 0.5, 0.0];
        assert_eq!(told(&both, &options)[0].3, expected);
        let survey = Survey::of(&options, &both.selection()).unwrap();
        let names: Vec<String> = survey.levels.iter().map(|&l| level_name(l, true)).collect();
        assert_eq!(names, ["critical negative", "minor negative", "neutral"]);
        let error = world(vec![spanned(blame("a"), 0, 1)]).refusal(&options);
        assert!(error.contains("a critique of segment `a` has none"), "{error}");
    }

    #[test]
    fn characters_are_mapped_to_steps() {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        builder.add_group("q", None, None);
        builder.add_text("a", "q", "One two. Three four. Five.");
        let chars =
            |first, end| Record { first_char: Some(first), end_char: Some(end), ..blame("a") };
        builder.insert(checked(vec![chars(10, 12), chars(8, 9)])); // "hr", and a space
        let world = World::with_features(builder.build().unwrap(), vec![0.0; 3]);
        let levels: Vec<f64> =
            told(&world, &Critique::default()).iter().map(|(.., shares)| shares[0]).collect();
        assert_eq!(levels, [0.0, 1.0, 0.0]);
        let objective = world.bind(&Critique::default());
        assert_eq!(objective.statements().dropped["mark characters that are in no step"], 1);
    }
}
