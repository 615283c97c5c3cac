//! Segments of text beside their sentences, as a folder has them: one shard of each table in memory.
//!
//! Folders are written with sentences in the order of their texts, so that both tables can be read side by
//! side. Where a folder is otherwise, or something in it is wrong, nothing is told here: whoever reads
//! the tables one after the other says what is the matter, with its place.

use super::columns::Columns;
use super::segment_metadata::read_metadata;
use crate::metadata::MetadataRows;
use crate::parquet::Cells;
use crate::shard::shards;
use crate::steps::places_within;
use crate::texts::Texts;
use crate::{Card, Names};
use std::ops::Range;
use std::path::Path;
use std::vec::IntoIter;

/// A text and its sentences.
pub(super) struct TextRow<'a> {
    pub id: &'a str,
    /// Names of the groups.
    pub groups: &'a [String],
    /// Rows of the step table.
    pub steps: Range<usize>,
    pub text: &'a str,
    /// Places of the sentences in Unicode scalar values.
    pub spans: &'a [Range<u32>],
    /// The same in bytes.
    pub bytes: &'a [Range<u32>],
}

/// Calls `take` for each segment, which says whether it is sound, and gathers what is known of them beside
/// their content; none unless all is sound.
pub(super) fn each_text(
    path: &Path,
    card: &Card,
    metadata: &mut MetadataRows,
    mut take: impl FnMut(TextRow<'_>) -> bool,
) -> Option<()> {
    let mut sentences = Sentences::new(path, card)?;
    let (mut spans, mut bytes) = (Vec::new(), Vec::new());
    let mut read = 0;
    for name in shards(path, "segments").ok()? {
        let mut table = Columns::read(path, &name, card).ok()?;
        let (ids, texts) = (texts(&mut table, "segment")?, texts(&mut table, "text")?);
        let (first, counts) = (whole(&mut table, "first_step")?, whole(&mut table, "steps")?);
        let Some(Cells::TextList(groups)) = table.take("groups") else { return None };
        read_metadata(&mut table, read, metadata).ok()?;
        read += ids.len();
        for row in 0..ids.len() {
            let (id, text) = (ids.get(row)?, texts.get(row)?);
            let (start, count) = (first[row]?, usize::try_from(counts[row]?).ok()?);
            if id.is_empty() || count == 0 || start != i64::try_from(sentences.read).ok()? {
                return None;
            }
            spans.clear();
            bytes.clear();
            let start = sentences.read;
            let mut place = Place::default();
            for _ in 0..count {
                let (sentence, span) = sentences.next()?;
                bytes.push(place.of(text, sentence, &span)?);
                spans.push(span);
            }
            let groups = groups[row].as_deref()?;
            let steps = start..sentences.read;
            if !take(TextRow { id, groups, steps, text, spans: &spans, bytes: &bytes }) {
                return None;
            }
        }
    }
    sentences.is_at_end().then_some(())
}

/// The names of all groups.
pub(super) fn group_names(path: &Path, card: &Card) -> Option<Names> {
    let mut names = Names::default();
    for name in shards(path, "groups").ok()? {
        let mut table = Columns::read(path, &name, card).ok()?;
        for id in texts(&mut table, "group")?.iter() {
            names.add(id?).ok()?;
        }
        let others = ["prompt", "context"].map(|name| table.take(name));
        let is_text =
            |cells: &Option<Cells>| matches!(cells, None | Some(Cells::Text(_) | Cells::Missing));
        others.iter().all(is_text).then_some(())?;
        table.finish("absent").ok()?;
    }
    Some(names)
}

fn texts(table: &mut Columns, name: &str) -> Option<Texts> {
    match table.take(name) {
        Some(Cells::Text(texts)) => Some(texts),
        _ => None,
    }
}

fn whole(table: &mut Columns, name: &str) -> Option<Vec<Option<i64>>> {
    match table.take(name) {
        Some(Cells::Integer(cells)) => Some(cells),
        _ => None,
    }
}

/// How far a text was read.
#[derive(Default)]
struct Place {
    chars: u32,
    bytes: usize,
}

impl Place {
    /// The bytes of the sentence at the next span of a text; none if another stands there.
    fn of(&mut self, text: &str, sentence: &str, span: &Range<u32>) -> Option<Range<u32>> {
        let rest = &text[self.bytes..];
        let skipped = span.start.checked_sub(self.chars)? as usize;
        let start = self.bytes + places_within(rest, skipped)?;
        let is_wordless = *span == (0..0) && text.trim().is_empty();
        let is_there = text[start..].starts_with(sentence)
            && (span.end > span.start || is_wordless)
            && sentence.chars().count() == (span.end - span.start) as usize;
        *self = Self { chars: span.end, bytes: start + sentence.len() };
        let bytes = u32::try_from(start).ok()?..u32::try_from(self.bytes).ok()?;
        is_there.then_some(bytes)
    }
}

/// The sentences of all texts, one after the other.
struct Sentences<'a> {
    path: &'a Path,
    card: &'a Card,
    shards: IntoIter<String>,
    texts: Texts,
    spans: Vec<Range<u32>>,
    /// Of this shard.
    next: usize,
    /// Of all.
    read: usize,
}

impl<'a> Sentences<'a> {
    fn new(path: &'a Path, card: &'a Card) -> Option<Self> {
        let shards = shards(path, "steps").ok()?.into_iter();
        let (texts, spans) = (Texts::default(), Vec::new());
        Some(Self { path, card, shards, texts, spans, next: 0, read: 0 })
    }

    fn next(&mut self) -> Option<(&str, Range<u32>)> {
        while self.next == self.texts.len() {
            self.load()?;
        }
        self.next += 1;
        self.read += 1;
        Some((self.texts.get(self.next - 1)?, self.spans[self.next - 1].clone()))
    }

    fn load(&mut self) -> Option<()> {
        let name = self.shards.next()?;
        let mut table = Columns::read(self.path, &name, self.card).ok()?;
        self.texts = texts(&mut table, "text")?;
        let first = table.counts::<u32>("first_char").ok()?;
        let end = table.counts::<u32>("end_char").ok()?;
        // A column of true rewards is for those who read all of the table.
        table.finish("absent").ok()?;
        self.spans = first.into_iter().zip(end).map(|(first, end)| first..end).collect();
        self.next = 0;
        Some(())
    }

    fn is_at_end(&mut self) -> bool {
        while self.next == self.texts.len() {
            if self.shards.len() == 0 {
                return true;
            }
            if self.load().is_none() {
                return false;
            }
        }
        false
    }
}
