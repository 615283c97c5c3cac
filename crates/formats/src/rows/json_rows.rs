//! Rows of JSON: one object a line, objects over several lines, an array of objects, or such an array
//! under a key of one object.

use crate::rows::json_text::{MENDED, row, unparsed};
use crate::rows::json_values::{Broken, Depth, LONGEST, Values};
use crate::rows::named::{FieldNames, Fields};
use crate::rows::refusal::{damaged, unfit};
use crate::rows::row::{Found, Take};
use crate::{ImportError, Place, Row};
use serde::de::IgnoredAny;
use serde_json::Value;
use std::io::{BufRead, Cursor, Read};
use std::path::Path;
use std::sync::Arc;

/// Objects, one a line; or one after the other, if the first line is not one object.
pub(crate) fn objects(
    file: &Path,
    mut reader: Box<dyn BufRead>,
    take: Take<'_>,
) -> Result<(), ImportError> {
    let mut first = Vec::new();
    read_filled(file, &mut reader, &mut first)?;
    let mut goes_on = Depth::goes_on(&first);
    if goes_on {
        let mut second = Vec::new();
        read_filled(file, &mut reader, &mut second)?;
        goes_on = !is_broken_before(&first, &second);
        first.extend(second);
    }
    let reader: Box<dyn BufRead> = Box::new(Cursor::new(first).chain(reader));
    let mut alone = Alone { first: None, is_first: true, take };
    match goes_on {
        true => spread(file, reader, &mut alone)?,
        false => lines(file, reader, &mut alone)?,
    }
    alone.finish()
}

/// Adds lines up to the first that is not empty.
fn read_filled(
    file: &Path,
    reader: &mut Box<dyn BufRead>,
    lines: &mut Vec<u8>,
) -> Result<(), ImportError> {
    while lines.trim_ascii().is_empty() {
        if read_line(file, reader, lines)? == 0 {
            break;
        }
    }
    Ok(())
}

/// Whether a line that does not end its value is a broken one of lines of objects: the next line is an
/// object by itself, and none can stand there.
fn is_broken_before(first: &[u8], second: &[u8]) -> bool {
    let second = second.strip_prefix(b"\xef\xbb\xbf").unwrap_or(second).trim_ascii();
    second.starts_with(b"{")
        && !Depth::admits_object(first)
        && serde_json::from_slice::<IgnoredAny>(second).is_ok()
}

/// Adds a line to `line`; the number of its bytes.
fn read_line(
    file: &Path,
    reader: &mut Box<dyn BufRead>,
    line: &mut Vec<u8>,
) -> Result<usize, ImportError> {
    let read = reader.by_ref().take(LONGEST as u64).read_until(b'\n', line);
    read.map_err(|error| damaged(file, &error))
}

/// One object a line; empty lines are skipped.
fn lines(
    file: &Path,
    mut reader: Box<dyn BufRead>,
    alone: &mut Alone<'_>,
) -> Result<(), ImportError> {
    let mut place = Place::new(file, "line", 0);
    let mut names = Arc::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        if read_line(file, &mut reader, &mut line)? == 0 {
            return Ok(());
        }
        place.number += 1;
        if line.len() == LONGEST {
            return Err(unfit(file, "lines of at most 256 MiB", &place.to_string()));
        }
        let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        if !text.trim_ascii().is_empty() {
            alone.take(parse(text.trim_ascii_end(), &place, place.number, &mut names))?;
        }
    }
}

/// Objects over several lines.
fn spread(file: &Path, reader: Box<dyn BufRead>, alone: &mut Alone<'_>) -> Result<(), ImportError> {
    let mut values = Values::new(reader);
    let mut names = Arc::default();
    while values.peek().map_err(|error| damaged(file, &error))?.is_some() {
        let line = values.line;
        let text = values.value().map_err(|error| broken(file, line, error, "JSON"))?;
        alone.take(parse(&text, &Place::new(file, "line", line), line, &mut names))?;
    }
    Ok(())
}

/// The row that a text is; `line` is that on which it begins.
fn parse(
    text: &[u8],
    place: &Place,
    line: u64,
    names: &mut Arc<FieldNames>,
) -> Result<Row, ImportError> {
    let text = std::str::from_utf8(text).map_err(|error| {
        place.wrong("row", "UTF-8 text", format!("another byte at {}", error.valid_up_to()))
    })?;
    match row(text, names).map_err(|error| unparsed(place, line, text, &error))? {
        (Ok(fields), mended) => {
            let mut row = Row::new(place.clone(), fields);
            row.mended = mended.then_some(MENDED);
            Ok(row)
        }
        (Err(other), _) => Err(place.wrong("row", "an object", other)),
    }
}

fn broken(file: &Path, line: u64, error: Broken, what: &'static str) -> ImportError {
    let message = match error {
        Broken::Io(error) => return damaged(file, &error),
        Broken::Ends => format!("the value that begins in line {line} does not end"),
        Broken::TooLong => format!("the value that begins in line {line} has more than 256 MiB"),
    };
    ImportError::Damaged { file: file.to_owned(), what, message }
}

/// Holds the first object back until it is seen whether it is the only one: the rows may be within.
struct Alone<'a> {
    first: Option<Result<Row, ImportError>>,
    is_first: bool,
    take: Take<'a>,
}

impl Alone<'_> {
    fn take(&mut self, row: Result<Row, ImportError>) -> Result<(), ImportError> {
        if self.is_first {
            self.is_first = false;
            self.first = Some(row);
            return Ok(());
        }
        if let Some(first) = self.first.take() {
            (self.take)(Found::Row(first))?;
        }
        (self.take)(Found::Row(row))
    }

    fn finish(self) -> Result<(), ImportError> {
        let Some(first) = self.first else { return Ok(()) };
        (self.take)(Found::Row(first.map(|mut row| {
            row.doubt = doubt(&row);
            row
        })))
    }
}

/// Where the rows of a file may be that is one object.
fn doubt(row: &Row) -> Option<String> {
    if is_columns(&row.fields) {
        let advice = "write one object a row (pandas: `orient=\"records\"`)";
        return Some(format!("one object, whose fields look like columns; if so, {advice}"));
    }
    let is_list = |value: &&Value| value.as_array().is_some_and(|list| !list.is_empty());
    let lists = row.fields.iter().filter(|(_, value)| is_list(value));
    let names: Vec<&str> = lists.map(|(name, _)| name.as_str()).collect();
    let first = names.first()?;
    let told: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    Some(format!(
        "one object; if its rows are the list under {}, read it with `rows = \"{first}\"` (`--rows \
         {first}`)",
        told.join(" or ")
    ))
}

/// Whether there are several fields, all of them objects or all lists, and of one length.
fn is_columns(fields: &Fields) -> bool {
    let length = |value: &Value| match value {
        Value::Object(cells) => Some((true, cells.len())),
        Value::Array(cells) => Some((false, cells.len())),
        _ => None,
    };
    let mut lengths = fields.values().map(length);
    let first = lengths.next().flatten();
    fields.len() > 1 && first.is_some_and(|(_, cells)| cells > 0) && lengths.all(|it| it == first)
}

/// An array of objects, element by element, and any array that follows it.
pub(crate) fn array(
    file: &Path,
    reader: Box<dyn BufRead>,
    take: Take<'_>,
) -> Result<(), ImportError> {
    let mut values = Values::new(reader);
    let mut place = Place::new(file, "row", 0);
    while let Some(byte) = values.peek().map_err(|error| damaged(file, &error))? {
        if byte != b'[' {
            return Err(array_fault(file, values.line, byte, "the end"));
        }
        elements(file, &mut values, &mut place, take)?;
    }
    Ok(())
}

fn elements(
    file: &Path,
    values: &mut Values,
    place: &mut Place,
    take: Take<'_>,
) -> Result<(), ImportError> {
    let mut separator = b'[';
    let mut names = Arc::default();
    loop {
        values.pass(separator);
        let next = values.peek().map_err(|error| damaged(file, &error))?;
        if next == Some(b']') && separator == b'[' {
            values.pass(b']');
            return Ok(());
        }
        place.number += 1;
        let line = values.line;
        let text = values.value().map_err(|error| broken(file, line, error, ARRAY))?;
        take(Found::Row(parse(&text, place, line, &mut names)))?;
        match values.peek().map_err(|error| damaged(file, &error))? {
            Some(b',') => separator = b',',
            Some(b']') => {
                values.pass(b']');
                return Ok(());
            }
            Some(byte) => return Err(array_fault(file, values.line, byte, "`,` or `]`")),
            None => return Err(broken(file, line, Broken::Ends, ARRAY)),
        }
    }
}

const ARRAY: &str = "JSON array";

fn array_fault(file: &Path, line: u64, byte: u8, expected: &str) -> ImportError {
    let found = char::from(byte).escape_default();
    ImportError::Damaged {
        file: file.to_owned(),
        what: ARRAY,
        message: format!("line {line}: expected {expected}, found `{found}`"),
    }
}

/// The arrays of objects under a key of an object, and of any object that follows it.
pub(crate) fn under(
    file: &Path,
    reader: Box<dyn BufRead>,
    key: &str,
    take: Take<'_>,
) -> Result<(), ImportError> {
    let mut values = Values::new(reader);
    let mut place = Place::new(file, "row", 0);
    while let Some(byte) = values.peek().map_err(|error| damaged(file, &error))? {
        if byte != b'{' {
            let found = char::from(byte).escape_default();
            let expected = format!("another object or the end, found `{found}`");
            return Err(object_fault(file, values.line, &expected));
        }
        object(file, &mut values, key, &mut place, take)?;
    }
    Ok(())
}

fn object(
    file: &Path,
    values: &mut Values,
    key: &str,
    place: &mut Place,
    take: Take<'_>,
) -> Result<(), ImportError> {
    let first_line = values.line;
    let mut names = Vec::new();
    let mut is_found = false;
    let io = |error| damaged(file, &error);
    let mut separator = b'{';
    loop {
        values.pass(separator);
        if separator == b'{' && values.peek().map_err(io)? == Some(b'}') {
            names.push("no field".to_owned());
        } else {
            let name = name(file, values)?;
            let line = values.line;
            let is_wanted = name == key && values.peek().map_err(io)? == Some(b'[');
            if is_wanted {
                elements(file, values, place, take)?;
            } else {
                values.value().map_err(|error| broken(file, line, error, OBJECT))?;
                names.push(format!("`{name}`"));
            }
            is_found |= is_wanted;
        }
        match values.peek().map_err(io)? {
            Some(b',') => separator = b',',
            Some(b'}') if is_found => {
                values.pass(b'}');
                return Ok(());
            }
            Some(b'}') => {
                let found = format!("{} in the object of line {first_line}", names.join(", "));
                return Err(unfit(file, &format!("a list under `{key}`"), &found));
            }
            _ => return Err(object_fault(file, values.line, "`,` or `}`")),
        }
    }
}

/// A key of an object, up to its value.
fn name(file: &Path, values: &mut Values) -> Result<String, ImportError> {
    let line = values.line;
    let text = values.value().map_err(|error| broken(file, line, error, OBJECT))?;
    let name = serde_json::from_slice(&text)
        .map_err(|error| object_fault(file, line, &format!("a key: {error}")))?;
    match values.peek().map_err(|error| damaged(file, &error))? {
        Some(b':') => {
            values.pass(b':');
            Ok(name)
        }
        _ => Err(object_fault(file, values.line, "`:`")),
    }
}

const OBJECT: &str = "JSON object";

fn object_fault(file: &Path, line: u64, expected: &str) -> ImportError {
    let message = format!("line {line}: expected {expected}");
    ImportError::Damaged { file: file.to_owned(), what: OBJECT, message }
}
