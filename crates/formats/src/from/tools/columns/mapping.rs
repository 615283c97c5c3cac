//! A mapping as TOML says it: which cell becomes which field of which kind of record.

use super::cell::{Cell, Path};
use super::value::key;
use medley_feedback::Role;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One `[[import.columns.records]]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(super) struct Mapping {
    #[serde(flatten)]
    pub form: Form,
    #[serde(flatten)]
    pub who: Who,
}

/// What a record of each kind is made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Form {
    Approval(ApprovalForm),
    Comparison(ComparisonForm),
    Correction(CorrectionForm),
    Critique(CritiqueForm),
    Demonstration(DemonstrationForm),
    Ranking(RankingForm),
    Rating(RatingForm),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApprovalForm {
    pub segment: Cell,
    pub approval: Cell,
    pub reason: Option<Cell>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ComparisonForm {
    pub first: Cell,
    pub second: Cell,
    /// A word, or what `values` makes of the label. A bare 0 or 1 does not say which side it means.
    pub preference: Option<Cell>,
    /// A number: the share for the first.
    pub share: Option<Cell>,
    /// The numbers that say all for the first and all for the second, if they are not 1 and 0.
    pub share_scale: Option<ShareScale>,
    pub tie: Option<Cell>,
    pub strength: Option<Cell>,
    pub strength_levels: Option<Cell>,
    pub reason: Option<Cell>,
}

/// What a number has to be where all prefer the one side, or the other.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShareScale {
    pub first: f64,
    pub second: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CorrectionForm {
    pub original: Cell,
    pub corrected: Cell,
    pub reason: Option<Cell>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CritiqueForm {
    pub segment: Cell,
    pub polarity: Cell,
    pub first: Option<Cell>,
    pub end: Option<Cell>,
    pub unit: Option<Unit>,
    pub severity: Option<Cell>,
    pub aspect: Option<Cell>,
    pub text: Option<Cell>,
    /// Says that the polarity is a list of tags.
    pub tags: Option<Tags>,
    /// What the tag of a gap says.
    #[serde(default)]
    pub gaps: Gaps,
    /// What an empty list of marks says of the segment.
    #[serde(default)]
    pub unmarked: Unmarked,
}

/// What has a tag.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Tags {
    /// Each word.
    Words,
    /// Each word, and each place before, between and after words: 2n + 1 tags of n words.
    WordsAndGaps,
}

/// What a tag of a place between words says: something is missing there, which is no span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Gaps {
    /// Nothing that can be kept: it is counted.
    #[default]
    Skip,
    /// A critique of the whole.
    Whole,
}

/// What it says that nothing is marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Unmarked {
    /// It was reviewed, and nothing was found: a neutral critique of the whole.
    #[default]
    Neutral,
    /// Nothing: it is left out and counted.
    Skip,
}

/// What the ends of a span count.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Unit {
    Chars,
    Bytes,
    Utf16,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemonstrationForm {
    pub segment: Cell,
    pub alternatives: Option<Cells>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RankingForm {
    pub texts: Cells,
    /// A number for each text; none if the order of the texts is the ranking.
    pub ranks: Option<Cells>,
    #[serde(default)]
    pub order: Option<Order>,
    #[serde(default)]
    pub best: Best,
    pub reason: Option<Cell>,
}

/// Which rank is the best.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Best {
    #[default]
    Lowest,
    Highest,
}

/// What the order of a list of texts says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Order {
    BestFirst,
    WorstFirst,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RatingForm {
    pub segment: Cell,
    pub value: Cell,
    pub low: Cell,
    pub high: Cell,
    pub levels: Option<Cell>,
    pub aspect: Option<Cell>,
    pub reason: Option<Cell>,
}

/// Fields that all kinds have.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Who {
    pub annotator: Option<Cell>,
    pub group: Option<Cell>,
    pub seconds: Option<Cell>,
    pub milliseconds: Option<Cell>,
    pub votes: Option<Cell>,
    pub source: Option<Cell>,
    #[serde(default)]
    pub role: Role,
    #[serde(default)]
    pub missing: Missing,
    /// Which rows, or elements of lists, make a record.
    #[serde(default, rename = "where")]
    pub conditions: Conditions,
}

const WHO: [&str; 9] = [
    "annotator",
    "group",
    "seconds",
    "milliseconds",
    "votes",
    "source",
    "role",
    "missing",
    "where",
];

/// Paths, and the values that each has to have one of.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>")]
pub(super) struct Conditions(pub Vec<Condition>);

#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub path: Path,
    /// As keys.
    pub wanted: BTreeMap<String, Value>,
    cell: Cell,
}

impl TryFrom<Map<String, Value>> for Conditions {
    type Error = String;

    fn try_from(fields: Map<String, Value>) -> Result<Self, String> {
        let condition = |(path, wanted): (String, Value)| {
            let list = match wanted {
                Value::Array(list) => list,
                one => vec![one],
            };
            if list.is_empty() || list.iter().any(|it| it.is_object() || it.is_array()) {
                return Err(format!("where: `{path}` needs a value or a list of values"));
            }
            let path = Path::parse(&path)?;
            let wanted = list.into_iter().map(|value| (key(&value).into_owned(), value)).collect();
            Ok(Condition { cell: Cell::Column { path: path.clone(), values: None }, path, wanted })
        };
        fields.into_iter().map(condition).collect::<Result<_, _>>().map(Self)
    }
}

impl From<Conditions> for Map<String, Value> {
    fn from(conditions: Conditions) -> Self {
        let field = |condition: Condition| {
            (condition.path.text, Value::Array(condition.wanted.into_values().collect()))
        };
        conditions.0.into_iter().map(field).collect()
    }
}

/// What an empty cell does where a record needs a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Missing {
    #[default]
    Error,
    Skip,
}

/// A list in one cell or by `[*]`, or one cell for each element.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub(super) enum Cells {
    One(Cell),
    Many(Vec<Cell>),
}

impl Cells {
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        match self {
            Self::One(cell) => std::slice::from_ref(cell).iter(),
            Self::Many(cells) => cells.iter(),
        }
    }
}

impl TryFrom<Value> for Cells {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        match value {
            Value::Array(cells) => {
                let cells = cells.into_iter().map(Cell::try_from);
                Ok(Self::Many(cells.collect::<Result<_, _>>()?))
            }
            other => Cell::try_from(other).map(Self::One),
        }
    }
}

impl From<Cells> for Value {
    fn from(cells: Cells) -> Self {
        match cells {
            Cells::One(cell) => cell.into(),
            Cells::Many(cells) => Self::Array(cells.into_iter().map(Self::from).collect()),
        }
    }
}

impl TryFrom<Map<String, Value>> for Mapping {
    type Error = String;

    fn try_from(mut fields: Map<String, Value>) -> Result<Self, String> {
        let kind = match fields.get("kind") {
            Some(Value::String(kind)) => kind.clone(),
            _ => return Err("a record needs a `kind`, such as \"comparison\"".into()),
        };
        attach_values(&kind, &mut fields)?;
        let (who, form): (Map<_, _>, Map<_, _>) =
            fields.into_iter().partition(|(name, _)| WHO.contains(&name.as_str()));
        let explain = |error: serde_json::Error| explained(&kind, &error.to_string());
        let form: Form = serde_json::from_value(Value::Object(form)).map_err(explain)?;
        let who: Who = serde_json::from_value(Value::Object(who)).map_err(explain)?;
        if who.seconds.is_some() && who.milliseconds.is_some() {
            return Err(format!("{kind}: `seconds` or `milliseconds`, not both"));
        }
        form.check()?;
        Ok(Self { form, who })
    }
}

/// The fields that all kinds have belong to what a mistyped name could have meant.
fn explained(kind: &str, message: &str) -> String {
    if !message.starts_with("unknown field") {
        return format!("{kind}: {message}");
    }
    let common = WHO.map(|name| format!("`{name}`")).join(", ");
    format!("{message}, {common}, `values` (in a {kind})")
}

/// `values` beside the fields belongs to the answer.
fn attach_values(kind: &str, fields: &mut Map<String, Value>) -> Result<(), String> {
    let Some(values) = fields.remove("values") else { return Ok(()) };
    let answer = match kind {
        "approval" => "approval",
        "comparison" if fields.contains_key("share") => "share",
        "comparison" => "preference",
        "critique" => "polarity",
        "rating" => "value",
        _ => return Err(format!("a {kind} has no answer that `values` could translate")),
    };
    match fields.get_mut(answer) {
        Some(column @ Value::String(_)) => {
            *column = serde_json::json!({ "column": column, "values": values });
            Ok(())
        }
        Some(Value::Object(cell)) if cell.contains_key("split") && !cell.contains_key("values") => {
            cell.insert("values".to_owned(), values);
            Ok(())
        }
        _ => Err(format!("{kind}: `values` translates the column `{answer}`, which must be named")),
    }
}

impl Form {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Approval(_) => "approval",
            Self::Comparison(_) => "comparison",
            Self::Correction(_) => "correction",
            Self::Critique(_) => "critique",
            Self::Demonstration(_) => "demonstration",
            Self::Ranking(_) => "ranking",
            Self::Rating(_) => "rating",
        }
    }

    /// What the types do not say.
    fn check(&self) -> Result<(), String> {
        match self {
            Self::Comparison(form) => {
                let answers =
                    "a share for the first in [0, 1], \"first\", \"second\", \"tie\" or \"skip\"";
                let answer = match (&form.preference, &form.share) {
                    (Some(cell), None) | (None, Some(cell)) => cell,
                    _ => {
                        return Err("comparison: either `preference` (words, or a label with \
                                    `values`) or `share` (a number for the first in [0, 1])"
                            .into());
                    }
                };
                translated(answer, answers, |value| match value {
                    Value::String(word) => ["first", "second", "tie"].contains(&word.as_str()),
                    value => value.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)),
                })?;
                match form.share_scale {
                    Some(_) if form.share.is_none() => {
                        return Err("comparison: `share_scale` says what `share` counts".into());
                    }
                    Some(ShareScale { first, second })
                        if !(first - second).is_finite() || first == second =>
                    {
                        return Err("comparison: `share_scale` needs two numbers".into());
                    }
                    _ => {}
                }
                if form.strength.is_some() != form.strength_levels.is_some() {
                    return Err(
                        "comparison: `strength` and `strength_levels` (grades on one side) \
                                belong together"
                            .into(),
                    );
                }
                Ok(())
            }
            Self::Critique(form) => {
                let (span, unit) = (form.first.is_some(), form.unit.is_some());
                if span != form.end.is_some() || span != unit {
                    return Err("critique: `first`, `end` (the place after the span) and `unit` \
                                (\"chars\", \"bytes\" or \"utf16\") belong together"
                        .into());
                }
                let is_list = matches!(&form.polarity, Cell::Column { path, .. } if !path.each());
                if form.tags.is_some() && (span || !is_list) {
                    return Err("critique: with `tags`, `polarity` is the whole list of tags \
                                (without `[*]`), which say the spans"
                        .into());
                }
                if form.gaps == Gaps::Whole && form.tags != Some(Tags::WordsAndGaps) {
                    return Err("critique: `gaps` needs `tags = \"words-and-gaps\"`".into());
                }
                let answers = "\"negative\", \"neutral\", \"positive\" or \"skip\"";
                translated(&form.polarity, answers, |value| {
                    ["negative", "neutral", "positive"].map(Value::from).contains(value)
                })
            }
            Self::Approval(form) => {
                translated(&form.approval, "a share in [0, 1] or \"skip\"", |value| {
                    value.is_boolean()
                        || value.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share))
                })
            }
            Self::Rating(form) => translated(&form.value, "a number or \"skip\"", Value::is_number),
            Self::Ranking(form) if form.ranks.is_some() == form.order.is_some() => Err(
                "ranking: either `ranks` (a number for each text) or `order` (\"best-first\" or \
                     \"worst-first\")"
                    .into(),
            ),
            Self::Correction(_) | Self::Demonstration(_) | Self::Ranking(_) => Ok(()),
        }
    }

    /// Cells of which each record has one, so that `[*]` in them makes several records.
    pub fn cells(&self) -> Vec<&Cell> {
        let (needed, optional): (Vec<&Cell>, Vec<&Option<Cell>>) = match self {
            Self::Approval(it) => (vec![&it.segment, &it.approval], vec![&it.reason]),
            Self::Comparison(it) => (
                vec![&it.first, &it.second],
                vec![
                    &it.preference,
                    &it.share,
                    &it.tie,
                    &it.strength,
                    &it.strength_levels,
                    &it.reason,
                ],
            ),
            Self::Correction(it) => (vec![&it.original, &it.corrected], vec![&it.reason]),
            Self::Critique(it) => (
                vec![&it.segment, &it.polarity],
                vec![&it.first, &it.end, &it.severity, &it.aspect, &it.text],
            ),
            Self::Demonstration(it) => (vec![&it.segment], vec![]),
            Self::Ranking(it) => (vec![], vec![&it.reason]),
            Self::Rating(it) => (
                vec![&it.segment, &it.value, &it.low, &it.high],
                vec![&it.levels, &it.aspect, &it.reason],
            ),
        };
        needed.into_iter().chain(optional.into_iter().flatten()).collect()
    }
}

impl Mapping {
    /// All cells.
    pub fn cells(&self) -> Vec<&Cell> {
        let Self { form, who } = self;
        form.cells().into_iter().chain(form.lists()).chain(who.cells()).collect()
    }
}

impl Form {
    /// Cells of one text that a record is about.
    pub fn single_texts(&self) -> Vec<&Cell> {
        match self {
            Self::Approval(it) => vec![&it.segment],
            Self::Comparison(it) => vec![&it.first, &it.second],
            Self::Correction(it) => vec![&it.original, &it.corrected],
            Self::Critique(it) => vec![&it.segment],
            Self::Demonstration(it) => vec![&it.segment],
            Self::Ranking(_) => Vec::new(),
            Self::Rating(it) => vec![&it.segment],
        }
    }

    /// Cells of all texts that a record is about, of lists too.
    pub fn texts(&self) -> impl Iterator<Item = &Cell> {
        let list = match self {
            Self::Demonstration(it) => it.alternatives.as_ref(),
            Self::Ranking(it) => Some(&it.texts),
            _ => None,
        };
        self.single_texts().into_iter().chain(list.into_iter().flat_map(Cells::cells))
    }

    /// Cells that are lists of one record.
    pub fn lists(&self) -> impl Iterator<Item = &Cell> {
        let (texts, ranks) = match self {
            Self::Demonstration(it) => (it.alternatives.as_ref(), None),
            Self::Ranking(it) => (Some(&it.texts), it.ranks.as_ref()),
            _ => (None, None),
        };
        texts.into_iter().chain(ranks).flat_map(Cells::cells)
    }
}

impl Who {
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        let named = [
            &self.annotator,
            &self.group,
            &self.seconds,
            &self.milliseconds,
            &self.votes,
            &self.source,
        ];
        let conditions = self.conditions.0.iter().map(|condition| &condition.cell);
        named.into_iter().flatten().chain(conditions)
    }
}

fn translated(cell: &Cell, answers: &str, fits: impl Fn(&Value) -> bool) -> Result<(), String> {
    let Cell::Column { values: Some(values), path } = cell else { return Ok(()) };
    match values.iter().find(|(_, value)| **value != "skip" && !fits(value)) {
        Some((from, to)) => {
            let path = &path.text;
            Err(format!("`values` of `{path}`: {from:?} must become {answers}, found {to}"))
        }
        None => Ok(()),
    }
}
