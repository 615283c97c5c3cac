//! An export in progress: records with the texts that they are about, and what became of them.

use crate::messages::Message;
use crate::rendered::parse_rendered;
use crate::spoken::{self, Spoken};
use crate::{ExportError, ExportReport};
use medley_dataset::{Dataset, MetadataColumn, PersonColumn};
use medley_feedback::{Approval, Checked, Comparison, Provenance, Record, Role, SegmentId};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

/// Collects what an exporter writes, and counts what it cannot.
pub(crate) struct Export<'a> {
    dataset: &'a Dataset,
    pub report: ExportReport,
}

/// Responses to one prompt.
pub(crate) struct Responses<'a> {
    /// Name of the prompt.
    pub group: &'a str,
    pub prompt: Option<&'a str>,
    pub texts: Vec<&'a str>,
    has_context: bool,
}

impl<'a> Export<'a> {
    pub fn new(dataset: &'a Dataset) -> Self {
        Self { dataset, report: ExportReport::default() }
    }

    /// The records of a kind, none if the dataset has none; all other kinds are left out by
    /// [`Export::leave_out_other_kinds`].
    pub fn records<R: Record>(&self) -> Result<Arc<[Checked<R>]>, ExportError> {
        match self.dataset.kinds().contains(&R::KIND) {
            true => Ok(self.dataset.records()?),
            false => Ok(Arc::default()),
        }
    }

    /// Counts the records of all kinds but these, and what is known of people and of segments beside
    /// their texts, which no format holds.
    pub fn leave_out_other_kinds(&mut self, taken: &[&str]) {
        let attributes = self.dataset.people().columns().iter().filter(|it| it.name != "group");
        let known: usize = attributes.map(PersonColumn::known).sum();
        if known > 0 {
            let reason = "attribute of a person: the format has no such table".to_owned();
            *self.report.left_out.entry(reason).or_default() += known;
        }
        let columns = self.dataset.segments().metadata().columns();
        let known: usize = columns.iter().map(MetadataColumn::known).sum();
        if known > 0 {
            let reason = "metadata of a segment: the format has no field for it".to_owned();
            *self.report.left_out.entry(reason).or_default() += known;
        }
        for kind in self.dataset.kinds() {
            let count = self.dataset.count(kind);
            if !taken.contains(&kind) && count > 0 {
                let reason = format!("{kind}: the format has no such feedback");
                *self.report.left_out.entry(reason).or_default() += count;
            }
        }
    }

    /// Counts the record as left out.
    pub fn leave_out<R: Record>(&mut self, _: &R, reason: &str) {
        self.report.leave_out(format!("{}: {reason}", R::KIND));
    }

    /// The texts that the record is about, if all are responses to one prompt; else the record is
    /// counted as left out.
    pub fn responses<R: Record>(&mut self, record: &R) -> Option<Responses<'a>> {
        let (segments, groups) = (self.dataset.segments(), self.dataset.groups());
        let mut group = None;
        let mut texts = Vec::new();
        for id in record.segments() {
            // Records are checked against the dataset, so that the segment is there.
            let place = segments.index(id)?;
            let Some(text) = segments.text(place) else {
                self.leave_out(record, "a segment has no text");
                return None;
            };
            let of = segments.groups(place);
            if of.len() > 1 || *group.get_or_insert(of[0]) != of[0] {
                self.leave_out(record, "responses to several prompts");
                return None;
            }
            texts.push(text);
        }
        let group = group? as usize;
        Some(Responses {
            group: groups.id(group),
            prompt: groups.prompt(group),
            has_context: groups.context(group).is_some(),
            texts,
        })
    }

    /// Counts a record as written, and what the format has no place for.
    pub fn wrote<R: Record>(&mut self, record: &R, responses: &Responses<'_>, kept: &[&str]) {
        if responses.has_context {
            self.without("context of the prompt");
        }
        self.wrote_named(record, kept);
    }

    /// The same for a format that names segments and does not say their texts.
    pub fn wrote_named<R: Record>(&mut self, record: &R, kept: &[&str]) {
        self.report.wrote(R::KIND);
        for detail in details(record.provenance()) {
            if !kept.contains(&detail) {
                self.without(detail);
            }
        }
    }

    /// Counts a detail that was not written with a record.
    pub fn without(&mut self, detail: &str) {
        ExportReport::count(&mut self.report.without, detail);
    }

    /// Whether `first` is preferred, if the answer is one of the two; else it is left out.
    pub fn winner(&mut self, comparison: &Comparison) -> Option<bool> {
        match comparison.distribution() {
            [1.0, _, _] => Some(true),
            [_, _, 1.0] => Some(false),
            [_, 1.0, _] => {
                self.leave_out(comparison, "a tie");
                None
            }
            _ => {
                self.leave_out(comparison, "an answer that is shared among several");
                None
            }
        }
    }

    /// Strength and reason of a comparison, where the format has no place for them.
    pub fn without_strength_and_reason(&mut self, comparison: &Comparison) {
        if comparison.strength.is_some() {
            self.without("strength");
        }
        if comparison.reason.is_some() {
            self.without("reason");
        }
    }

    /// Whether it is a thumb up, if it is a thumb up or down; else it is left out.
    pub fn thumb(&mut self, approval: &Approval) -> Option<bool> {
        if approval.approval == 0.0 || approval.approval == 1.0 {
            return Some(approval.approval == 1.0);
        }
        self.leave_out(approval, "an approval that is shared among several");
        None
    }

    /// Writes the file and hands out the report.
    pub fn finish(self, path: &Path, bytes: &[u8]) -> Result<ExportReport, ExportError> {
        if self.report.written.is_empty() {
            let reason = |(reason, count): (&String, &usize)| format!("{count} {reason}");
            let reasons: Vec<String> = self.report.left_out.iter().map(reason).collect();
            let reasons =
                if reasons.is_empty() { "no feedback".into() } else { reasons.join("; ") };
            return Err(ExportError::Nothing { dataset: self.dataset.card.name.clone(), reasons });
        }
        medley_whole_file::write_named(path, bytes).map_err(ExportError::Write)?;
        Ok(self.report)
    }
}

/// What a provenance says.
fn details(provenance: &Provenance) -> Vec<&'static str> {
    let Provenance { annotator, group, seconds, votes, source, role } = provenance;
    let there = [
        ("annotator", annotator.is_some()),
        ("group of the annotator", group.is_some()),
        ("seconds", seconds.is_some()),
        ("votes", votes.is_some()),
        ("source", source.is_some()),
        ("role", *role != Role::default()),
    ];
    there.into_iter().filter_map(|(detail, is_there)| is_there.then_some(detail)).collect()
}

/// A prompt as messages: its turns if it is rendered messages, else one turn of the user.
pub(crate) fn prompt_messages(prompt: Option<&str>) -> Vec<Message> {
    let Some(prompt) = prompt else { return Vec::new() };
    parse_rendered(prompt).unwrap_or_else(|| vec![Message::new("user", prompt)])
}

/// A response as messages: its turns if it is rendered messages, else one turn of the assistant.
pub(crate) fn response_messages(text: &str) -> Value {
    json!(spoken::response_messages(text))
}

/// Whether a text, written as it stands, would be read as a conversation.
pub(crate) fn reads_as_messages(text: &str) -> bool {
    Spoken::is_said_by(text)
}

/// One value a line.
pub(crate) fn json_lines(values: impl IntoIterator<Item = Value>) -> Vec<u8> {
    let lines: Vec<String> = values.into_iter().map(|value| format!("{value}\n")).collect();
    lines.concat().into_bytes()
}

/// A note for formats that hold prompts as messages.
pub(crate) const PLAIN_PROMPTS: &str =
    "prompts are written as messages: one that is a plain text as a message of the user";

/// Prompts and responses of TRL, whose columns are all texts or all messages.
pub(crate) struct Columns {
    has_messages: bool,
}

impl Columns {
    /// Messages if some prompt or response is turns, else texts, which change nothing.
    pub fn of<'p>(rows: impl Iterator<Item = (Option<&'p str>, Vec<&'p str>)>) -> Self {
        let is_turns = |text: &&str| spoken::response_messages(text).len() > 1;
        let has_turns = |(prompt, responses): (Option<&str>, Vec<&str>)| {
            prompt.and_then(parse_rendered).is_some() || responses.iter().any(is_turns)
        };
        let mut rows = rows;
        Self { has_messages: rows.any(has_turns) }
    }

    pub fn prompt(&self, prompt: Option<&str>) -> Value {
        match self.has_messages {
            true => json!(prompt_messages(prompt)),
            false => json!(prompt.unwrap_or_default()),
        }
    }

    pub fn response(&self, text: &str) -> Value {
        if self.has_messages { response_messages(text) } else { json!(text) }
    }

    pub fn note(&self) -> &'static str {
        match self.has_messages {
            true => {
                "prompts and responses are written as messages: a prompt that is a plain text as a message \
                 of the user"
            }
            false => "prompts and responses are written as texts, which TRL joins as they stand",
        }
    }
}

/// The file as a table with a header.
pub(crate) fn table<const N: usize>(
    path: &Path,
    header: [&str; N],
    rows: Vec<[String; N]>,
) -> Result<Vec<u8>, ExportError> {
    let failed =
        |source| ExportError::Io { file: path.to_owned(), action: "make the table", source };
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(header).map_err(|error| failed(error.into()))?;
    for row in rows {
        table.write_record(row).map_err(|error| failed(error.into()))?;
    }
    table.into_inner().map_err(|error| failed(error.into_error()))
}

/// The name of a segment, for formats that only name them.
pub(crate) fn name(id: &SegmentId) -> String {
    id.0.clone()
}

/// A note for formats that only name segments.
pub(crate) const NAMES_ONLY: &str =
    "segments are written by name; their texts and prompts stay in the dataset";
