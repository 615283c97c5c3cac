//! Importer of OpenAssistant: rankings, labels and emojis of volunteers on the messages of trees.
//!
//! Schemas: `oasst-data/oasst_data/schemas.py` of `LAION-AI/Open-Assistant` (messages and trees)
//! and the dataset card of `OpenAssistant/oasst1` (flat Parquet, whose labels and emojis are
//! columns of lists).

use crate::leftover::Leftover;
use crate::messages::Message as Turn;
use crate::rendered::render;
use crate::{Dialect, Draft, Import, ImportError, Importer, Place, role};
use medley_dataset::{Card, Domain};
use medley_feedback::{
    AnnotatorId, Approval, Demonstration, Provenance, Ranking, Rating, Scale, SegmentId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Reads flat messages or nested trees (`oasst1`, `oasst2`), as JSON lines or Parquet.
///
/// - Groups, named by the message that is answered: the conversation up to it, as messages; a prompter is a
///   user there.
/// - Segments, named by their message: the answers, of both roles.
/// - Rankings, source "rank/assistant" and "rank/prompter": siblings by `rank`, whose 0 is the best
///   and becomes 1. The ranks are a consensus; how many people made it is not in the files.
/// - Ratings, source "label": each label of a message is the mean of `count` votes on [0, 1]. The
///   label `quality` is the rating of the whole; others have their name as aspect, and high means
///   much of it (also of spam or toxicity).
/// - Approvals, source "emoji": `+1` and `-1`, pooled.
/// - Demonstrations, source "written": what a person wrote as the assistant, by `user_id`, unless
///   reviewers rejected it.
///
/// The author is no annotator of ranks, labels and emojis; those people are not named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oasst {}

#[typetag::serde(name = "oasst")]
impl Importer for Oasst {
    fn summary(&self) -> &'static str {
        "OpenAssistant conversations (oasst1, oasst2): flat messages or nested trees"
    }

    fn card(&self) -> Card {
        Card {
            licence: "Apache-2.0".into(),
            source: "https://huggingface.co/OpenAssistant".into(),
            attribution: "Köpf et al., OpenAssistant Conversations: Democratizing Large Language \
                          Model Alignment, NeurIPS 2023 (arXiv 2304.07327)"
                .into(),
            ..Card::new("oasst", Domain::Text)
        }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let mut forest = Forest::default();
        let mut leftover = Leftover::default();
        import.rows(path, Dialect::Quoted, |_, row| {
            if row.fields.contains_key("prompt") {
                let tree: Tree = row.parse()?;
                return forest.plant(tree.prompt, None, &row.place);
            }
            leftover.see(row, &KEPT);
            let message: Message = row.parse()?;
            forest.plant(message, None, &row.place)
        })?;
        leftover.note(import);
        let notes = &mut import.report().notes;
        notes.push("the people behind ranks, labels and emojis are not named in the source".into());
        forest.harvest(import)
    }
}

const KEPT: [&str; 12] = [
    "message_id",
    "parent_id",
    "user_id",
    "text",
    "role",
    "review_result",
    "deleted",
    "rank",
    "synthetic",
    "emojis",
    "labels",
    "replies",
];

#[derive(Deserialize)]
struct Tree {
    prompt: Message,
}

#[derive(Deserialize)]
struct Message {
    message_id: String,
    /// Absent in trees below the root, where the nesting tells.
    #[serde(default)]
    parent_id: Option<String>,
    #[serde(default)]
    user_id: Option<String>,
    text: String,
    role: String,
    #[serde(default)]
    review_result: Option<bool>,
    #[serde(default)]
    deleted: Option<bool>,
    #[serde(default)]
    rank: Option<u32>,
    #[serde(default)]
    synthetic: Option<bool>,
    #[serde(default)]
    emojis: Option<Value>,
    #[serde(default)]
    labels: Option<Value>,
    #[serde(default)]
    replies: Option<Vec<Message>>,
}

struct Node {
    message: Message,
    place: Place,
    emojis: BTreeMap<String, u32>,
    /// Mean value, if there is one, and number of votes.
    labels: BTreeMap<String, (Option<f64>, u32)>,
}

/// All messages of a file, in its order.
#[derive(Default)]
struct Forest {
    nodes: Vec<Node>,
    index: HashMap<String, usize>,
}

impl Forest {
    /// Adds a message and what is nested below it.
    fn plant(
        &mut self,
        mut message: Message,
        parent: Option<&str>,
        place: &Place,
    ) -> Result<(), ImportError> {
        if let Some(parent) = parent {
            message.parent_id = Some(parent.to_owned());
        }
        if !["prompter", "assistant"].contains(&message.role.as_str()) {
            return Err(place.wrong("role", "prompter or assistant", &message.role));
        }
        let id = message.message_id.clone();
        if self.index.contains_key(&id) {
            return Err(place.wrong("message_id", "a name of its own", format!("`{id}` again")));
        }
        let emojis = emojis(message.emojis.take(), place)?;
        let labels = labels(message.labels.take(), place)?;
        let replies = message.replies.take().unwrap_or_default();
        self.index.insert(id.clone(), self.nodes.len());
        self.nodes.push(Node { message, place: place.clone(), emojis, labels });
        replies.into_iter().try_for_each(|reply| self.plant(reply, Some(&id), place))
    }

    /// Makes groups, segments and records, parent by parent in the order of the file.
    fn harvest(&self, import: &mut Import<'_>) -> Result<(), ImportError> {
        let mut children: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (i, node) in self.nodes.iter().enumerate() {
            let report = import.report();
            match &node.message.parent_id {
                None if node.labels.is_empty() && node.emojis.is_empty() => {}
                None => report.drop("labels of an initial prompt, which answers nothing"),
                Some(parent) => match self.index.get(parent) {
                    Some(&parent) => children.entry(parent).or_default().push(i),
                    None => report.drop("message whose parent is not in the file"),
                },
            }
        }
        for (parent, replies) in children {
            let replies: Vec<&Node> = replies.iter().map(|&i| &self.nodes[i]).collect();
            let prompt = self.conversation(parent)?;
            let place = &self.nodes[parent].place;
            let name = &self.nodes[parent].message.message_id;
            import.draft(place, |draft| add_replies(draft, name, &prompt, &replies))?;
        }
        Ok(())
    }

    /// The turns up to a message.
    fn conversation(&self, last: usize) -> Result<String, ImportError> {
        let mut path = vec![last];
        let mut at = last;
        while let Some(&parent) =
            self.nodes[at].message.parent_id.as_ref().and_then(|id| self.index.get(id))
        {
            if path.contains(&parent) {
                let found = "parents that run in a circle";
                return Err(self.nodes[last].place.wrong("parent_id", "an earlier message", found));
            }
            path.push(parent);
            at = parent;
        }
        let turn = |&i: &usize| {
            let Message { role, text, .. } = &self.nodes[i].message;
            Turn::new(&role::of(role), text)
        };
        Ok(render(&path.iter().rev().map(turn).collect::<Vec<_>>()))
    }
}

fn add_replies(
    draft: &mut Draft<'_>,
    parent: &str,
    prompt: &str,
    replies: &[&Node],
) -> Result<(), ImportError> {
    let mut group = None;
    let mut standing = Vec::new();
    for node in replies {
        if node.message.deleted == Some(true) {
            draft.drop("deleted message");
        } else if node.message.text.trim().is_empty() {
            draft.drop("message without text");
        } else {
            let group = match &group {
                Some(group) => group,
                None => group.insert(draft.named_group(parent, Some(prompt), None)?),
            };
            let segment = draft.named_text(&node.message.message_id, group, &node.message.text)?;
            standing.push((*node, segment));
        }
    }
    for role in ["assistant", "prompter"] {
        let siblings = standing.iter().filter(|(node, _)| node.message.role == role);
        rank(draft, role, &siblings.collect::<Vec<_>>())?;
    }
    for (node, segment) in &standing {
        rate(draft, node, segment)?;
        approve(draft, node, segment)?;
        demonstrate(draft, node, segment)?;
    }
    Ok(())
}

fn rank(
    draft: &mut Draft<'_>,
    role: &str,
    siblings: &[&(&Node, SegmentId)],
) -> Result<(), ImportError> {
    let ranked = siblings.iter().filter_map(|(node, id)| Some((id.clone(), node.message.rank?)));
    let (segments, ranks): (Vec<SegmentId>, Vec<u32>) = ranked.unzip();
    for _ in ranks.len()..siblings.len() {
        draft.drop("message without a rank");
    }
    if segments.len() < 2 {
        if !segments.is_empty() {
            draft.drop("rank without a sibling to compare with");
        }
        return Ok(());
    }
    let ranks = ranks.iter().map(|rank| rank.saturating_add(1)).collect();
    let provenance = Provenance::from_source(&format!("rank/{role}"));
    draft.record(Ranking { segments, ranks, reason: None, provenance })
}

fn rate(draft: &mut Draft<'_>, node: &Node, segment: &SegmentId) -> Result<(), ImportError> {
    for (name, &(value, count)) in &node.labels {
        let (Some(value), true) = (value, count > 0) else {
            draft.drop("label without a vote");
            continue;
        };
        draft.record(Rating {
            segment: segment.clone(),
            value,
            scale: Scale { low: 0.0, high: 1.0, levels: None },
            aspect: (name != "quality").then(|| name.clone()),
            reason: None,
            provenance: Provenance { votes: Some(count), ..Provenance::from_source("label") },
        })?;
    }
    Ok(())
}

fn approve(draft: &mut Draft<'_>, node: &Node, segment: &SegmentId) -> Result<(), ImportError> {
    let votes = |name: &str| node.emojis.get(name).copied().unwrap_or(0);
    for (name, &count) in node.emojis.iter().filter(|(name, _)| !["+1", "-1"].contains(&&***name)) {
        (0..count.min(MOST_EMOJIS)).for_each(|_| draft.drop(&format!("emoji `{name}`")));
    }
    let (up, down) = (votes("+1"), votes("-1"));
    let all = up.saturating_add(down);
    if all == 0 {
        return Ok(());
    }
    let provenance = Provenance { votes: Some(all), ..Provenance::from_source("emoji") };
    let approval = f64::from(up) / f64::from(all);
    draft.record(Approval { segment: segment.clone(), approval, reason: None, provenance })
}

/// A count beyond this is damage and not worth counting one by one.
const MOST_EMOJIS: u32 = 10_000;

fn demonstrate(draft: &mut Draft<'_>, node: &Node, segment: &SegmentId) -> Result<(), ImportError> {
    let Message { role, synthetic, review_result, user_id, .. } = &node.message;
    if role != "assistant" || *synthetic == Some(true) {
        return Ok(());
    }
    if *review_result == Some(false) {
        draft.drop("demonstration that reviewers rejected");
        return Ok(());
    }
    let annotator = user_id.as_deref().and_then(crate::person).map(AnnotatorId);
    let provenance = Provenance { annotator, ..Provenance::from_source("written") };
    let alternatives = Vec::new();
    draft.record(Demonstration { segment: segment.clone(), alternatives, provenance })
}

/// `{"+1": 2}`, or columns `{"name": ["+1"], "count": [2]}`.
fn emojis(value: Option<Value>, place: &Place) -> Result<BTreeMap<String, u32>, ImportError> {
    let wrong = |found: &Value| place.wrong("emojis", "names with counts", found);
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(BTreeMap::new()) };
    if let Some((names, columns)) = columns(&value, &["count"]) {
        let [counts] = &columns[..] else { return Err(wrong(&value)) };
        let counts = counts.iter().map(count).collect::<Option<Vec<_>>>();
        let counts = counts.ok_or_else(|| wrong(&value))?;
        return Ok(names.into_iter().zip(counts).collect());
    }
    let fields = value.as_object().ok_or_else(|| wrong(&value))?;
    let pair = |(name, number): (&String, &Value)| Some((name.clone(), count(number)?));
    fields.iter().map(pair).collect::<Option<_>>().ok_or_else(|| wrong(&value))
}

/// `{"quality": {"value": 0.5, "count": 3}}`, or columns `{"name": [], "value": [], "count": []}`.
fn labels(
    value: Option<Value>,
    place: &Place,
) -> Result<BTreeMap<String, (Option<f64>, u32)>, ImportError> {
    let wrong = |found: &Value| place.wrong("labels", "names with `value` and `count`", found);
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(BTreeMap::new()) };
    if let Some((names, columns)) = columns(&value, &["value", "count"]) {
        let [values, counts] = &columns[..] else { return Err(wrong(&value)) };
        let pairs = values.iter().zip(counts.iter()).map(|(value, number)| mean(value, number));
        let pairs = pairs.collect::<Option<Vec<_>>>().ok_or_else(|| wrong(&value))?;
        return Ok(names.into_iter().zip(pairs).collect());
    }
    let fields = value.as_object().ok_or_else(|| wrong(&value))?;
    // A Parquet file made from trees has every label in every row, null where it was not given.
    let given = fields.iter().filter(|(_, label)| !label.is_null());
    let pair = |(name, label): (&String, &Value)| {
        Some((name.clone(), mean(label.get("value")?, label.get("count")?)?))
    };
    given.map(pair).collect::<Option<_>>().ok_or_else(|| wrong(&value))
}

fn mean(value: &Value, number: &Value) -> Option<(Option<f64>, u32)> {
    let value = if value.is_null() { None } else { Some(value.as_f64()?) };
    Some((value, count(number)?))
}

fn count(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|count| u32::try_from(count).ok())
}

/// Lists of equal length by their names, `name` and `others`.
fn columns<'v>(value: &'v Value, others: &[&str]) -> Option<(Vec<String>, Vec<&'v Vec<Value>>)> {
    let names = value.get("name")?.as_array()?;
    let texts = names.iter().map(|name| Some(name.as_str()?.to_owned()));
    let lists = others.iter().map(|other| value.get(*other)?.as_array());
    let lists = lists.collect::<Option<Vec<_>>>()?;
    let equal = lists.iter().all(|list| list.len() == names.len());
    equal.then_some((texts.collect::<Option<Vec<_>>>()?, lists))
}

#[cfg(test)]
mod tests {
    use crate::fixture::{import, import_with};
    use crate::{Imported, Importer, Oasst, Reading};
    use medley_feedback::{Approval, Demonstration, Ranking, Rating};

    fn import_text(text: &str) -> Result<Imported, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, text).unwrap();
        let importer: Box<dyn Importer> = Box::new(Oasst {});
        importer.import(file.path(), &Reading::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn siblings_become_rankings_and_thumbs_approvals() {
        let Imported { dataset, report } = import("oasst");
        let rankings = dataset.records::<Ranking>().unwrap();
        assert_eq!(rankings.len(), 2);
        let ids: Vec<&str> = rankings[0].segments.iter().map(|id| id.0.as_str()).collect();
        assert_eq!((ids, &rankings[0].ranks), (vec!["a1", "a2", "a3"], &vec![2, 1, 3]));
        assert_eq!(rankings[1].provenance.source.as_deref(), Some("rank/prompter"));
        let groups = dataset.groups();
        let prompt = groups.prompt(groups.index("a2").unwrap() as usize);
        assert_eq!(prompt, Some("user: Was?\n\nassistant: Zwei."));

        let ratings = dataset.records::<Rating>().unwrap();
        let told = ratings.iter().map(|r| (r.aspect.as_deref(), r.value, r.provenance.votes));
        let told: Vec<_> = told.collect();
        assert_eq!(told, [(None, 0.75, Some(3)), (Some("toxicity"), 0.0, Some(2))]);
        let approvals = dataset.records::<Approval>().unwrap();
        assert_eq!((approvals[0].approval, approvals[0].provenance.votes), (0.75, Some(4)));
        let written = dataset.records::<Demonstration>().unwrap();
        let by: Vec<_> = written.iter().map(|d| d.provenance.annotator.clone()).collect();
        assert_eq!(by, [Some("u2".into()), Some("u3".into())]);

        let dropped = |reason: &str| report.dropped.get(reason).copied().unwrap_or(0);
        assert_eq!(dropped("deleted message"), 1);
        assert_eq!(dropped("message without a rank"), 1);
        assert_eq!(dropped("emoji `red_flag`"), 1);
        assert_eq!(dropped("label without a vote"), 1);
        assert_eq!(dropped("demonstration that reviewers rejected"), 1);
        assert_eq!(dropped("message whose parent is not in the file"), 1);
        assert_eq!(dropped("labels of an initial prompt, which answers nothing"), 1);
    }

    #[test]
    fn trees_are_read_as_their_messages() {
        let tree = r#"{"message_tree_id": "p", "tree_state": "ready_for_export", "prompt": {
            "message_id": "p", "text": "Q", "role": "prompter", "replies": [
            {"message_id": "a", "parent_id": "p", "text": "A", "role": "assistant", "rank": 1,
             "labels": {"quality": {"value": 0.5, "count": 2}, "spam": null}, "replies": []},
            {"message_id": "b", "text": "B", "role": "assistant", "rank": 0, "synthetic": true,
             "emojis": {"+1": 1}, "replies": [
              {"message_id": "c", "text": "C", "role": "prompter", "replies": []}]}]}}"#;
        let nested = import_text(&tree.replace('\n', " ")).unwrap().dataset;
        let flat = r#"
            {"message_id": "p", "parent_id": null, "text": "Q", "role": "prompter"}
            {"message_id": "c", "parent_id": "b", "text": "C", "role": "prompter"}
            {"message_id": "a", "parent_id": "p", "text": "A", "role": "assistant", "rank": 1, "labels": {"name": ["quality"], "value": [0.5], "count": [2]}}
            {"message_id": "b", "parent_id": "p", "text": "B", "role": "assistant", "rank": 0, "synthetic": true, "emojis": {"name": ["+1"], "count": [1]}}"#;
        let flat = import_text(flat).unwrap().dataset;
        assert_eq!(nested.hash(), flat.hash());
        assert_eq!(nested.records::<Ranking>().unwrap()[0].ranks, [2, 1]);
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("oasst", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check("\"rank\": 1", "\"rank\": -1", "oasst.jsonl: line 2: at `rank`: invalid value");
        check(
            "\"text\"",
            "\"body\"",
            "line 1: at `?`: missing field `text`".replace('?', ".").as_str(),
        );
        check("\"role\": \"assistant\"", "\"role\": \"bot\"", "must be prompter or assistant");
        check("\"value\": [0.75, 0.0, null]", "\"value\": [0.75]", "`labels` must be names with");
        check("0.75, 0.0", "1.75, 0.0", "rating: field `value` must be a number in [0, 1]");
        check("\"a2\", \"parent_id\": \"p1\"", "\"a1\", \"parent_id\": \"p1\"", "`a1` again");
        check("\"p1\", \"parent_id\": null", "\"p1\", \"parent_id\": \"a2\"", "run in a circle");
    }
}
