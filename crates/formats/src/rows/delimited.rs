//! Rows of CSV and TSV with a header. Cells are strings; types are a matter of the format.
//!
//! `docs/FORMATS.md` states the rules: which character separates cells, when quotation marks stand
//! around cells, and when they are text.

use crate::rows::cells::{Fault, Marks, Pieces, Record, Records, unquoted, without_end};
use crate::rows::named::{FieldNames, Fields};
use crate::rows::refusal::{damaged, unfit};
use crate::rows::row::{Found, Take};
use crate::{ImportError, Place, Row};
use serde_json::Value;
use std::io::{self, BufRead};
use std::path::Path;
use std::sync::Arc;

/// How cells of text tables are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Cells may stand between quotation marks, if those of the file are no characters of its texts.
    #[default]
    Quoted,
    /// A quotation mark is a character like any other.
    Unquoted,
}

/// What quotation marks are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quoting {
    /// Marks around cells, unless the first of them shows that they are characters.
    Told,
    Marks,
    Characters,
}

/// Calls `take` for each row.
pub(crate) fn rows(
    file: &Path,
    mut reader: Box<dyn BufRead>,
    quoting: Quoting,
    take: Take<'_>,
) -> Result<(), ImportError> {
    let broken = |error: io::Error| damaged(file, &error);
    let (marks, is_named) = marks(reader.fill_buf().map_err(broken)?, quoting);
    let mut records = Records::new(reader, marks);
    if is_named {
        records.line().map_err(broken)?;
    }
    let mut record = Record::default();
    if !records.next(&mut record).map_err(broken)? {
        return Err(unfit(file, "a header", "an empty file"));
    }
    let mut table = Table::new(file, quoting, &record)?;
    while records.next(&mut record).map_err(broken)? {
        if table.shows_characters(&record, marks) {
            table.quoting = Quoting::Characters;
            records.marks.quoted = false;
            take(Found::Note(table.note(record.line)))?;
            record.unquote(marks);
        }
        take(table.found(&record, marks)?)?;
    }
    Ok(())
}

/// What is known of a table.
struct Table<'a> {
    file: &'a Path,
    header: Vec<String>,
    names: Arc<FieldNames>,
    /// Cells of the header, remarks among them.
    columns: usize,
    quoting: Quoting,
    /// Whether a cell stood between quotation marks.
    enclosed: bool,
}

/// What to do about quotation marks that are characters.
const ADVICE: &str = "if quotation marks are characters of its texts, read it with `quoted = false` \
                      (`--quoted false`)";

impl<'a> Table<'a> {
    fn new(file: &'a Path, quoting: Quoting, first: &Record) -> Result<Self, ImportError> {
        let columns = first.cells.len();
        let (header, names) = (Vec::new(), Arc::default());
        let table = Self { file, header, names, columns, quoting, enclosed: first.enclosed };
        match first.fault {
            Some(Fault::TextAfter) if first.lines.len() == 1 => {
                let found = format!("text after a closing quotation mark; {ADVICE}");
                Err(unfit(file, "a header of names", &found))
            }
            Some(fault) => Err(table.swallowed(first, fault)),
            None => {
                let header = self::header(file, &first.cells)?;
                let names = FieldNames::new(header.clone());
                Ok(Self { header, names, ..table })
            }
        }
    }

    /// Whether the first cell that begins with a quotation mark shows that these are characters:
    /// text follows the mark that closes it, and without marks the line has the cells of the header.
    fn shows_characters(&self, record: &Record, marks: Marks) -> bool {
        self.quoting == Quoting::Told
            && !self.enclosed
            && record.fault == Some(Fault::TextAfter)
            && record.lines.len() == 1
            && unquoted(record.lines.get(0), marks).count() == self.columns
    }

    fn note(&self, line: u64) -> String {
        format!(
            "{}: quotation marks are characters of the texts, since text follows one that would \
             close a cell (line {line}); with `quoted = true` they stand around cells",
            self.file.file_name().unwrap_or_default().to_string_lossy()
        )
    }

    /// What a record is; an error if it may hold other rows.
    fn found(&mut self, record: &Record, marks: Marks) -> Result<Found, ImportError> {
        self.enclosed |= record.enclosed;
        let place = Place::new(self.file, "line", record.line);
        match record.fault {
            Some(Fault::TextAfter) if record.lines.len() == 1 => {
                let expected = "cells between quotation marks that nothing follows";
                let found = "text after a closing quotation mark (with `quoted = false` these are \
                             characters)";
                return Ok(Found::Row(Err(place.wrong("row", expected, found))));
            }
            Some(fault) => return Err(self.swallowed(record, fault)),
            None => {}
        }
        if self.quoting == Quoting::Told && self.is_rows(record, marks) {
            let message = format!(
                "a quotation mark in the row of line {} closes in line {}, and each of these lines \
                 has {} cells by itself; {ADVICE}, or else with `quoted = true`",
                record.line,
                last_line(record),
                self.columns
            );
            return Err(self.damaged(message));
        }
        if self.header.iter().map(String::as_bytes).eq(record.cells.iter().map(<[u8]>::trim_ascii))
        {
            return Ok(Found::Left("header that is repeated"));
        }
        let told = row(&record.cells, (&self.header, &self.names), place);
        // Such a row is not at fault alone: what follows it may be within its last cell.
        if told.is_err() && record.cells.len() != self.header.len() && record.lines.len() > 1 {
            let message = format!(
                "the row of line {} has {} cells, one of several lines, and the header {}: a \
                 quotation mark may not close where it should; {ADVICE}",
                record.line,
                record.cells.len(),
                self.header.len()
            );
            return Err(self.damaged(message));
        }
        Ok(Found::Row(told))
    }

    /// Whether a record of several lines is as many rows where quotation marks are characters. Of
    /// two columns apart by a comma, any prose with a comma in each line would be.
    fn is_rows(&self, record: &Record, marks: Marks) -> bool {
        let is_row = |line: &[u8]| unquoted(line, marks).count() == self.columns;
        let is_telling = self.columns > 2 || (self.columns == 2 && marks.delimiter != b',');
        record.lines.len() > 1 && is_telling && record.lines.iter().all(is_row)
    }

    fn swallowed(&self, record: &Record, fault: Fault) -> ImportError {
        let line = record.line;
        self.damaged(match fault {
            Fault::Open => {
                format!("the quotation mark in the row of line {line} never closes; {ADVICE}")
            }
            Fault::TooLong => format!(
                "the quotation mark in the row of line {line} does not close within 256 MiB; {ADVICE}"
            ),
            Fault::TextAfter => format!(
                "the quotation mark in the row of line {line} closes in line {}, where text follows \
                 it; {ADVICE}",
                last_line(record)
            ),
        })
    }

    fn damaged(&self, message: String) -> ImportError {
        ImportError::Damaged { file: self.file.to_owned(), what: "table", message }
    }
}

fn last_line(record: &Record) -> u64 {
    record.line + record.lines.len() as u64 - 1
}

/// How cells are told apart, and whether a line before the header names the delimiter, as Excel
/// writes it: `sep=;`.
fn marks(head: &[u8], quoting: Quoting) -> (Marks, bool) {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let has_end = head.contains(&b'\n');
    let inner = &head[..head.len().saturating_sub(1)];
    let end = if !has_end && inner.contains(&b'\r') { b'\r' } else { b'\n' };
    let line = head.split(|&byte| byte == end).find(|line| !line.trim_ascii().is_empty());
    let line = without_end(line.unwrap_or_default(), end);
    let quoted = quoting != Quoting::Characters;
    match named_delimiter(line) {
        Some(delimiter) => (Marks { delimiter, end, quoted }, true),
        None => (Marks { delimiter: delimiter(line), end, quoted }, false),
    }
}

/// The character after `sep=`, if the line has nothing else.
fn named_delimiter(line: &[u8]) -> Option<u8> {
    let bare = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match *bare {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => Some(delimiter),
        _ => None,
    }
}

/// Tab if the header has one; else comma, semicolon or bar, the first of these that it has.
fn delimiter(header: &[u8]) -> u8 {
    let known = [b'\t', b',', b';', b'|'];
    known.into_iter().find(|delimiter| header.contains(delimiter)).unwrap_or(b',')
}

/// Names of the columns. A cell at the end that starts with `#` is a remark and no column.
fn header(file: &Path, cells: &Pieces) -> Result<Vec<String>, ImportError> {
    let mut names = Vec::new();
    for cell in cells.iter() {
        let name = std::str::from_utf8(cell)
            .map_err(|_| unfit(file, "a header in UTF-8", &String::from_utf8_lossy(cell)))?;
        names.push(name.trim().to_owned());
    }
    while names.last().is_some_and(|name| name.starts_with('#')) {
        names.pop();
    }
    for (i, name) in names.iter().enumerate() {
        if names[..i].contains(name) {
            return Err(unfit(file, "columns of different names", &format!("`{name}` twice")));
        }
    }
    Ok(names)
}

fn row(
    cells: &Pieces,
    (header, names): (&[String], &Arc<FieldNames>),
    place: Place,
) -> Result<Row, ImportError> {
    let more = cells.iter().skip(header.len()).any(|cell| !cell.trim_ascii().is_empty());
    if cells.len() < header.len() || more {
        let found = format!("{} cells", cells.len());
        return Err(place.wrong("row", format!("{} cells as in the header", header.len()), found));
    }
    let mut values = Vec::with_capacity(header.len());
    for (name, cell) in header.iter().zip(cells.iter()) {
        let text = std::str::from_utf8(cell).map_err(|error| {
            let found = format!("another byte at {}", error.valid_up_to());
            place.wrong(name, "UTF-8 text", found)
        })?;
        values.push(Value::String(text.to_owned()));
    }
    Ok(Row::new(place, Fields::new(names, values)))
}
