//! Rows of JSON: one object a line, or an array of objects.

use crate::content::{damaged, unfit};
use crate::place::shortened;
use crate::rows::row::Take;
use crate::{ImportError, Place, Row};
use serde::de::{DeserializeSeed, Error, SeqAccess, Visitor};
use serde_json::Value;
use std::io::{BufRead, Read};
use std::path::Path;

/// A line that is longer is no row.
const LONGEST_LINE: u64 = 256 << 20;

/// One object a line; empty lines are skipped.
pub(crate) fn lines(
    file: &Path,
    mut reader: Box<dyn BufRead>,
    take: Take<'_>,
) -> Result<(), ImportError> {
    let mut place = Place::new(file, "line", 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line);
        if read.map_err(|error| damaged(file, &error))? == 0 {
            return Ok(());
        }
        place.number += 1;
        if line.len() as u64 == LONGEST_LINE {
            return Err(unfit(file, "lines of at most 256 MiB", &place.to_string()));
        }
        if !line.trim_ascii().is_empty() {
            take(parse(line.trim_ascii_end(), &place))?;
        }
    }
}

fn parse(line: &[u8], place: &Place) -> Result<Row, ImportError> {
    let text = std::str::from_utf8(line).map_err(|error| {
        place.wrong("row", "UTF-8 text", format!("another byte at {}", error.valid_up_to()))
    })?;
    let value = serde_json::from_str(text).map_err(|error| {
        // The parser's own place is within the line, and reads as one in the file.
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
        ImportError::Parse {
            place: place.clone(),
            path: format!("column {}", error.column()),
            message: message.to_owned(),
        }
    })?;
    object(value, place)
}

fn object(value: Value, place: &Place) -> Result<Row, ImportError> {
    match value {
        Value::Object(fields) => Ok(Row { place: place.clone(), fields }),
        other => Err(place.wrong("row", "an object", other)),
    }
}

/// An array of objects, element by element.
pub(crate) fn array(
    file: &Path,
    reader: Box<dyn BufRead>,
    take: Take<'_>,
) -> Result<(), ImportError> {
    let mut failed = None;
    let elements = Elements { place: Place::new(file, "row", 0), take, failed: &mut failed };
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let read = elements.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    match (failed, read) {
        (Some(error), _) => Err(error),
        (None, Ok(())) => Ok(()),
        (None, Err(error)) if error.is_io() => Err(damaged(file, &error.into())),
        (None, Err(error)) => Err(ImportError::Damaged {
            file: file.to_owned(),
            what: "JSON array",
            message: shortened(&error.to_string()),
        }),
    }
}

/// Hands elements over while the array is being read.
struct Elements<'a> {
    place: Place,
    take: Take<'a>,
    failed: &'a mut Option<ImportError>,
}

impl<'de> DeserializeSeed<'de> for Elements<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while let Some(value) = elements.next_element::<Value>()? {
            self.place.number += 1;
            if let Err(error) = (self.take)(object(value, &self.place)) {
                *self.failed = Some(error);
                return Err(A::Error::custom("a row was refused"));
            }
        }
        Ok(())
    }
}
