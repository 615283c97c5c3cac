//! WordPiece: a text to the numbers that BERT reads.
//!
//! Reads `tokenizer.json` of Hugging Face tokenizers as far as BERT's own tokenizer goes
//! (BertNormalizer, BertPreTokenizer, WordPiece, a template with one token at either end), and
//! refuses the rest. Its limits on length and its padding are not used: the encoder has its own.
//!
//! Source: Wu et al., "Google's Neural Machine Translation System", 2016, section 4.1; greedy
//! longest match first, as in BERT.

use crate::normalizer::{Normalizer, words};
use medley_encoder::EncodeError;
use serde::Deserialize;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// A tokenizer that is read.
#[derive(Debug)]
pub(crate) struct Tokenizer {
    normalizer: Normalizer,
    model: WordPiece,
    unknown: u32,
    /// Tokens that are recognized in the text as it stands, longer ones first.
    added: Vec<(String, u32)>,
    /// Token before each text.
    pub first: u32,
    /// Token after each text.
    pub last: u32,
}

#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    added_tokens: Vec<Added>,
    normalizer: AnyNormalizer,
    #[serde(rename = "pre_tokenizer")]
    _pre_tokenizer: AnyPreTokenizer,
    post_processor: PostProcessor,
    model: Model,
}

#[derive(Debug, Deserialize)]
struct Added {
    id: u32,
    content: String,
    #[serde(default)]
    single_word: bool,
    #[serde(default)]
    lstrip: bool,
    #[serde(default)]
    rstrip: bool,
    #[serde(default)]
    normalized: bool,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
enum AnyNormalizer {
    BertNormalizer(Normalizer),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
enum AnyPreTokenizer {
    BertPreTokenizer {},
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
enum PostProcessor {
    TemplateProcessing { single: Vec<Piece>, special_tokens: HashMap<String, Special> },
    BertProcessing { sep: (String, u32), cls: (String, u32) },
}

#[derive(Debug, Deserialize)]
enum Piece {
    SpecialToken { id: String, type_id: u32 },
    Sequence { type_id: u32 },
}

#[derive(Debug, Deserialize)]
struct Special {
    ids: Vec<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
enum Model {
    WordPiece(WordPiece),
}

#[derive(Debug, Deserialize)]
struct WordPiece {
    vocab: HashMap<String, u32>,
    unk_token: String,
    continuing_subword_prefix: String,
    max_input_chars_per_word: usize,
}

impl Tokenizer {
    /// Reads `tokenizer.json`, whose numbers are below `vocabulary`.
    pub fn read(path: &Path, vocabulary: usize) -> Result<Self, EncodeError> {
        let bytes = fs::read(path).map_err(EncodeError::io(path, "read"))?;
        let file: File = serde_json::from_slice(&bytes).map_err(|error| {
            let expected = "BertNormalizer, BertPreTokenizer, a template and WordPiece";
            EncodeError::file(path, "content", expected, error.to_string())
        })?;
        let AnyNormalizer::BertNormalizer(normalizer) = file.normalizer;
        let Model::WordPiece(model) = file.model;
        let (first, last) = ends(path, file.post_processor)?;
        let unknown = *model.vocab.get(&model.unk_token).ok_or_else(|| {
            let expected = format!("in the vocabulary (`{}`)", model.unk_token);
            EncodeError::file(path, "`unk_token`", expected, "no such token")
        })?;
        let added = added(path, file.added_tokens)?;
        let most = model.vocab.values().chain(added.iter().map(|(_, id)| id)).copied();
        if let Some(id) = most.chain([first, last]).find(|&id| id as usize >= vocabulary) {
            let expected = format!("below `vocab_size` of config.json, {vocabulary}");
            return Err(EncodeError::file(path, "numbers of tokens", expected, id.to_string()));
        }
        Ok(Self { normalizer, model, unknown, added, first, last })
    }

    /// Tokens of a text, without those at its ends.
    pub fn tokens(&self, text: &str) -> Vec<u32> {
        let (mut tokens, mut rest) = (Vec::new(), text);
        while let Some((place, length, id)) = self.next_added(rest) {
            self.plain(&rest[..place], &mut tokens);
            tokens.push(id);
            rest = &rest[place + length..];
        }
        self.plain(rest, &mut tokens);
        tokens
    }

    /// Place, length and number of the first added token.
    fn next_added(&self, text: &str) -> Option<(usize, usize, u32)> {
        let found = self
            .added
            .iter()
            .filter_map(|(content, id)| Some((text.find(content)?, content.len(), *id)));
        found.min_by_key(|&(place, length, _)| (place, usize::MAX - length))
    }

    fn plain(&self, text: &str, tokens: &mut Vec<u32>) {
        let text = self.normalizer.clean(text);
        for word in words(&text) {
            let before = tokens.len();
            if !self.model.split(word, tokens) {
                tokens.truncate(before);
                tokens.push(self.unknown);
            }
        }
    }
}

impl WordPiece {
    /// Appends the pieces of a word; whether it has any.
    fn split(&self, word: &str, tokens: &mut Vec<u32>) -> bool {
        if word.chars().count() > self.max_input_chars_per_word {
            return false;
        }
        let mut start = 0;
        while start < word.len() {
            let Some((end, id)) = self.longest(word, start) else { return false };
            tokens.push(id);
            start = end;
        }
        true
    }

    /// The longest piece of a word from `start` on: where it ends, and its number.
    fn longest(&self, word: &str, start: usize) -> Option<(usize, u32)> {
        let prefix = if start == 0 { "" } else { &self.continuing_subword_prefix };
        let mut piece = format!("{prefix}{}", &word[start..]);
        while piece.len() > prefix.len() {
            if let Some(&id) = self.vocab.get(&piece) {
                return Some((start + piece.len() - prefix.len(), id));
            }
            piece.pop();
        }
        None
    }
}

/// The tokens before and after each text.
fn ends(path: &Path, processor: PostProcessor) -> Result<(u32, u32), EncodeError> {
    let fail = |found: String| {
        let expected = "one token, the text and one token, all of type 0";
        Err(EncodeError::file(path, "`post_processor`", expected, found))
    };
    match processor {
        PostProcessor::BertProcessing { sep, cls } => Ok((cls.1, sep.1)),
        PostProcessor::TemplateProcessing { single, special_tokens } => {
            let [
                Piece::SpecialToken { id: first, type_id: 0 },
                Piece::Sequence { type_id: 0 },
                Piece::SpecialToken { id: last, type_id: 0 },
            ] = &single[..]
            else {
                return fail(format!("{single:?}"));
            };
            let number = |name: &String| match special_tokens.get(name)?.ids[..] {
                [id] => Some(id),
                _ => None,
            };
            match (number(first), number(last)) {
                (Some(first), Some(last)) => Ok((first, last)),
                _ => fail(format!("{special_tokens:?}")),
            }
        }
    }
}

fn added(path: &Path, tokens: Vec<Added>) -> Result<Vec<(String, u32)>, EncodeError> {
    let odd = |t: &&Added| t.single_word || t.lstrip || t.rstrip || t.normalized;
    if let Some(token) = tokens.iter().find(|t| odd(t) || t.content.is_empty()) {
        let expected = "found in the text as it stands: no `single_word`, `lstrip`, `rstrip` or \
                        `normalized`";
        return Err(EncodeError::file(path, "`added_tokens`", expected, format!("{token:?}")));
    }
    Ok(tokens.into_iter().map(|token| (token.content, token.id)).collect())
}
