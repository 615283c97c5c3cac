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
    let deserializer =
        toml::Deserializer::parse(text).map_err(|error| broken(file, text, &error))?;
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        let outer = inner.span().unwrap_or(0..0);
        let message = plain(inner.message());
        let span = unknown_key(&message)
            .and_then(|key| find_key(text, &outer, key))
            .or_else(|| locate(text, &path.split('.').collect::<Vec<_>>()))
            .unwrap_or(outer);
        Box::new(SpecError::new(file, text, span, message))
    })
}

/// Parses a table whose values come from `text` of `file`, some of them from elsewhere in it:
/// `place` says where a value lies that is not where its path says.
///
/// # Errors
/// As [`parse`].
pub fn parse_table<T: DeserializeOwned>(
    file: &Path,
    text: &str,
    table: toml::Table,
    place: impl Fn(&[&str]) -> Option<Vec<String>>,
) -> Result<T, Box<SpecError>> {
    serde_path_to_error::deserialize(toml::Value::Table(table)).map_err(|error| {
        let path = error.path().to_string();
        let message = plain(error.into_inner().message());
        let mut keys: Vec<&str> = path.split('.').filter(|key| !key.is_empty()).collect();
        keys.extend(unknown_key(&message));
        let moved = place(&keys);
        let keys = moved.as_ref().map_or(keys, |keys| keys.iter().map(String::as_str).collect());
        Box::new(SpecError::at(file, text, &keys, message.clone()))
    })
}

/// The table that `text` of `file` writes, before anything is known of its keys.
///
/// # Errors
/// Broken TOML.
pub fn table(file: &Path, text: &str) -> Result<toml::Table, Box<SpecError>> {
    toml::from_str(text).map_err(|error| broken(file, text, &error))
}

fn broken(file: &Path, text: &str, error: &toml::de::Error) -> Box<SpecError> {
    let span = error.span().unwrap_or(0..0);
    Box::new(SpecError::new(file, text, span, error.message().to_owned()))
}

/// What serde says it expected, without the names that Rust has for it.
fn plain(message: &str) -> String {
    let message = message.trim_end();
    let Some((found, expected)) = message.rsplit_once(", expected ") else {
        return message.to_owned();
    };
    let expected = match expected {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number of at least 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a map" => "a table",
        "a sequence" => "a list",
        _ if expected.starts_with("struct ") => "a table",
        other => other,
    };
    format!("{found}, expected {expected}")
}

/// The key or name that an error says is unknown.
fn unknown_key(message: &str) -> Option<&str> {
    quoted(message).filter(|_| message.starts_with("unknown "))
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
    nearest(wrong, quotes).map(|known| format!("did you mean `{known}`?"))
}

/// The name that was probably meant by a wrong one, if one is close.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distances =
        known.into_iter().map(|known| (strsim::damerau_levenshtein(wrong, known), known));
    let (distance, known) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= 1 + wrong.chars().count() / 3).then_some(known)
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Options {
        epochs: Option<u32>,
        labels: Option<usize>,
        rate: Option<f64>,
        names: Option<Vec<String>>,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Inner {
        is_on: bool,
    }

    fn refused(text: &str) -> [String; 2] {
        let file = Path::new("x.toml");
        let read = table(file, text).unwrap();
        let in_parts = parse_table::<Options>(file, text, read, |_| None).unwrap_err();
        [parse::<Options>(file, text).unwrap_err(), in_parts].map(|error| error.message)
    }

    #[test]
    fn what_is_expected_is_said_without_words_of_rust() {
        for (text, expected) in [
            ("labels = -1", "a whole number of at least 0"),
            ("labels = \"many\"", "a whole number of at least 0"),
            ("epochs = 5000000000", "a whole number from 0 to 4294967295"),
            ("epochs = 2.5", "a whole number from 0 to 4294967295"),
            ("rate = \"fast\"", "a number"),
            ("names = 3", "a list"),
            ("inner = 3", "a table"),
            ("inner.is_on = 1", "true or false"),
        ] {
            for message in refused(text) {
                assert!(message.ends_with(&format!(", expected {expected}")), "{text}: {message}");
            }
        }
    }
}
