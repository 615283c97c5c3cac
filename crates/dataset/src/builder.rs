//! How a dataset is put together in memory, checked once when it is complete.

use crate::group::Group;
use crate::metadata::{MetadataRows, Unfit};
use crate::person_rows::PersonRows;
use crate::segment_row::SegmentRow;
use crate::sentence::step_sentences;
use crate::steps::{StepContent, StepTexts, Steps};
use crate::{Card, Dataset, DatasetError, Domain, Groups, MetadataValue, PersonValue};
use medley_feedback::{Checked, Record, SegmentId};
use std::ops::Range;

/// Collects groups, segments and records in any order; [`DatasetBuilder::build`] checks them.
///
/// ```
/// use medley_dataset::{Card, DatasetBuilder, Domain};
/// use medley_feedback::{Checked, Comparison};
/// let mut builder = DatasetBuilder::new(Card::new("tiny", Domain::Text));
/// builder.add_group("q", Some("Why?"), None);
/// builder.add_text("q/a", "q", "Because. It is so.");
/// builder.add_text("q/b", "q", "No.");
/// builder.insert(vec![Checked::new(Comparison::new("q/a".into(), "q/b".into(), 1.0))?]);
/// let dataset = builder.build()?;
/// assert_eq!(dataset.segments().steps(0), 0..2);
/// assert_eq!(dataset.records::<Comparison>()?.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct DatasetBuilder {
    card: Card,
    groups: Vec<Group>,
    segments: Vec<PendingSegment>,
    texts: Vec<String>,
    spans: Vec<Range<u32>>,
    values: Vec<f32>,
    rewards: Option<Vec<f64>>,
    people: PersonRows,
    metadata: Vec<(SegmentId, Vec<(String, MetadataValue)>)>,
    inserts: Vec<Insert>,
}

/// Puts records of a kind that the builder does not name into a dataset.
type Insert = Box<dyn FnOnce(&mut Dataset) -> Result<(), DatasetError>>;

/// A segment whose groups are still names.
struct PendingSegment {
    id: SegmentId,
    groups: Vec<String>,
    steps: Range<usize>,
    text: Option<String>,
}

impl DatasetBuilder {
    /// Starts from a card. For control its `features` name the columns of a row of steps.
    pub fn new(card: Card) -> Self {
        Self {
            card,
            groups: Vec::new(),
            segments: Vec::new(),
            texts: Vec::new(),
            spans: Vec::new(),
            values: Vec::new(),
            rewards: None,
            people: PersonRows::default(),
            metadata: Vec::new(),
            inserts: Vec::new(),
        }
    }

    /// The card, to be changed until the dataset is built.
    pub fn card(&mut self) -> &mut Card {
        &mut self.card
    }

    /// Adds a prompt or an episode.
    pub fn add_group(&mut self, id: &str, prompt: Option<&str>, context: Option<&str>) {
        let (prompt, context) = (prompt.map(str::to_owned), context.map(str::to_owned));
        self.groups.push(Group { id: id.to_owned(), prompt, context });
    }

    /// Adds a text, split into [`crate::sentences`]. A text without any word is one step.
    pub fn add_text(&mut self, id: &str, group: &str, text: &str) {
        let first = self.texts.len();
        for sentence in step_sentences(text) {
            self.texts.push(sentence.text.to_owned());
            self.spans.push(sentence.chars);
        }
        let steps = first..self.texts.len();
        let groups = vec![group.to_owned()];
        self.segments.push(PendingSegment {
            id: id.into(),
            groups,
            steps,
            text: Some(text.to_owned()),
        });
    }

    /// Adds steps, `[row, feature]` in the order of the card's features, and returns the row after
    /// the last.
    pub fn add_steps(&mut self, rows: &[f32]) -> usize {
        self.values.extend_from_slice(rows);
        self.values.len() / self.card.features.len().max(1)
    }

    /// Adds the true reward of further steps.
    pub fn add_rewards(&mut self, rewards: &[f64]) {
        self.rewards.get_or_insert_default().extend_from_slice(rewards);
    }

    /// Adds a window of `steps` rows as a segment of the groups that it overlaps.
    pub fn add_window(&mut self, id: &str, groups: &[&str], first_step: usize, steps: usize) {
        let groups = groups.iter().map(|&group| group.to_owned()).collect();
        let steps = first_step..first_step.saturating_add(steps);
        self.segments.push(PendingSegment { id: id.into(), groups, steps, text: None });
    }

    /// Adds what is known of a person. Whom a record names need not be added.
    ///
    /// ```
    /// # use medley_dataset::{Card, DatasetBuilder, Domain, PersonIndex};
    /// # let mut builder = DatasetBuilder::new(Card::new("tiny", Domain::Text));
    /// # builder.add_group("q", None, None);
    /// # builder.add_text("q/a", "q", "Because.");
    /// builder.add_person("w1", &[("country", "DE".into()), ("age", 31.0.into())]);
    /// let dataset = builder.build()?;
    /// let age = dataset.people().column("age").expect("it was added");
    /// assert_eq!(age.label(PersonIndex(0)).as_deref(), Some("31"));
    /// # Ok::<(), medley_dataset::DatasetError>(())
    /// ```
    pub fn add_person(&mut self, id: &str, attributes: &[(&str, PersonValue)]) {
        self.people.push(id, attributes.iter().cloned());
    }

    /// Adds what is known of a segment beside its content, such as the model that wrote it.
    ///
    /// ```
    /// # use medley_dataset::{Card, DatasetBuilder, Domain};
    /// # let mut builder = DatasetBuilder::new(Card::new("tiny", Domain::Text));
    /// # builder.add_group("q", None, None);
    /// # builder.add_text("q/a", "q", "Because.");
    /// builder.add_metadata("q/a", &[("model", "gpt-4".into())]);
    /// let dataset = builder.build()?;
    /// let model = dataset.segments().metadata().column("model").expect("it was added");
    /// assert_eq!(model.label(0).as_deref(), Some("gpt-4"));
    /// # Ok::<(), medley_dataset::DatasetError>(())
    /// ```
    pub fn add_metadata(&mut self, segment: &str, values: &[(&str, MetadataValue)]) {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        self.metadata.push((segment.into(), values.collect()));
    }

    /// Adds records.
    pub fn insert<R: Record>(&mut self, records: Vec<Checked<R>>) {
        self.inserts.push(Box::new(move |dataset| dataset.insert(records)));
    }

    /// Checks everything and makes the dataset.
    ///
    /// # Errors
    /// Names that are there twice, groups or segments that are not there, segments without a
    /// step, features or rewards that are not finite, records that point beyond their segment, a
    /// person who was added twice, or attributes of people or metadata of segments that are no
    /// column (docs/DATA.md).
    pub fn build(self) -> Result<Dataset, DatasetError> {
        let groups = Groups::new(self.groups)?;
        let rows = self.segments.into_iter().map(|segment| resolve(segment, &groups));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let content = match self.card.domain {
            Domain::Text => {
                let texts = StepTexts::Apart(self.texts);
                StepContent::Text { texts, spans: self.spans }
            }
            Domain::Control => {
                let names = self.card.features.clone();
                StepContent::Control { names, values: self.values.into() }
            }
        };
        let steps = Steps { content, rewards: self.rewards };
        let mut dataset = Dataset::new(self.card, groups, rows, steps)?;
        dataset.set_people(self.people.finish()?);
        describe(&mut dataset, &self.metadata)?;
        self.inserts.into_iter().try_for_each(|insert| insert(&mut dataset))?;
        Ok(dataset)
    }
}

fn describe(
    dataset: &mut Dataset,
    metadata: &[(SegmentId, Vec<(String, MetadataValue)>)],
) -> Result<(), DatasetError> {
    let mut rows = MetadataRows::default();
    for (segment, values) in metadata {
        let place = dataset.segments().index(segment).ok_or_else(|| DatasetError::Segment {
            segment: segment.clone(),
            field: "name",
            expected: "that of a segment, since it has metadata".into(),
            found: "none of that name".into(),
        })?;
        for (name, value) in values {
            rows.set(place, name, value).map_err(|unfit| Unfit::at(unfit, "segments", place))?;
        }
    }
    dataset.set_metadata(rows.finish(dataset.segments().len()));
    Ok(())
}

fn resolve(pending: PendingSegment, groups: &Groups) -> Result<SegmentRow, DatasetError> {
    let PendingSegment { id, groups: names, steps, text } = pending;
    let find = |name: &String| {
        groups.index(name).ok_or_else(|| DatasetError::Segment {
            segment: id.clone(),
            field: "group",
            expected: format!("one of the {} groups", groups.len()),
            found: format!("`{name}`"),
        })
    };
    let found = names.iter().map(find).collect::<Result<_, _>>()?;
    Ok(SegmentRow { groups: found, id, steps, text })
}
