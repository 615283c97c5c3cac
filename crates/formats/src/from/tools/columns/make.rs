//! How does one row become one record?

use super::cell::{Cell, Path};
use super::halt::Halt;
use super::mapping::{
    ApprovalForm, Best, Cells, ComparisonForm, CorrectionForm, CritiqueForm, DemonstrationForm,
    Form, Gaps, Mapping, Order, RankingForm, RatingForm, ShareScale, Unit, Unmarked, Who,
};
use super::reader::Reader;
use super::segments::SegmentsForm;
use super::tags::{Marked, marked};
use super::value::{count, key, number};
use crate::asked::{COPY, apart};
use crate::spoken::Spoken;
use crate::{Draft, Written, steps_of_chars};
use medley_dataset::MetadataValue;
use medley_feedback::{
    AnnotatorId, Approval, Comparison, Critique, Demonstration, Polarity, Provenance, Ranking,
    Rating, Scale, SegmentId, Severity, Strength,
};
use serde_json::Value;

/// What is said, and of which characters; of the whole where there are none.
type Mark = (Polarity, Option<std::ops::Range<u32>>);

/// What the records of a row are about.
#[derive(Clone, Copy)]
pub(super) struct Prompts<'a> {
    pub group: Option<&'a Cell>,
    pub prompt: Option<&'a Cell>,
    pub context: Option<&'a Cell>,
}

/// What the answers of a record are to.
#[derive(Default)]
struct Question {
    prompt: Option<String>,
    context: Option<String>,
    /// Number of answers that a copy of the prompt was taken off.
    copies: usize,
}

/// One record in the making. All cells are read before the draft is touched, so that a record that
/// is left out leaves no segments behind.
pub(super) struct One<'a> {
    pub prompts: Prompts<'a>,
    /// What is known of texts.
    pub segments: &'a SegmentsForm,
    pub mapping: &'a Mapping,
    pub cells: Reader<'a>,
}

impl One<'_> {
    pub fn add(&self, draft: &mut Draft<'_>) -> Result<(), Halt> {
        self.asked_for()?;
        match &self.mapping.form {
            Form::Approval(form) => self.approval(draft, form),
            Form::Comparison(form) => self.comparison(draft, form),
            Form::Correction(form) => self.correction(draft, form),
            Form::Critique(form) => self.critique(draft, form),
            Form::Demonstration(form) => self.demonstration(draft, form),
            Form::Ranking(form) => self.ranking(draft, form),
            Form::Rating(form) => self.rating(draft, form),
        }
    }

    /// Whether `where` asks for what stands here.
    pub fn asked_for(&self) -> Result<(), Halt> {
        match self.cells.unmet(&self.mapping.who.conditions)? {
            Some((path, value)) => Err(Halt::Unmet { path: path.to_owned(), value }),
            None => Ok(()),
        }
    }

    /// Names of the sides of an answer, and its shares for each, as far as a record that is left out
    /// still says so.
    pub fn answer(&self) -> Option<([&'static str; 3], [f64; 3])> {
        match &self.mapping.form {
            Form::Comparison(form) => {
                let (preference, tie) = self.preference(form).ok()?;
                let decided = 1.0 - tie;
                let shares = [decided * preference, tie, decided * (1.0 - preference)];
                Some((["for the first", "ties", "for the second"], shares))
            }
            Form::Approval(form) => {
                let approval = self.share(form).ok()?;
                Some((["up", "", "down"], [approval, 0.0, 1.0 - approval]))
            }
            _ => None,
        }
    }

    /// That a segment was reviewed and nothing was found in it.
    pub fn unmarked(&self, draft: &mut Draft<'_>, form: &CritiqueForm) -> Result<(), Halt> {
        let (question, text) = self.criticized(form)?;
        let provenance = self.provenance()?;
        let group = self.group(draft, &question)?;
        let segment = draft.text(&group, text)?;
        draft.keep("critique of a text that was reviewed without a mark: neutral");
        Ok(draft.record(Critique { provenance, ..Critique::new(segment, Polarity::Neutral) })?)
    }

    /// What was asked, and the answers in these cells, without what they repeat of it.
    fn asked<const N: usize>(
        &self,
        cells: [&Cell; N],
    ) -> Result<(Question, [Written<'static>; N]), Halt> {
        let said =
            cells.iter().map(|cell| self.cells.answer(cell)).collect::<Result<Vec<_>, _>>()?;
        let (question, answers) = self.question(&said)?;
        let described = |(cell, text): (&&Cell, String)| self.described(cell, text);
        let written = cells.iter().zip(answers).map(described).collect::<Result<Vec<_>, _>>()?;
        let mut written = written.into_iter();
        Ok((question, cells.map(|_| written.next().unwrap_or_else(|| "".into()))))
    }

    /// A text, and what is known of that of its cell.
    fn described(&self, cell: &Cell, text: String) -> Result<Written<'static>, Halt> {
        Ok(Written { text: text.into(), metadata: self.segments.read(cell, &self.cells)? })
    }

    /// What is known of each of so many texts of a list.
    fn known(
        &self,
        cells: &Cells,
        count: usize,
    ) -> Result<Vec<Vec<(String, MetadataValue)>>, Halt> {
        match cells {
            Cells::Many(cells) => {
                cells.iter().map(|cell| self.segments.read(cell, &self.cells)).collect()
            }
            Cells::One(cell @ Cell::Column { path, .. }) if path.each() => {
                self.each_described(cell, path)
            }
            Cells::One(cell) => self.segments.read_list(cell, count, &self.cells),
        }
    }

    /// What is known of the text at each element of the lists that a path goes through.
    fn each_described(
        &self,
        cell: &Cell,
        path: &Path,
    ) -> Result<Vec<Vec<(String, MetadataValue)>>, Halt> {
        let columns = self.segments.of(cell).iter().map(|(_, column)| column.cell());
        let places = self.cells.elements(std::iter::once(cell).chain(columns))?;
        let places = places.map_or_else(Vec::new, |elements| elements.places);
        debug_assert!(path.each(), "{}", path.text);
        let at = |each: &Vec<usize>| self.segments.read(cell, &Reader { each, ..self.cells });
        places.iter().map(at).collect()
    }

    /// What was asked, and answers without what they repeat of it.
    fn question(&self, said: &[Spoken]) -> Result<(Question, Vec<String>), Halt> {
        let context = self.cells.context(self.prompts.context)?;
        let prompt = match self.prompts.prompt {
            Some(cell) => self.cells.prompt(cell)?,
            None => None,
        };
        let Some(prompt) = prompt else {
            let answers = said.iter().map(Spoken::response).collect();
            return Ok((Question { context, ..Question::default() }, answers));
        };
        let asked = apart(&prompt, said);
        // The cell says what was asked, unless what is repeated says more.
        let prompt = if asked.says_more { asked.prompt(&prompt) } else { prompt.prompt() };
        Ok((Question { prompt, context, copies: asked.copies }, asked.answers))
    }

    fn group(&self, draft: &mut Draft<'_>, question: &Question) -> Result<String, Halt> {
        let Question { prompt, context, copies } = question;
        (0..*copies).for_each(|_| draft.keep(COPY));
        match self.prompts.group {
            None => Ok(draft.group(prompt.as_deref(), context.as_deref())),
            Some(cell) => {
                let name = self.cells.text(cell)?;
                Ok(draft.named_group(&name, prompt.as_deref(), context.as_deref())?)
            }
        }
    }

    fn provenance(&self) -> Result<Provenance, Halt> {
        let Who { annotator, group, seconds, milliseconds, votes, source, role, .. } =
            &self.mapping.who;
        let cells = &self.cells;
        let milliseconds = cells.optional_number(milliseconds.as_ref())?;
        Ok(Provenance {
            annotator: cells.person(annotator.as_ref())?.map(AnnotatorId),
            group: cells.optional_text(group.as_ref())?,
            seconds: match milliseconds {
                Some(milliseconds) => Some(milliseconds / 1000.0),
                None => cells.optional_number(seconds.as_ref())?,
            },
            votes: cells.optional_count(votes.as_ref())?,
            source: cells.optional_text(source.as_ref())?,
            role: *role,
        })
    }

    fn approval(&self, draft: &mut Draft<'_>, form: &ApprovalForm) -> Result<(), Halt> {
        let (question, [text]) = self.asked([&form.segment])?;
        let approval = self.share(form)?;
        let reason = self.cells.optional_text(form.reason.as_ref())?;
        let provenance = self.provenance()?;
        let group = self.group(draft, &question)?;
        let segment = draft.text(&group, text)?;
        Ok(draft.record(Approval { segment, approval, reason, provenance })?)
    }

    /// Share of those who approve.
    fn share(&self, form: &ApprovalForm) -> Result<f64, Halt> {
        let answer = self.cells.needed(&form.approval)?;
        match key(&answer).trim().to_lowercase().as_str() {
            "true" => Ok(1.0),
            "false" => Ok(0.0),
            _ => number(&answer).ok_or_else(|| {
                let expected = "a share in [0, 1], true or false; other words need `values`";
                self.cells.no_number(&form.approval, expected, &answer)
            }),
        }
    }

    fn comparison(&self, draft: &mut Draft<'_>, form: &ComparisonForm) -> Result<(), Halt> {
        let cells = &self.cells;
        let (question, [first, second]) = self.asked([&form.first, &form.second])?;
        let (preference, tie) = self.preference(form)?;
        let tie = cells.optional_number(form.tie.as_ref())?.unwrap_or(tie);
        let strength = self.strength(form)?;
        let reason = cells.optional_text(form.reason.as_ref())?;
        let provenance = self.provenance()?;
        let group = self.group(draft, &question)?;
        let (first, second) = draft.pair(&group, first, second)?;
        let comparison = Comparison::new(first, second, preference);
        Ok(draft.record(Comparison { tie, strength, reason, provenance, ..comparison })?)
    }

    /// Preference for the first among the decided, and share of ties.
    fn preference(&self, form: &ComparisonForm) -> Result<(f64, f64), Halt> {
        let cell = match (&form.preference, &form.share) {
            (_, Some(share)) => return self.counted(form, share),
            (Some(cell), None) => cell,
            (None, None) => {
                let place = &self.cells.row.place;
                return Err(place.wrong("preference", "in the mapping", "nothing").into());
            }
        };
        let answer = self.cells.needed(cell)?;
        match (answer.as_str(), cell) {
            (Some("first"), _) => Ok((1.0, 0.0)),
            (Some("second"), _) => Ok((0.0, 0.0)),
            (Some("tie"), _) => Ok((0.5, 1.0)),
            (_, Cell::Column { values: Some(_), .. }) => {
                let share = number(&answer);
                share.map(|share| (share, 0.0)).ok_or_else(|| self.no_preference(cell, &answer))
            }
            _ => Err(self.no_preference(cell, &answer)),
        }
    }

    /// A share for the first that is a number on some scale, or what `values` makes of it.
    fn counted(&self, form: &ComparisonForm, cell: &Cell) -> Result<(f64, f64), Halt> {
        let answer = self.cells.needed_as_it_stands(cell)?;
        match answer.as_str() {
            Some("first") => return Ok((1.0, 0.0)),
            Some("second") => return Ok((0.0, 0.0)),
            Some("tie") => return Ok((0.5, 1.0)),
            _ => {}
        }
        let found =
            number(&answer).ok_or_else(|| self.cells.no_number(cell, "a number", &answer))?;
        let ShareScale { first, second } =
            form.share_scale.unwrap_or(ShareScale { first: 1.0, second: 0.0 });
        let share = (found - second) / (first - second);
        if !(0.0..=1.0).contains(&share) {
            let expected = match form.share_scale {
                Some(_) => format!("a number from {first} (the first) to {second} (the second)"),
                None => "a share for the first in [0, 1]; another scale needs `share_scale`".into(),
            };
            return Err(self.cells.wrong(cell, &expected, &answer));
        }
        Ok((share, 0.0))
    }

    fn no_preference(&self, cell: &Cell, answer: &Value) -> Halt {
        let expected = "\"first\", \"second\" or \"tie\"; other answers need `values`, and a share \
                        for the first is `share` instead of `preference`";
        self.cells.no_number(cell, expected, answer)
    }

    fn strength(&self, form: &ComparisonForm) -> Result<Option<Strength>, Halt> {
        let grade = self.cells.optional_count(form.strength.as_ref())?;
        let levels = self.cells.optional_count(form.strength_levels.as_ref())?;
        Ok(grade.zip(levels).map(|(grade, levels)| Strength { grade, levels }))
    }

    fn correction(&self, draft: &mut Draft<'_>, form: &CorrectionForm) -> Result<(), Halt> {
        let (question, [original, corrected]) = self.asked([&form.original, &form.corrected])?;
        let reason = self.cells.optional_text(form.reason.as_ref())?;
        let provenance = self.provenance()?;
        if original.text == corrected.text {
            draft.drop("correction equals the original");
            return Ok(());
        }
        let group = self.group(draft, &question)?;
        let (before, after) = draft.pair(&group, original.clone(), corrected.clone())?;
        let edit = ((before, &*original.text), (after, &*corrected.text));
        Ok(draft.correction(edit.0, edit.1, reason, provenance)?)
    }

    /// Offsets count from the beginning of a text as it stands, so that it stays whole.
    fn criticized(&self, form: &CritiqueForm) -> Result<(Question, Written<'static>), Halt> {
        match (&form.first, form.tags) {
            (Some(_), _) | (_, Some(_)) => {
                let text = self.described(&form.segment, self.cells.text(&form.segment)?)?;
                Ok((self.question(&[])?.0, text))
            }
            (None, None) => self.asked([&form.segment]).map(|(question, [text])| (question, text)),
        }
    }

    fn critique(&self, draft: &mut Draft<'_>, form: &CritiqueForm) -> Result<(), Halt> {
        let cells = &self.cells;
        let (question, text) = self.criticized(form)?;
        let marks = self.marks(draft, form, &text.text)?;
        let severity = match (&form.severity, cells.optional(form.severity.as_ref())?) {
            (Some(cell), Some(value)) => {
                let expected = "\"minor\", \"major\" or \"critical\"; other words need \
                                `{ column = ..., values = { ... } }`";
                Some(cells.word::<Severity>(cell, &value, expected)?)
            }
            _ => None,
        };
        let aspect = cells.optional_text(form.aspect.as_ref())?;
        let words = self.words(form)?;
        let provenance = self.provenance()?;
        let group = self.group(draft, &question)?;
        let segment = draft.text(&group, text.clone())?;
        for (polarity, span) in marks {
            let steps = span.clone().and_then(|span| steps_of_chars(&text.text, span));
            draft.record(Critique {
                first_step: steps.as_ref().map(|steps| steps.start),
                end_step: steps.as_ref().map(|steps| steps.end),
                first_char: span.as_ref().map(|span| span.start),
                end_char: span.as_ref().map(|span| span.end),
                aspect: aspect.clone(),
                severity,
                text: words.clone(),
                provenance: provenance.clone(),
                ..Critique::new(segment.clone(), polarity)
            })?;
        }
        Ok(())
    }

    /// What is said of which span, or of the whole text: one thing, or what tags of words say.
    fn marks(
        &self,
        draft: &mut Draft<'_>,
        form: &CritiqueForm,
        text: &str,
    ) -> Result<Vec<Mark>, Halt> {
        let Some(scheme) = form.tags else {
            let polarity = self.polarity(form, &*self.cells.needed(&form.polarity)?)?;
            return Ok(vec![(polarity, self.span(form, text)?)]);
        };
        let tags = self.cells.unless_skipped(&form.polarity)?;
        let read = |tag: Option<Value>| tag.map(|tag| self.polarity(form, &tag)).transpose();
        let tags = tags.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let Marked { spans, gaps } = marked(text, &tags, scheme)
            .map_err(|expected| self.cells.wrong(&form.polarity, &expected, tags.len()))?;
        let mut marks: Vec<Mark> =
            spans.into_iter().map(|(polarity, span)| (polarity, Some(span))).collect();
        match form.gaps {
            Gaps::Whole => marks.extend(gaps.into_iter().map(|polarity| (polarity, None))),
            Gaps::Skip => gaps.iter().for_each(|_| draft.drop("critique: tag of a gap")),
        }
        match (marks.is_empty(), form.unmarked) {
            (true, Unmarked::Neutral) => {
                draft.keep("critique of a text that was reviewed without a mark: neutral");
                marks.push((Polarity::Neutral, None));
            }
            (true, Unmarked::Skip) => draft.drop("critique of a text without a mark: skipped"),
            (false, _) => {}
        }
        Ok(marks)
    }

    fn polarity(&self, form: &CritiqueForm, value: &Value) -> Result<Polarity, Halt> {
        let expected = "\"negative\", \"neutral\" or \"positive\"; other words need `values`";
        self.cells.word(&form.polarity, value, expected)
    }

    /// Where neither the polarity nor a span comes from the row, a row without words says nothing.
    fn words(&self, form: &CritiqueForm) -> Result<Option<String>, Halt> {
        match (&form.polarity, &form.first, &form.text) {
            (Cell::Constant(_), None, Some(text)) => self.cells.text(text).map(Some),
            _ => self.cells.optional_text(form.text.as_ref()),
        }
    }

    /// The span in Unicode scalar values.
    fn span(&self, form: &CritiqueForm, text: &str) -> Result<Option<std::ops::Range<u32>>, Halt> {
        let (Some(first), Some(end), Some(unit)) = (&form.first, &form.end, form.unit) else {
            return Ok(None);
        };
        let (first, end) = (self.cells.number(first)?, self.cells.number(end)?);
        let place = |offset| chars_before(text, count(offset)?, unit);
        match (place(first), place(end)) {
            (Some(first), Some(end)) if first < end => Ok(Some(first..end)),
            _ => {
                let expected = "a span within the text, its `end` after its last character, its \
                                ends between characters";
                let found = format!("{first} to {end} in {unit:?}");
                Err(self.cells.row.place.wrong("first and end", expected, found).into())
            }
        }
    }

    fn demonstration(&self, draft: &mut Draft<'_>, form: &DemonstrationForm) -> Result<(), Halt> {
        let mut said = vec![self.cells.answer(&form.segment)?];
        let mut known = vec![self.segments.read(&form.segment, &self.cells)?];
        if let Some(cells) = &form.alternatives {
            match self.cells.said(cells) {
                Err(Halt::Empty { .. } | Halt::Absent { .. }) => {}
                others => {
                    let others = others?;
                    known.extend(self.known(cells, others.len())?);
                    said.extend(others);
                }
            }
        }
        let (question, texts) = self.question(&said)?;
        let mut others = written(texts, known);
        let text = others.remove(0);
        let provenance = self.provenance()?;
        let group = self.group(draft, &question)?;
        let segment = draft.text(&group, text)?;
        let mut alternatives: Vec<SegmentId> = Vec::new();
        for other in others {
            let id = draft.text(&group, other)?;
            if id == segment || alternatives.contains(&id) {
                draft.drop("alternative that is there already");
            } else {
                alternatives.push(id);
            }
        }
        Ok(draft.record(Demonstration { segment, alternatives, provenance })?)
    }

    fn ranking(&self, draft: &mut Draft<'_>, form: &RankingForm) -> Result<(), Halt> {
        let said = self.cells.said(&form.texts)?;
        let known = self.known(&form.texts, said.len())?;
        let (question, texts) = self.question(&said)?;
        let (places, best) = match (&form.ranks, form.order) {
            (Some(ranks), _) => (self.places(ranks, texts.len())?, form.best),
            (None, order) => {
                let best =
                    if order == Some(Order::WorstFirst) { Best::Highest } else { Best::Lowest };
                ((0..texts.len()).map(|place| place as f64).collect(), best)
            }
        };
        let reason = self.cells.optional_text(form.reason.as_ref())?;
        let provenance = self.provenance()?;
        if texts.len() < 2 {
            draft.drop("ranking of one text");
            return Ok(());
        }
        let group = self.group(draft, &question)?;
        let segments = draft.texts(&group, &written(texts, known))?;
        let ranks = ranks(&places, best);
        Ok(draft.record(Ranking { segments, ranks, reason, provenance })?)
    }

    /// A number for each of so many texts.
    fn places(&self, ranks: &Cells, count: usize) -> Result<Vec<f64>, Halt> {
        let mut places = Vec::new();
        for rank in self.cells.list(ranks)? {
            places.push(number(&rank).ok_or_else(|| self.cells.no_rank(&rank))?);
        }
        if places.len() != count {
            let expected = format!("as many as `texts`, {count}");
            return Err(self.cells.row.place.wrong("ranks", expected, places.len()).into());
        }
        Ok(places)
    }

    fn rating(&self, draft: &mut Draft<'_>, form: &RatingForm) -> Result<(), Halt> {
        let cells = &self.cells;
        let (question, [text]) = self.asked([&form.segment])?;
        let value = cells.number(&form.value)?;
        let scale = Scale {
            low: cells.number(&form.low)?,
            high: cells.number(&form.high)?,
            levels: cells.optional_count(form.levels.as_ref())?,
        };
        let aspect = cells.optional_text(form.aspect.as_ref())?;
        let reason = cells.optional_text(form.reason.as_ref())?;
        let provenance = self.provenance()?;
        let group = self.group(draft, &question)?;
        let segment = draft.text(&group, text)?;
        Ok(draft.record(Rating { segment, value, scale, aspect, reason, provenance })?)
    }
}

/// Texts, and what is known of each.
fn written(texts: Vec<String>, known: Vec<Vec<(String, MetadataValue)>>) -> Vec<Written<'static>> {
    let one = |(text, metadata): (String, _)| Written { text: text.into(), metadata };
    texts.into_iter().zip(known).map(one).collect()
}

/// Ranks from 1 without gaps, the best first; equal numbers are ties.
pub(super) fn ranks(places: &[f64], best: Best) -> Vec<u32> {
    let mut order = places.to_vec();
    order.sort_by(f64::total_cmp);
    order.dedup();
    let rank = |place: &f64| {
        let lower = order.partition_point(|known| known < place);
        match best {
            Best::Lowest => lower as u32 + 1,
            Best::Highest => (order.len() - lower) as u32,
        }
    };
    places.iter().map(rank).collect()
}

/// How many characters end at or before `offset`; none if it is beyond the text or within one.
pub(super) fn chars_before(text: &str, offset: u32, unit: Unit) -> Option<u32> {
    let size = |c: char| match unit {
        Unit::Chars => 1,
        Unit::Bytes => c.len_utf8(),
        Unit::Utf16 => c.len_utf16(),
    };
    let (mut at, mut chars) = (0, 0);
    let mut rest = text.chars();
    while at < offset as usize {
        at += size(rest.next()?);
        chars += 1;
    }
    (at == offset as usize).then_some(chars)
}
