//! Importer of PRISM: ratings, choices and words of people whose background is known.
//!
//! Source: Kirk et al., "The PRISM Alignment Dataset", NeurIPS 2024; schema from the dataset card
//! of `HannahRoseKirk/prism-alignment` and the codebook in `HannahKirk/prism-alignment`.

use crate::attribute::attribute;
use crate::from::CellPath;
use crate::leftover::Leftover;
use crate::{
    Dialect, Draft, Import, ImportError, Importer, Place, Row, Written, filled, person, turns,
};
use medley_dataset::{Card, Domain, PersonValue};
use medley_feedback::{
    AnnotatorId, Comparison, Critique, Polarity, Provenance, Ranking, Rating, Scale, SegmentId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// Reads a folder with `survey.jsonl` and `conversations.jsonl`, or else `utterances.jsonl`, which
/// has all but the open feedback. Each may end in `.gz`.
///
/// - Groups `<conversation>/<turn>`: the conversation up to and with this turn of the user, as
///   messages; the answers in it are the chosen ones.
/// - Segments `<conversation>/<turn>/<place>/<model>`. Metadata: `model`.
/// - Ratings, source "score": 1 (terrible) to 100 (perfect) on a slider, so continuous.
/// - What was chosen, source "choice": a comparison of two answers; for more a ranking with the
///   chosen one first and the others tied, which in Medley is an order that was not observed. The
///   interface goes on with the answer of the highest score, so that score and choice are one act:
///   to count both is to count people twice.
/// - Critiques, source "open-feedback": what the person wrote about the whole conversation, on the
///   last chosen answer. Its polarity is not in the file; "neutral" stands for that.
/// - Annotator `user_id`; group from the field of the survey that `group` names.
/// - People: every field of the survey, one within another under a name with dots, such as
///   `location.birth_country`; lists as JSON. Who only answered the survey is there too.
///
/// Counted: the attributes of performance and choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Prism {
    /// Field of the survey that becomes the group of people, such as "age" or "religion.simplified".
    group: String,
}

impl Default for Prism {
    fn default() -> Self {
        Self { group: "location.reside_region".into() }
    }
}

#[typetag::serde(name = "prism")]
impl Importer for Prism {
    fn summary(&self) -> &'static str {
        "PRISM: a folder with survey.jsonl and conversations.jsonl or utterances.jsonl"
    }

    fn card(&self) -> Card {
        Card {
            licence: "CC-BY-4.0 (text of people) AND CC-BY-NC-4.0 (text of models)".into(),
            source: "https://huggingface.co/datasets/HannahRoseKirk/prism-alignment".into(),
            attribution: "Kirk et al., The PRISM Alignment Dataset, NeurIPS 2024 (arXiv \
                          2404.16019)"
                .into(),
            ..Card::new("prism", Domain::Text)
        }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let (Some(survey), Some((talks, nested))) = (
            file(path, "survey"),
            file(path, "conversations")
                .map(|file| (file, true))
                .or_else(|| file(path, "utterances").map(|file| (file, false))),
        ) else {
            return Err(ImportError::File {
                file: path.to_owned(),
                expected: "a folder with survey.jsonl, and conversations.jsonl or \
                           utterances.jsonl"
                    .into(),
                found: "another".into(),
            });
        };
        let people = self.people(&survey, import)?;
        let notes = &mut import.report().notes;
        notes.push("score and choice are one act: the highest score is chosen".into());
        match nested {
            true => conversations(&talks, &people, import),
            false => utterances(&talks, &people, import),
        }
    }
}

fn file(folder: &Path, name: &str) -> Option<PathBuf> {
    let names = [format!("{name}.jsonl"), format!("{name}.jsonl.gz")];
    names.into_iter().map(|name| folder.join(name)).find(|file| file.is_file())
}

/// Group of each person.
type People = HashMap<String, Option<String>>;

#[derive(Deserialize)]
struct Person {
    user_id: String,
    survey_only: bool,
}

impl Prism {
    fn people(&self, survey: &Path, import: &mut Import<'_>) -> Result<People, ImportError> {
        let path = CellPath::parse(&self.group).map_err(|found| ImportError::File {
            file: survey.to_owned(),
            expected: "`group` to name a field of the survey".into(),
            found,
        })?;
        let mut people = People::new();
        import.file_rows(survey, Dialect::Quoted, |draft, row| {
            let Person { user_id, survey_only } = row.parse()?;
            if survey_only {
                draft.keep("person who only answered the survey");
            }
            draft.person(&user_id, attributes(row)?);
            let found = path.find(&row.fields, &[]);
            let found = found.map_err(|why| row.place.wrong(&self.group, "JSON", why))?;
            let group = match found.map(|found| found.value.into_owned()) {
                None => {
                    let expected = "a field of the survey";
                    return Err(row.place.wrong(&self.group, expected, "no such field"));
                }
                Some(Value::Null) => None,
                Some(Value::String(text)) => filled(&text),
                Some(other) => Some(other.to_string()),
            };
            people.extend(person(&user_id).map(|id| (id, group)));
            Ok(())
        })?;
        Ok(people)
    }
}

/// What is known of a person, by the names of the columns.
type Attributes = Vec<(String, Option<PersonValue>)>;

/// Fields of the survey but the name of the person, those within others by their path.
fn attributes(row: &Row) -> Result<Attributes, ImportError> {
    let mut found = Vec::new();
    flatten("", &row.fields.to_map(), &row.place, &mut found)?;
    found.retain(|(name, _)| name != "user_id");
    Ok(found)
}

fn flatten(
    path: &str,
    fields: &Map<String, Value>,
    place: &Place,
    found: &mut Attributes,
) -> Result<(), ImportError> {
    for (name, value) in fields {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let value = match value {
            Value::Object(fields) => {
                flatten(&path, fields, place, found)?;
                continue;
            }
            Value::Bool(_) | Value::Array(_) => Ok(Some(PersonValue::Text(value.to_string()))),
            value => attribute(&path, value),
        };
        let value = value.map_err(|expected| place.wrong(&path, expected, &fields[name]))?;
        found.push((path, value));
    }
    Ok(())
}

/// A conversation, by turn.
#[derive(Default)]
struct Talk {
    id: String,
    user: String,
    turns: BTreeMap<u32, Turn>,
    feedback: Option<String>,
}

#[derive(Default)]
struct Turn {
    asked: String,
    answers: Vec<Answer>,
}

struct Answer {
    place: u32,
    model: Option<String>,
    text: String,
    score: Option<f64>,
    chosen: bool,
}

#[derive(Deserialize)]
struct Conversation {
    conversation_id: String,
    user_id: String,
    conversation_history: Vec<Message>,
    open_feedback: Option<String>,
    #[serde(default)]
    performance_attributes: Option<Map<String, Value>>,
    #[serde(default)]
    choice_attributes: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Message {
    turn: u32,
    role: String,
    content: Option<String>,
    model_name: Option<String>,
    score: Option<f64>,
    if_chosen: Option<bool>,
    within_turn_id: Option<u32>,
}

fn conversations(file: &Path, people: &People, import: &mut Import<'_>) -> Result<(), ImportError> {
    let mut leftover = Leftover::default();
    let kept = [
        "conversation_id",
        "user_id",
        "conversation_history",
        "open_feedback",
        "performance_attributes",
        "choice_attributes",
    ];
    import.file_rows(file, Dialect::Quoted, |draft, row| {
        leftover.see(row, &kept);
        let talk = talk(row, draft)?;
        add(draft, &talk, people)
    })?;
    leftover.note(import);
    Ok(())
}

fn talk(row: &Row, draft: &mut Draft<'_>) -> Result<Talk, ImportError> {
    let told: Conversation = row.parse()?;
    let mut talk = Talk {
        id: told.conversation_id,
        user: told.user_id,
        feedback: told.open_feedback.as_deref().and_then(filled),
        turns: BTreeMap::new(),
    };
    for message in told.conversation_history {
        let turn = talk.turns.entry(message.turn).or_default();
        let text = message.content.unwrap_or_default();
        match message.role.as_str() {
            "user" => turn.asked = text,
            "model" => turn.answers.push(Answer {
                place: message.within_turn_id.unwrap_or(turn.answers.len() as u32),
                model: message.model_name,
                text,
                score: message.score,
                chosen: message.if_chosen == Some(true),
            }),
            other => {
                return Err(row.place.wrong("conversation_history.role", "user or model", other));
            }
        }
    }
    for (what, attributes) in [
        ("performance attribute, of the conversation as a whole", told.performance_attributes),
        ("choice attribute, of the conversation as a whole", told.choice_attributes),
    ] {
        let given = attributes.iter().flat_map(Map::values).filter(|value| !value.is_null());
        given.for_each(|_| draft.drop(what));
    }
    Ok(talk)
}

#[derive(Deserialize)]
struct Utterance {
    conversation_id: String,
    user_id: String,
    turn: u32,
    within_turn_id: u32,
    user_prompt: String,
    model_response: Option<String>,
    model_name: String,
    score: Option<f64>,
    if_chosen: bool,
}

fn utterances(file: &Path, people: &People, import: &mut Import<'_>) -> Result<(), ImportError> {
    let mut talks: Vec<(Place, Talk)> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    let mut leftover = Leftover::default();
    let kept = [
        "conversation_id",
        "user_id",
        "turn",
        "within_turn_id",
        "user_prompt",
        "model_response",
        "model_name",
        "score",
        "if_chosen",
    ];
    import.file_rows(file, Dialect::Quoted, |_, row| {
        leftover.see(row, &kept);
        let told: Utterance = row.parse()?;
        let at = *index.entry(told.conversation_id.clone()).or_insert_with(|| {
            let (id, user) = (told.conversation_id.clone(), told.user_id.clone());
            talks.push((row.place.clone(), Talk { id, user, ..Talk::default() }));
            talks.len() - 1
        });
        let turn = talks[at].1.turns.entry(told.turn).or_default();
        turn.asked = told.user_prompt;
        turn.answers.push(Answer {
            place: told.within_turn_id,
            model: Some(told.model_name),
            text: told.model_response.unwrap_or_default(),
            score: told.score,
            chosen: told.if_chosen,
        });
        Ok(())
    })?;
    leftover.note(import);
    let report = import.report();
    report.notes.push("utterances.jsonl has no open feedback; conversations.jsonl has".into());
    for (place, talk) in &talks {
        import.draft(place, |draft| add(draft, talk, people))?;
    }
    Ok(())
}

fn add(draft: &mut Draft<'_>, talk: &Talk, people: &People) -> Result<(), ImportError> {
    let user = person(&talk.user);
    let group = user.as_ref().and_then(|user| people.get(user)).cloned();
    if group.is_none() {
        draft.keep("conversation of a person who is not in the survey");
    }
    let who = Provenance {
        annotator: user.map(AnnotatorId),
        group: group.flatten(),
        ..Provenance::default()
    };
    let mut history: Vec<(&str, &str)> = Vec::new();
    let mut last = None;
    for (number, turn) in &talk.turns {
        if history.len() % 2 == 1 {
            draft.drop("turn after one in which no answer is chosen");
            continue;
        }
        history.push(("user", &turn.asked));
        let group = format!("{}/{number}", talk.id);
        draft.named_group(&group, Some(&turns::render(history.iter().copied())), None)?;
        let answers = answers(draft, &group, turn, &who)?;
        choice(draft, &answers, &who)?;
        if let Some((answer, id)) = answers.iter().find(|(answer, _)| answer.chosen) {
            history.push(("assistant", &answer.text));
            last = Some(id.clone());
        }
    }
    feedback(draft, talk, last, &who)
}

/// The answers that have a text, with their ratings.
fn answers<'t>(
    draft: &mut Draft<'_>,
    group: &str,
    turn: &'t Turn,
    who: &Provenance,
) -> Result<Vec<(&'t Answer, SegmentId)>, ImportError> {
    let mut told = Vec::new();
    for answer in &turn.answers {
        if draft.lacks_text(&answer.text) {
            draft.drop("answer without text");
            continue;
        }
        let model = answer.model.as_deref();
        let id = format!("{group}/{}/{}", answer.place, model.unwrap_or("model"));
        let written = Written::from(&answer.text).by(model);
        let segment = draft.named_text(&id, group, written)?;
        match answer.score {
            None => draft.drop("answer without a score"),
            Some(value) => draft.record(Rating {
                segment: segment.clone(),
                value,
                scale: Scale { low: 1.0, high: 100.0, levels: None },
                aspect: None,
                reason: None,
                provenance: Provenance { source: Some("score".into()), ..who.clone() },
            })?,
        }
        told.push((answer, segment));
    }
    Ok(told)
}

fn choice(
    draft: &mut Draft<'_>,
    answers: &[(&Answer, SegmentId)],
    who: &Provenance,
) -> Result<(), ImportError> {
    let chosen = answers.iter().filter(|(answer, _)| answer.chosen).count();
    if chosen != 1 || answers.len() < 2 {
        draft.drop("turn without one chosen answer among several");
        return Ok(());
    }
    let provenance = Provenance { source: Some("choice".into()), ..who.clone() };
    if let [(first, one), (_, other)] = answers {
        let preference = f64::from(u8::from(first.chosen));
        let comparison = Comparison::new(one.clone(), other.clone(), preference);
        return draft.record(Comparison { provenance, ..comparison });
    }
    let segments = answers.iter().map(|(_, id)| id.clone()).collect();
    let ranks = answers.iter().map(|(answer, _)| if answer.chosen { 1 } else { 2 }).collect();
    draft.record(Ranking { segments, ranks, reason: None, provenance })
}

fn feedback(
    draft: &mut Draft<'_>,
    talk: &Talk,
    last: Option<SegmentId>,
    who: &Provenance,
) -> Result<(), ImportError> {
    let Some(words) = &talk.feedback else { return Ok(()) };
    let Some(segment) = last else {
        draft.drop("open feedback on a conversation without a chosen answer");
        return Ok(());
    };
    let provenance = Provenance { source: Some("open-feedback".into()), ..who.clone() };
    let critique = Critique::new(segment, Polarity::Neutral);
    draft.record(Critique { text: Some(words.clone()), provenance, ..critique })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{import, import_with, path, people};
    use crate::{Imported, Reading};

    #[test]
    fn ratings_choices_and_words_name_person_and_region() {
        let Imported { dataset, report } = import("prism");
        let ratings = dataset.records::<Rating>().unwrap();
        let values: Vec<f64> = ratings.iter().map(|rating| rating.value).collect();
        assert_eq!(values, [80., 20., 1., 90., 100., 50., 50.]);
        let who = &ratings[0].provenance;
        assert_eq!(who.annotator, Some("user1".into()));
        assert_eq!(who.group.as_deref(), Some("Europe"));
        assert_eq!(ratings[6].provenance.group, None);

        assert_eq!(dataset.records::<Ranking>().unwrap()[0].ranks, [1, 2, 2]);
        let comparison = &dataset.records::<Comparison>().unwrap()[0];
        assert_eq!((comparison.preference, comparison.first.0.as_str()), (0.0, "c1/1/0/m1"));
        let groups = dataset.groups();
        let prompt = groups.prompt(groups.index("c1/1").unwrap() as usize);
        assert_eq!(prompt, Some("user: Grüß?\n\nassistant: Eins.\n\nuser: Und?"));
        let critique = &dataset.records::<Critique>().unwrap()[0];
        assert_eq!(
            (critique.segment.0.as_str(), critique.text.as_deref()),
            ("c1/1/1/m1", Some("schön"))
        );

        let dropped = |reason: &str| report.dropped.get(reason).copied().unwrap_or(0);
        assert_eq!(report.kept["person who only answered the survey"], 1);
        assert_eq!(dropped("performance attribute, of the conversation as a whole"), 1);
        assert_eq!(dropped("turn without one chosen answer among several"), 1);
        assert_eq!(dropped("turn after one in which no answer is chosen"), 1);
        assert_eq!(report.kept["conversation of a person who is not in the survey"], 1);
    }

    #[test]
    fn people_keep_their_survey() {
        let imported = import("prism");
        let told = people(&imported);
        assert_eq!(
            told[0],
            "survey_only num_completed_conversations age location.birth_country \
             location.reside_country location.reside_region group"
        );
        assert!(
            told.contains(&"user1 false 1 18-24 years old Germany Germany Europe Europe".into()),
            "{told:?}"
        );
        // Somebody who said nothing, and somebody who is not in the survey.
        assert!(told.contains(&"user3 true 0 65+ years old Chile Chile Americas -".into()));
        assert_eq!(imported.report.kept["person"], 3);
        assert_eq!(told.len() - 1, 4);
        let completed = imported.dataset.people().column("num_completed_conversations").unwrap();
        assert_eq!(completed.labels(), ["0", "1"]);
    }

    #[test]
    fn another_field_makes_the_groups() {
        let of = |group: &str| {
            let options = serde_json::json!({ "prism": { "group": group } });
            let importer: Box<dyn Importer> = serde_json::from_value(options).unwrap();
            importer.import(&path("prism"), &Reading::default())
        };
        let dataset = of("age").unwrap().dataset;
        let rating = &dataset.records::<Rating>().unwrap()[0];
        assert_eq!(rating.provenance.group.as_deref(), Some("18-24 years old"));
        let error = of("locaton.reside_region").unwrap_err().to_string();
        assert!(error.contains("must be a field of the survey"), "{error}");
    }

    #[test]
    fn utterances_alone_give_the_same_ratings() {
        let folder = tempfile::tempdir().unwrap();
        let copy = |name: &str| {
            std::fs::copy(path("prism").join(name), folder.path().join(name)).unwrap();
        };
        copy("survey.jsonl");
        let line = |turn: u32, within: u32, asked: &str, answer: &str, score: f64, chosen: bool| {
            serde_json::json!({
                "utterance_id": "u", "conversation_id": "c1", "user_id": "user1", "turn": turn,
                "within_turn_id": within, "user_prompt": asked, "model_response": answer,
                "model_name": format!("m{}", if turn == 0 { within + 1 } else { 1 }),
                "score": score, "if_chosen": chosen,
            })
            .to_string()
        };
        let lines = [
            line(0, 0, "Grüß?", "Eins.", 80., true),
            line(1, 0, "Und?", "Vier.", 90., false),
            line(0, 1, "Grüß?", "Zwei.", 20., false),
            line(0, 2, "Grüß?", "Drei.", 1., false),
            line(1, 1, "Und?", "Fünf.", 100., true),
        ];
        std::fs::write(folder.path().join("utterances.jsonl"), lines.join("\n")).unwrap();
        let importer: Box<dyn Importer> = Box::new(Prism::default());
        let flat = importer.import(folder.path(), &Reading::default()).unwrap().dataset;
        let nested = import("prism").dataset;
        let of_c1 = |dataset: &medley_dataset::Dataset| {
            let ratings = dataset.records::<Rating>().unwrap();
            let ratings = ratings.iter().filter(|rating| rating.segment.0.starts_with("c1/"));
            ratings.map(|rating| (**rating).clone()).collect::<Vec<_>>()
        };
        assert_eq!(of_c1(&flat), of_c1(&nested));
        assert_eq!(flat.records::<Ranking>().unwrap(), nested.records::<Ranking>().unwrap());
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("prism", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "\"score\": 80",
            "\"score\": 101",
            "conversations.jsonl: line 1: rating: field `value`",
        );
        check("\"role\": \"model\"", "\"role\": \"bot\"", "must be user or model, found bot");
        check("\"survey_only\": false", "\"only\": false", "missing field `survey_only`");
        check("\"turn\": 0", "\"turn\": -1", "at `conversation_history[0].turn`: invalid value");
        let importer: Box<dyn Importer> = Box::new(Prism::default());
        let error = importer.import(Path::new("/nowhere"), &Reading::default()).unwrap_err();
        assert!(error.to_string().contains("a folder with survey.jsonl"), "{error}");
    }
}
