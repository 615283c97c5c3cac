//! TOML text to a typed spec, with errors that point at the mistake.

use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::de::DeserializeOwned;
use std::path::Path;

/// A mistake in a TOML file: where, what was expected, and what may have been meant.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{file}:{line}:{column}: {message}")]
pub struct SpecError {
    /// File as named by the user.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong, with expected and found.
    pub message: String,
    #[source_code]
    source_code: NamedSource<String>,
    #[label("here")]
    span: SourceSpan,
    /// What may have been meant.
    #[help]
    pub help: Option<String>,
}

impl SpecError {
    /// An error about the bytes `span` of `text`.
    pub fn new(file: &Path, text: &str, span: std::ops::Range<usize>, message: String) -> Self {
        let (line, column) = line_and_column(text, span.start);
        let help = suggestion(&message);
        Self {
            file: file.display().to_string(),
            line,
            column,
            source_code: NamedSource::new(file.display().to_string(), text.to_owned()),
            span: span.into(),
            message,
            help,
        }
    }

    /// An error about the key at `path`, or about the file if it is not there.
    pub fn at(file: &Path, text: &str, path: &[&str], message: String) -> Self {
        Self::new(file, text, locate(text, path).unwrap_or(0..0), message)
    }
}

/// Parses `text` of `file`.
///
/// # Errors
/// Broken TOML, unknown or missing keys, wrong types, two tags where one is wanted.
pub fn parse<T: DeserializeOwned>(file: &Path, text: &str) -> Result<T, Box<SpecError>> {
    let broken = |error: toml::de::Error| {
        let span = error.span().unwrap_or(0..0);
        Box::new(SpecError::new(file, text, span, error.message().to_owned()))
    };
    let table: toml::Table = toml::from_str(text).map_err(broken)?;
    if let Some((path, tags)) = two_tags(&table) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let message = format!("`{}` names {tags}; it takes exactly one", path.join("."));
        return Err(Box::new(SpecError::at(file, text, &path, message)));
    }
    let deserializer = toml::Deserializer::parse(text).map_err(broken)?;
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        let outer = inner.span().unwrap_or(0..0);
        let message = inner.message().to_owned();
        let unknown = quoted(&message).filter(|_| message.starts_with("unknown "));
        let span = unknown
            .and_then(|key| find_key(text, &outer, key))
            .or_else(|| locate(text, &path.split('.').collect::<Vec<_>>()))
            .unwrap_or(outer);
        Box::new(SpecError::new(file, text, span, message))
    })
}

/// Positions that take exactly one tag. Serde accepts a second one in silence and drops it.
fn two_tags(table: &toml::Table) -> Option<(Vec<String>, String)> {
    let mut places = vec![
        vec!["dataset".to_owned(), "encoder".to_owned()],
        vec!["reward-model".to_owned(), "backbone".to_owned()],
        vec!["mixing".to_owned()],
        vec!["exact".to_owned()],
        vec!["import".to_owned()],
    ];
    if let Some(toml::Value::Table(sources)) = table.get("feedback") {
        places.extend(
            sources.keys().map(|s| vec!["feedback".to_owned(), s.clone(), "adapter".to_owned()]),
        );
    }
    places.into_iter().find_map(|path| {
        let (first, rest) = path.split_first()?;
        let place = rest.iter().try_fold(table.get(first)?, |value, key| value.get(key))?;
        let tags: Vec<String> = place.as_table()?.keys().map(|key| format!("`{key}`")).collect();
        (tags.len() > 1).then(|| (path, tags.join(" and ")))
    })
}

fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..floor_boundary(text, offset)];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The first word in backquotes.
fn quoted(message: &str) -> Option<&str> {
    message.split('`').nth(1)
}

/// "did you mean": the nearest of the names that an "expected one of" lists.
fn suggestion(message: &str) -> Option<String> {
    let (_, unknown) = message.split_once("unknown ")?;
    let mut quotes = unknown.split('`').skip(1).step_by(2);
    let wrong = quotes.next()?;
    let nearest = quotes
        .map(|known| (strsim::damerau_levenshtein(wrong, known), known))
        .min_by_key(|(distance, _)| *distance)?;
    let close = nearest.0 <= 1 + wrong.chars().count() / 3;
    close.then(|| format!("did you mean `{}`?", nearest.1))
}

/// Span of a key, quoted or bare, within `outer`.
fn find_key(
    text: &str,
    outer: &std::ops::Range<usize>,
    key: &str,
) -> Option<std::ops::Range<usize>> {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let scope = text.get(outer.clone()).filter(|scope| scope.contains(key));
    let (scope, start) = scope.map_or((text, 0), |scope| (scope, outer.start));
    scope.match_indices(key).find_map(|(at, found)| {
        let before = scope[..at].chars().next_back();
        let after = scope[at + found.len()..].chars().next();
        (!is_part(before) && !is_part(after)).then(|| start + at..start + at + found.len())
    })
}

/// Span of the value at a path of keys.
fn locate(text: &str, path: &[&str]) -> Option<std::ops::Range<usize>> {
    let document = toml::de::DeTable::parse(text).ok()?;
    let mut table = document.get_ref();
    let mut span = None;
    for key in path {
        let Some((found, value)) = table.iter().find(|(name, _)| name.get_ref() == key) else {
            break;
        };
        span = Some(found.span());
        match value.get_ref() {
            toml::de::DeValue::Table(inner) => table = inner,
            _ => {
                span = Some(value.span());
                break;
            }
        }
    }
    span
}
