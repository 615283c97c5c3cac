//! What does the name of a column say?

pub(super) const PROMPT: &[&str] = &[
    "prompt",
    "question",
    "instruction",
    "query",
    "problem",
    "messages",
    "conversation",
    "conversations",
    "dialogue",
    "dialog",
    "history",
    "post",
    "input",
    "q",
    "source",
    "src",
    "task",
    "premise",
    "title",
];
pub(super) const CONTEXT: &[&str] =
    &["context", "passage", "document", "article", "input", "background", "reference"];
pub(super) const RESPONSE: &[&str] = &[
    "response",
    "answer",
    "completion",
    "output",
    "reply",
    "generation",
    "generated",
    "summary",
    "translation",
    "text",
    "candidate",
    "continuation",
    "sentence",
    "segment",
    "target",
    "mt",
    "messages",
    "conversation",
    "conversations",
    "chat",
    "message",
    "content",
    "a",
    "comment",
];
pub(super) const CHOSEN: &[&str] =
    &["chosen", "preferred", "better", "winner", "win", "accepted", "good", "positive"];
pub(super) const REJECTED: &[&str] =
    &["rejected", "dispreferred", "worse", "loser", "lose", "refused", "bad", "negative"];
pub(super) const BEFORE: &[&str] =
    &["original", "before", "draft", "initial", "old", "uncorrected", "mt", "machine"];
pub(super) const AFTER: &[&str] = &[
    "corrected",
    "edited",
    "edit",
    "after",
    "revised",
    "revision",
    "correction",
    "postedit",
    "postedited",
    "rewritten",
    "rewrite",
    "fixed",
    "improved",
    "new",
    "pe",
];
pub(super) const WINNER: &[&str] = &[
    "winner",
    "preference",
    "preferred",
    "label",
    "choice",
    "vote",
    "verdict",
    "better",
    "judgment",
    "judgement",
    "annotation",
    "selected",
    "selection",
    "pick",
    "decision",
    "best",
    "which",
    "outcome",
    "result",
    "answer",
    "chosen",
    "rating",
    "annotator",
];
pub(super) const RATING: &[&str] = &[
    "rating",
    "score",
    "star",
    "quality",
    "likert",
    "grade",
    "value",
    "point",
    "overall",
    "helpfulness",
    "correctness",
    "coherence",
    "complexity",
    "verbosity",
    "fluency",
    "relevance",
    "adequacy",
    "accuracy",
    "consistency",
    "harmlessness",
    "helpful",
    "satisfaction",
    "usefulness",
    "da",
    "mean",
];
pub(super) const THUMB: &[&str] = &[
    "thumb",
    "thumbs",
    "label",
    "approval",
    "approved",
    "approve",
    "like",
    "liked",
    "accept",
    "accepted",
    "ok",
    "correct",
    "feedback",
    "reward",
    "upvoted",
    "desirable",
    "vote",
    "helpful",
    "safe",
    "is",
];
const ANNOTATOR: &[&str] = &[
    "annotator",
    "worker",
    "rater",
    "labeler",
    "labeller",
    "coder",
    "judge",
    "evaluator",
    "participant",
    "user",
    "reviewer",
    "crowdworker",
    "who",
    "person",
    "assessor",
    "expert",
    "performer",
];
const ID: &[&str] =
    &["id", "name", "hash", "key", "index", "idx", "no", "number", "nr", "uuid", "uid", "session"];
pub(super) const RANK: &[&str] = &["rank", "ranking", "order", "place", "position"];
pub(super) const REASON: &[&str] = &[
    "reason",
    "explanation",
    "rationale",
    "why",
    "justification",
    "comment",
    "remark",
    "note",
    "critique",
    "feedback",
];
pub(super) const ASPECT: &[&str] =
    &["aspect", "criterion", "criteria", "dimension", "category", "type", "label", "tag", "kind"];
pub(super) const START: &[&str] =
    &["start", "begin", "from", "first", "s", "beginning", "startoffset"];
pub(super) const END: &[&str] = &["end", "to", "stop", "last", "e", "endoffset"];
const META: &[&str] = &[
    "model",
    "system",
    "engine",
    "id",
    "idx",
    "index",
    "url",
    "date",
    "timestamp",
    "created",
    "version",
    "language",
    "lang",
    "seed",
    "temperature",
    "token",
    "length",
    "len",
    "turn",
    "split",
    "subset",
    "num",
    "total",
    "count",
];

/// Words of a name, in small letters and the singular: `responseA`, `response_a`, `Response A 1`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let is_new = (before.is_lowercase() && c.is_uppercase())
            || (before.is_alphabetic() && c.is_ascii_digit())
            || (before.is_ascii_digit() && c.is_alphabetic());
        if !c.is_alphanumeric() || is_new {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    // `non_preferred_output`, of OpenAI's preference files.
    if let Some(at) =
        words.windows(2).position(|it| ["non", "not"].contains(&&*it[0]) && it[1] == "preferred")
    {
        words.splice(at..at + 2, ["dispreferred".to_owned()]);
    }
    words
}

/// Whether a word of the name is one of these, also in the plural.
pub(super) fn says(name: &str, known: &[&str]) -> bool {
    words(name).iter().any(|word| is_one(word, known))
}

/// How early in the list the word stands that the name has; names of that word alone come before others.
pub(super) fn rank(name: &str, known: &[&str]) -> Option<usize> {
    let words = words(name);
    let place = |word: &String| known.iter().position(|known| is_one(word, &[known]));
    let best = words.iter().filter_map(place).min()?;
    Some(best * 8 + words.len().min(7))
}

fn is_one(word: &str, known: &[&str]) -> bool {
    known.contains(&word) || word.strip_suffix('s').is_some_and(|one| known.contains(&one))
}

/// Whether a name is that of a person who answers, and not of an attribute of one.
pub(super) fn is_annotator(name: &str) -> bool {
    let words = words(name);
    words.iter().any(|word| is_one(word, ANNOTATOR))
        && words.iter().all(|word| is_one(word, ANNOTATOR) || is_one(word, ID))
}

/// Whether a name says who answered among several: `annotator_1`, `rater2`.
pub(super) fn is_numbered_annotator(name: &str) -> bool {
    let words = words(name);
    words.iter().any(|word| is_one(word, ANNOTATOR) || word == "vote" || word == "label")
        && words.iter().any(|word| word.chars().all(|c| c.is_ascii_digit()))
}

/// Whether a name is that of an id.
pub(super) fn is_id(name: &str) -> bool {
    words(name)
        .last()
        .is_some_and(|word| ["id", "uuid", "key", "index", "idx"].contains(&word.as_str()))
}

/// Whether a name is about how an item came to be, and not about what somebody thought of it.
pub(super) fn is_meta(name: &str) -> bool {
    says(name, META) || name.starts_with("__")
}

/// The unit of a time, if the name is that of one.
pub(super) fn time(name: &str) -> Option<&'static str> {
    let words = words(name);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    match () {
        () if has(&["milliseconds", "millisecond", "ms", "millis"]) => Some("milliseconds"),
        () if has(&["seconds", "second", "secs", "sec", "duration"]) => Some("seconds"),
        () => None,
    }
}
