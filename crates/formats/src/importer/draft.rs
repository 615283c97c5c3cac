//! What one row adds to a dataset, held back until the whole row has proved sound.

use crate::importer::drafted::{Drafted, Named};
use crate::importer::people::NewPerson;
use crate::{Aside, ImportError, Place, Written, person};
use medley_dataset::{
    DatasetError, DatasetWriter, ImportReport, MetadataValue, Names, PersonValue,
    changed_sentences, sentences,
};
use medley_feedback::{Checked, Correction, Provenance, Record, SegmentId};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

/// Groups, segments and records of one row.
///
/// Where a source names its prompts and responses, use [`Draft::named_group`] and
/// [`Draft::named_text`]. Where it only repeats their text, [`Draft::group`] and [`Draft::text`]
/// give the same text the same name, so that repeated judgements of one response are seen as such.
pub struct Draft<'a> {
    place: &'a Place,
    known: &'a Known,
    parts: Parts,
    /// What the row tells of without a question: the group of it, and the one of an earlier row that
    /// it turned out to be.
    unasked: Option<String>,
    home: Option<String>,
    /// Whether a text without a word is kept.
    keeps_empty: bool,
}

/// What a draft holds.
#[derive(Default)]
pub(crate) struct Parts {
    pub groups: Drafted<NewGroup>,
    pub texts: Drafted<NewText>,
    pub features: Vec<String>,
    /// `[row, feature]`
    pub steps: Vec<f32>,
    pub step_count: usize,
    pub rewards: Vec<f64>,
    pub windows: Vec<NewWindow>,
    pub people: Vec<NewPerson>,
    pub records: Vec<Box<dyn Pour>>,
    pub report: ImportReport,
    /// Records of the kind, counted here while the row has no other.
    pub counted: Option<(&'static str, usize)>,
}

pub(crate) struct NewGroup {
    pub id: String,
    /// Whether nothing was asked in it, and no name was given.
    is_unasked: bool,
    pub prompt: Option<String>,
    pub context: Option<String>,
    print: u64,
}

pub(crate) struct NewText {
    pub id: SegmentId,
    pub group: String,
    pub text: String,
    /// Columns of the segment table.
    pub metadata: Vec<(String, MetadataValue)>,
    print: u64,
}

impl Named for NewGroup {
    fn name(&self) -> &str {
        &self.id
    }

    fn print(&self) -> u64 {
        self.print
    }

    fn group(&self) -> &str {
        &self.id
    }
}

impl Named for NewText {
    fn name(&self) -> &str {
        &self.id.0
    }

    fn print(&self) -> u64 {
        self.print
    }

    fn group(&self) -> &str {
        &self.group
    }
}

pub(crate) struct NewWindow {
    pub id: SegmentId,
    pub groups: Vec<String>,
    pub rows: Range<usize>,
}

/// Names and fingerprints of what earlier rows added.
#[derive(Default)]
pub(crate) struct Known {
    groups: Names,
    /// Fingerprint of prompt and context of each group.
    group_prints: Vec<u64>,
    /// Unnamed texts in each group.
    unnamed: Vec<u32>,
    /// The first group of a fingerprint.
    group_of: Prints,
    segments: Names,
    /// Fingerprint of group and text of each segment.
    segment_prints: Vec<u64>,
    /// The first segment of a fingerprint.
    segment_of: Prints,
    /// Groups in which nothing was asked, by the fingerprint of each of their texts.
    unasked: Prints,
    /// The same groups.
    unasked_groups: HashSet<u32>,
    features: Vec<String>,
    steps: usize,
}

/// Positions by fingerprints.
type Prints = hashbrown::HashMap<u64, u32>;

/// The text, if it says anything.
fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

fn print(parts: impl Hash) -> u64 {
    // The keys of `DefaultHasher::new` are fixed, so names do not depend on the process.
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// The fingerprint of a text in a group; of one that nothing else is known of, its own.
fn print_text(group: &str, written: &Written<'_>) -> u64 {
    match written.metadata.is_empty() {
        true => print((group, &*written.text)),
        false => print((group, &*written.text, "by", written.labels())),
    }
}

impl Known {
    pub fn group_count(&self) -> usize {
        self.groups.len()
    }

    pub fn segment_count(&self) -> usize {
        self.segments.len()
    }

    pub fn learn(&mut self, parts: &Parts) {
        for group in parts.groups.iter() {
            let place = self.learn_group(&group.id, group.print);
            self.group_of.entry(group.print).or_insert(place as u32);
            if group.is_unasked {
                self.unasked_groups.insert(place as u32);
            }
        }
        for text in parts.texts.iter() {
            if let Some(group) = self.groups.find(&text.group) {
                let place = group as u32;
                if self.unasked_groups.contains(&place) {
                    self.unasked.entry(print(&text.text)).or_insert(place);
                }
                self.unnamed[group] += 1;
            }
            let place = self.learn_segment(&text.id.0, text.print);
            self.segment_of.entry(text.print).or_insert(place as u32);
        }
        for window in &parts.windows {
            self.learn_segment(&window.id.0, print((&window.groups, window.rows.start)));
        }
        if !parts.features.is_empty() {
            self.features.clone_from(&parts.features);
        }
        self.steps += parts.step_count;
    }

    fn learn_group(&mut self, id: &str, print: u64) -> usize {
        match self.groups.add(id) {
            Ok(place) => {
                self.group_prints.push(print);
                self.unnamed.push(0);
                place
            }
            Err(known) => {
                self.group_prints[known] = print;
                known
            }
        }
    }

    fn learn_segment(&mut self, id: &str, print: u64) -> usize {
        match self.segments.add(id) {
            Ok(place) => {
                self.segment_prints.push(print);
                place
            }
            Err(known) => {
                self.segment_prints[known] = print;
                known
            }
        }
    }

    /// The group of a fingerprint.
    fn group_of(&self, print: u64) -> Option<&str> {
        self.group_of.get(&print).map(|&place| self.groups.get(place as usize))
    }

    /// The segment of a fingerprint.
    fn segment_of(&self, print: u64) -> Option<SegmentId> {
        let place = *self.segment_of.get(&print)?;
        Some(self.segments.get(place as usize).into())
    }
}

impl<'a> Draft<'a> {
    pub(crate) fn new(place: &'a Place, known: &'a Known) -> Self {
        let (unasked, home, keeps_empty) = (None, None, false);
        Self { place, known, parts: Parts::default(), unasked, home, keeps_empty }
    }

    /// From here on, texts without a word are kept.
    pub fn keep_empty(&mut self) {
        self.keeps_empty = true;
    }

    /// Whether texts without a word are kept.
    pub fn keeps_empty(&self) -> bool {
        self.keeps_empty
    }

    /// Whether a text cannot be kept since there is no word in it.
    pub fn lacks_text(&self, text: &str) -> bool {
        !self.keeps_empty && text.trim().is_empty()
    }

    pub(crate) fn into_parts(self) -> Parts {
        self.parts
    }

    /// Where the row stands.
    pub fn place(&self) -> &Place {
        self.place
    }

    /// The prompt or episode of this content; a new one, `g000000` and on, unless it is known. Where
    /// nothing was asked, the row has a group of its own: what nobody asked together is not one
    /// prompt. If its first text is known from another row of this kind, the group is that row's, so
    /// that repeated judgements of one text are about one segment. A blank text is none.
    pub fn group(&mut self, prompt: Option<&str>, context: Option<&str>) -> String {
        let (prompt, context) = (filled(prompt), filled(context));
        if (prompt, context) == (None, None) {
            return self.unasked_group();
        }
        let print = print((prompt, context));
        let drafted = self.parts.groups.printed(print);
        let known = drafted.map(|group| &*group.id).or_else(|| self.known.group_of(print));
        if let Some(id) = known {
            return id.to_owned();
        }
        let id = self.free_name();
        self.add_group(id, prompt, context, print)
    }

    fn unasked_group(&mut self) -> String {
        if let Some(id) = self.home.as_ref().or(self.unasked.as_ref()) {
            return id.clone();
        }
        let id = self.free_name();
        self.add_group(id.clone(), None, None, print(("unasked", &id)));
        if let Some(group) = self.parts.groups.last_mut() {
            group.is_unasked = true;
        }
        self.unasked = Some(id.clone());
        id
    }

    /// The group that a text of `group` goes to: another one if nothing was asked and the text, the
    /// first of the row, is known.
    fn home(&mut self, group: &str, text: &str) -> String {
        if self.unasked.as_deref() != Some(group) {
            return group.to_owned();
        }
        let is_empty = self.parts.texts.count_in(group) == 0;
        if self.home.is_none() && is_empty {
            let home = self.known.unasked.get(&print(text));
            self.home = home.map(|&place| self.known.groups.get(place as usize).to_owned());
            if self.home.is_some() {
                self.parts.groups.remove(group);
            }
        }
        self.home.clone().unwrap_or_else(|| group.to_owned())
    }

    /// `g000000` and on.
    fn free_name(&self) -> String {
        let is_free = |id: &String| {
            self.known.groups.find(id).is_none() && self.parts.groups.named(id).is_none()
        };
        let first = self.known.groups.len() + self.parts.groups.len();
        let mut names = (first..).map(|number| format!("g{number:06}"));
        names.find(is_free).unwrap_or_default()
    }

    /// The prompt or episode of this name; a new one unless it is known.
    ///
    /// # Errors
    /// The name is known with another content.
    pub fn named_group(
        &mut self,
        id: &str,
        prompt: Option<&str>,
        context: Option<&str>,
    ) -> Result<String, ImportError> {
        if id.is_empty() {
            return Err(self.place.wrong("name of a prompt or episode", "a name", "an empty text"));
        }
        let (prompt, context) = (filled(prompt), filled(context));
        let print = print((prompt, context));
        let drafted = self.parts.groups.named(id);
        let known = || self.known.groups.find(id).map(|place| self.known.group_prints[place]);
        match drafted.map(|group| group.print).or_else(known) {
            Some(known) if known == print => Ok(id.to_owned()),
            Some(_) => {
                let found = "it with another text";
                Err(self.place.wrong("prompt", format!("the one that `{id}` had before"), found))
            }
            None => Ok(self.add_group(id.to_owned(), prompt, context, print)),
        }
    }

    fn add_group(
        &mut self,
        id: String,
        prompt: Option<&str>,
        context: Option<&str>,
        print: u64,
    ) -> String {
        let (prompt, context) = (prompt.map(str::to_owned), context.map(str::to_owned));
        let group = NewGroup { id: id.clone(), is_unasked: false, prompt, context, print };
        self.parts.groups.push(group);
        id
    }

    /// The segment with this text in this group; a new one, `<group>/0` and on, unless it is known. The
    /// same text with other metadata is another segment.
    ///
    /// # Errors
    /// The text is empty or white space, and such texts are not kept.
    pub fn text<'t>(
        &mut self,
        group: &str,
        text: impl Into<Written<'t>>,
    ) -> Result<SegmentId, ImportError> {
        let written = text.into();
        let group = &*self.home(group, &written.text);
        let print = print_text(group, &written);
        let drafted = self.parts.texts.printed(print);
        let known = drafted.map(|text| text.id.clone()).or_else(|| self.known.segment_of(print));
        match known {
            Some(id) => Ok(id),
            None => self.add_text(self.next_name(group), group, written, print),
        }
    }

    /// Two responses in the order given. Where both have the same text, by the same model as far as is
    /// known, the second is a segment of its own, so that the pair is kept and can be seen to be
    /// identical.
    ///
    /// # Errors
    /// As [`Draft::text`].
    pub fn pair<'t>(
        &mut self,
        group: &str,
        one: impl Into<Written<'t>>,
        other: impl Into<Written<'t>>,
    ) -> Result<(SegmentId, SegmentId), ImportError> {
        let (one, other) = (one.into(), other.into());
        let are_twins = one == other;
        let first = self.text(group, one)?;
        let second = match are_twins {
            true => self.twin(group, other, 1)?,
            false => self.text(group, other)?,
        };
        Ok((first, second))
    }

    /// Several responses in the order given; each repetition of a text is a segment of its own, as
    /// in [`Draft::pair`].
    ///
    /// # Errors
    /// As [`Draft::text`].
    pub fn texts<'t>(
        &mut self,
        group: &str,
        texts: &[impl Into<Written<'t>> + Clone],
    ) -> Result<Vec<SegmentId>, ImportError> {
        let mut ids = Vec::with_capacity(texts.len());
        let mut seen: HashMap<u64, usize> = HashMap::new();
        for text in texts {
            let written: Written<'t> = text.clone().into();
            let before = seen.entry(print_text(group, &written)).or_default();
            ids.push(match *before {
                0 => self.text(group, written)?,
                before => self.twin(group, written, before)?,
            });
            *before += 1;
        }
        Ok(ids)
    }

    /// The segment of a text that stands for the second time (`before` = 1) or later.
    fn twin(
        &mut self,
        group: &str,
        written: Written<'_>,
        before: usize,
    ) -> Result<SegmentId, ImportError> {
        let group = &*self.home(group, &written.text);
        let print = match written.metadata.is_empty() {
            true => print((group, &*written.text, "twin", before)),
            false => print((group, &*written.text, "twin", before, written.labels())),
        };
        let drafted = self.parts.texts.printed(print);
        let known = drafted.map(|text| text.id.clone()).or_else(|| self.known.segment_of(print));
        match known {
            Some(id) => Ok(id),
            None => self.add_text(self.next_name(group), group, written, print),
        }
    }

    /// The segment of this name; a new one unless it is known.
    ///
    /// # Errors
    /// The text is empty and such texts are not kept, or the name is known with another text, with
    /// other metadata or in another group.
    pub fn named_text<'t>(
        &mut self,
        id: &str,
        group: &str,
        text: impl Into<Written<'t>>,
    ) -> Result<SegmentId, ImportError> {
        let written = text.into();
        let print = print_text(group, &written);
        let id = SegmentId(id.to_owned());
        let drafted = self.parts.texts.named(&id.0);
        let known = || self.known.segments.find(&id.0).map(|it| self.known.segment_prints[it]);
        match drafted.map(|text| text.print).or_else(known) {
            Some(known) if known == print => Ok(id),
            Some(_) => {
                let expected = format!("the one that `{id}` had before");
                let by =
                    written.labels().into_iter().map(|(name, label)| format!(", {name} {label}"));
                let found = format!("{:?}{}", written.text, by.collect::<String>());
                Err(self.place.wrong("text", expected, found))
            }
            None => self.add_text(id, group, written, print),
        }
    }

    /// Whether a segment of this name was added.
    pub fn knows(&self, id: &SegmentId) -> bool {
        self.known.segments.find(&id.0).is_some()
            || self.parts.texts.named(&id.0).is_some()
            || self.parts.windows.iter().any(|window| window.id == *id)
    }

    fn next_name(&self, group: &str) -> SegmentId {
        let known = self.known.groups.find(group);
        let before = known.map_or(0, |place| self.known.unnamed[place] as usize);
        let drafted = self.parts.texts.count_in(group);
        SegmentId(format!("{group}/{}", before + drafted))
    }

    fn add_text(
        &mut self,
        id: SegmentId,
        group: &str,
        written: Written<'_>,
        print: u64,
    ) -> Result<SegmentId, ImportError> {
        let Written { text, metadata } = written;
        if self.lacks_text(&text) {
            let found = if text.is_empty() { "an empty text" } else { "white space" };
            return Err(self.place.wrong(format!("text of `{id}`"), "a text", found));
        }
        let (group, text) = (group.to_owned(), text.into_owned());
        self.parts.texts.push(NewText { id: id.clone(), group, text, metadata, print });
        Ok(id)
    }

    /// Says what the features of a step are called, before the first step is added; every row may
    /// say it again.
    ///
    /// # Errors
    /// Other names than before.
    pub fn features(&mut self, names: &[String]) -> Result<(), ImportError> {
        let known = match self.known.features.is_empty() {
            true => &self.parts.features,
            false => &self.known.features,
        };
        if !known.is_empty() && known != names {
            let expected = format!("the {} of the rows before", known.len());
            return Err(self.place.wrong("features", expected, names.join(", ")));
        }
        if known.is_empty() {
            self.parts.features = names.to_vec();
        }
        Ok(())
    }

    /// Adds steps of a control dataset and returns the rows that they take in the step table.
    ///
    /// # Errors
    /// The values are no whole number of rows of `features`, or one is not finite.
    pub fn steps(&mut self, features: usize, values: &[f32]) -> Result<Range<usize>, ImportError> {
        let steps = values.len() / features.max(1);
        if features == 0 || steps * features != values.len() {
            let expected = format!("a whole number of steps of {features} features");
            return Err(self.place.wrong("steps", expected, format!("{} values", values.len())));
        }
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            let field = format!("step {}, feature {}", place / features, place % features);
            return Err(self.place.wrong(field, "a finite number", values[place]));
        }
        let first = self.known.steps + self.parts.step_count;
        self.parts.steps.extend_from_slice(values);
        self.parts.step_count += steps;
        Ok(first..first + steps)
    }

    /// Adds the true reward of steps, one each, in the same order.
    pub fn rewards(&mut self, rewards: &[f64]) {
        self.parts.rewards.extend_from_slice(rewards);
    }

    /// Adds a window into the step table as a segment of the episodes that it overlaps.
    pub fn window(&mut self, id: &str, groups: &[&str], rows: Range<usize>) -> SegmentId {
        let id = SegmentId(id.to_owned());
        self.parts.windows.push(NewWindow {
            id: id.clone(),
            groups: groups.iter().map(|&group| group.to_owned()).collect(),
            rows,
        });
        id
    }

    /// Adds what the row tells of a person; several rows may tell of one. Values that contradict each
    /// other are counted and none of them is kept.
    pub fn person(
        &mut self,
        id: &str,
        attributes: impl IntoIterator<Item = (impl Into<String>, Option<PersonValue>)>,
    ) {
        let Some(id) = person(id) else { return };
        let known = attributes.into_iter().filter_map(|(name, value)| Some((name.into(), value?)));
        self.parts.people.push(NewPerson { id, attributes: known.collect() });
    }

    /// Adds a record and counts it as `<kind>/<source>`.
    ///
    /// # Errors
    /// The record breaks its invariant, or names its annotator otherwise than [`person`] does, so that
    /// one person would be two.
    pub fn record<R: Record>(&mut self, record: R) -> Result<(), ImportError> {
        let checked = self.place.checked(record)?;
        if let Some(name) = &checked.provenance().annotator
            && person(&name.0).is_none_or(|person| person != name.0)
        {
            let found = format!("{:?}", name.0);
            return Err(self.place.wrong("annotator", "a name without blanks or `.0`", found));
        }
        match &checked.provenance().source {
            Some(source) => self.parts.report.keep(&format!("{}/{source}", R::KIND), 1),
            None => match &mut self.parts.counted {
                Some((kind, count)) if *kind == R::KIND => *count += 1,
                Some(_) => self.parts.report.keep(R::KIND, 1),
                none => *none = Some((R::KIND, 1)),
            },
        }
        self.parts.records.push(Box::new(checked));
        Ok(())
    }

    /// Adds the correction of a text, with the sentences that it changed.
    ///
    /// # Errors
    /// As [`Draft::record`].
    pub fn correction(
        &mut self,
        (original, before): (SegmentId, &str),
        (corrected, after): (SegmentId, &str),
        reason: Option<String>,
        provenance: Provenance,
    ) -> Result<(), ImportError> {
        let (removed, added) = changed_sentences(before, after);
        self.record(Correction {
            original,
            corrected,
            changed_original: Some(removed),
            changed_corrected: Some(added),
            reason,
            provenance,
        })
    }

    /// Counts an item that was kept in another form than a record.
    pub fn keep(&mut self, what: &str) {
        self.parts.report.keep(what, 1);
    }

    pub(crate) fn tell(&mut self, aside: &Aside) {
        match aside {
            Aside::Kept(what) => self.keep(what),
            Aside::Dropped(reason) => self.drop(reason),
        }
    }

    /// Counts an item that a dataset cannot hold.
    pub fn drop(&mut self, reason: &str) {
        self.parts.report.drop(reason);
    }
}

/// Steps of a text, one a sentence, that share a character with `chars` (Unicode scalar values);
/// none if these are only white space between sentences.
pub fn steps_of_chars(text: &str, chars: Range<u32>) -> Option<Range<u32>> {
    let spans = sentences(text);
    let first = spans.iter().position(|sentence| sentence.chars.end > chars.start)?;
    let end = spans.iter().rposition(|sentence| sentence.chars.start < chars.end)? + 1;
    (first < end).then_some(first as u32..end as u32)
}

/// A record of a kind that the holder does not name.
pub(crate) trait Pour: Send {
    /// Hands the record to a dataset.
    fn pour(&self, writer: &mut DatasetWriter) -> Result<(), DatasetError>;
}

impl<R: Record> Pour for Checked<R> {
    fn pour(&self, writer: &mut DatasetWriter) -> Result<(), DatasetError> {
        writer.insert(std::slice::from_ref(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of texts that nobody asked for; the segments that each row names.
    fn unasked(rows: &[&[&str]]) -> (Known, Vec<Vec<String>>) {
        let mut known = Known::default();
        let mut named = Vec::new();
        for (number, texts) in rows.iter().enumerate() {
            let place = Place::new(std::path::Path::new("x.jsonl"), "row", number as u64);
            let mut draft = Draft::new(&place, &known);
            let group = draft.group(None, Some(" "));
            assert_eq!(draft.group(Some(""), None), group, "one for each row");
            let segments = draft.texts(&group, texts).unwrap();
            named.push(segments.into_iter().map(|segment| segment.0).collect());
            let parts = draft.into_parts();
            known.learn(&parts);
        }
        (known, named)
    }

    /// After ms-swift issue 4535: forty rows without a prompt were forty answers to one question.
    #[test]
    fn what_nobody_asked_together_is_apart_and_one_text_is_one_segment() {
        let (known, named) =
            unasked(&[&["a", "b"], &["c"], &["a"], &["a", "d"], &["e", "a"], &["f", "f"]]);
        let expect: [&[&str]; 6] = [
            &["g000000/0", "g000000/1"],
            &["g000001/0"],
            &["g000000/0"],
            &["g000000/0", "g000000/2"],
            // Its first text is new, so that the row has a group of its own.
            &["g000002/0", "g000002/1"],
            &["g000003/0", "g000003/1"],
        ];
        assert_eq!(named, expect);
        assert_eq!((known.group_count(), known.segment_count()), (4, 8));
    }

    /// Names do not depend on how many there are in a row.
    #[test]
    fn a_row_of_many_texts_names_them_as_rows_of_one_do() {
        let texts: Vec<String> = (0..100).map(|i| format!("{}", i % 60)).collect();
        let of_one: Vec<String> = (0..100).map(|i| format!("g000000/{}", i % 60)).collect();
        let (place, known) = (Place::new(std::path::Path::new("x"), "row", 0), Known::default());
        let mut draft = Draft::new(&place, &known);
        let group = draft.group(Some("Q?"), None);
        let named: Vec<String> =
            texts.iter().map(|text| draft.text(&group, text).unwrap().0).collect();
        assert_eq!(named, of_one);
        // Repetitions of a text in one ranking are segments of their own.
        let ids = draft.texts(&group, &["0", "0", "new", "0"]).unwrap();
        let ids: Vec<&str> = ids.iter().map(|id| &*id.0).collect();
        assert_eq!(ids, ["g000000/0", "g000000/60", "g000000/61", "g000000/62"]);
        let groups: Vec<String> =
            (0..40).map(|i| draft.group(Some(&format!("{}", i % 20)), None)).collect();
        assert_eq!((&*groups[19], &*groups[20]), ("g000020", "g000001"));
    }

    /// Looked through for each, these took half a minute.
    #[test]
    fn a_row_of_very_many_texts_is_indexed() {
        let (place, known) = (Place::new(std::path::Path::new("x"), "row", 0), Known::default());
        let mut draft = Draft::new(&place, &known);
        let start = std::time::Instant::now();
        for i in 0..150_000 {
            let group = draft.group(Some(if i % 2 == 0 { "Q?" } else { "R?" }), None);
            draft.text(&group, &i.to_string()).unwrap();
        }
        let last = draft.text("g000001", "149999").unwrap();
        assert_eq!(last.0, "g000001/74999");
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    }

    #[test]
    fn a_blank_prompt_is_none() {
        let (place, known) = (Place::new(std::path::Path::new("x"), "row", 0), Known::default());
        let mut draft = Draft::new(&place, &known);
        let group = draft.group(Some(" "), Some("Text."));
        assert_eq!(draft.group(None, Some("Text.")), group);
        assert_ne!(draft.group(Some("Why?"), Some("Text.")), group);
        let named = draft.named_group("n", Some(""), None).unwrap();
        assert_eq!(draft.named_group("n", None, None).unwrap(), named);
    }
}
