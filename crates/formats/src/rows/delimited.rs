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
use std::io::{self, BufRead, Read};
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
    let mut head = Vec::new();
    reader.by_ref().take(LOOKED_AT).read_to_end(&mut head).map_err(broken)?;
    let Opening { marks, lines, remarks } = opening(&head, quoting);
    let mut records = Records::new(Box::new(io::Cursor::new(head).chain(reader)), marks);
    for _ in 0..lines {
        records.line().map_err(broken)?;
    }
    for _ in 0..remarks {
        take(Found::Left("remark before the header"))?;
    }
    let mut record = Record::default();
    if !records.next(&mut record).map_err(broken)? {
        return Err(unfit(file, "a header", "an empty file"));
    }
    let mut table = Table::new(file, quoting, &record)?;
    for _ in 0..table.unnamed {
        take(Found::Left("column at the end without a name"))?;
    }
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
    /// Cells at the end of the header that say nothing.
    unnamed: usize,
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
        let (unnamed, enclosed) = (0, first.enclosed);
        let table = Self { file, header, names, columns, unnamed, quoting, enclosed };
        match first.fault {
            Some(Fault::TextAfter) if first.lines.len() == 1 => {
                let found = format!("text after a closing quotation mark; {ADVICE}");
                Err(unfit(file, "a header of names", &found))
            }
            Some(fault) => Err(table.swallowed(first, fault)),
            None => {
                let (header, unnamed) = self::header(file, &first.cells)?;
                let names = FieldNames::new(header.clone());
                Ok(Self { header, names, unnamed, ..table })
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
        let is_blank = |cell: &[u8]| cell.trim_ascii().is_empty();
        if self.columns > 1 && record.lines.len() == 1 && record.cells.iter().all(is_blank) {
            return Ok(Found::Left("row of empty cells"));
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

/// How cells are told apart, and what stands before the header.
struct Opening {
    marks: Marks,
    /// Lines before the header that are none of the table.
    lines: usize,
    /// How many of these are remarks.
    remarks: usize,
}

/// Bytes that are looked at.
const LOOKED_AT: u64 = 1 << 16;
/// Rows that are looked at to tell the delimiter.
const TELLING: usize = 10;

/// Before the header there may be empty lines, one that names the delimiter as Excel writes it
/// (`sep=;`), and remarks: `# exported yesterday`, of other cells than the line behind them.
fn opening(head: &[u8], quoting: Quoting) -> Opening {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let has_end = head.contains(&b'\n');
    let inner = &head[..head.len().saturating_sub(1)];
    let end = if !has_end && inner.contains(&b'\r') { b'\r' } else { b'\n' };
    let marks = Marks { delimiter: b',', end, quoted: quoting != Quoting::Characters };
    let is_cut = head.len() as u64 >= LOOKED_AT;
    let told = |table: &[u8]| Marks { delimiter: delimiter(table, marks, is_cut), ..marks };
    let is_remark = |line: &[u8], behind: &[u8]| {
        line.starts_with(b"# ") && {
            let table = without_remarks(behind, end);
            let cells = |line: &[u8]| unquoted(line, told(table)).count();
            !table.is_empty() && cells(line) != cells(split_line(table, end).0)
        }
    };
    let (mut rest, mut lines, mut remarks) = (head, 0, 0);
    loop {
        let (line, behind) = split_line(rest, end);
        if let Some(delimiter) = named_delimiter(line) {
            return Opening { marks: Marks { delimiter, ..marks }, lines: lines + 1, remarks };
        }
        let is_empty = line.trim_ascii().is_empty() && !behind.is_empty();
        if !is_empty && !is_remark(line, behind) {
            return Opening { marks: told(rest), lines, remarks };
        }
        remarks += usize::from(!is_empty);
        lines += 1;
        rest = behind;
    }
}

/// What is left behind empty lines and lines like remarks.
fn without_remarks(text: &[u8], end: u8) -> &[u8] {
    let mut rest = text;
    loop {
        let (line, behind) = split_line(rest, end);
        let is_passed = line.trim_ascii().is_empty() || line.starts_with(b"# ");
        match is_passed && !rest.is_empty() {
            true => rest = behind,
            false => return rest,
        }
    }
}

/// The first line without its end, and what is behind it.
fn split_line(text: &[u8], end: u8) -> (&[u8], &[u8]) {
    let length = text.iter().position(|&byte| byte == end).map_or(text.len(), |place| place + 1);
    let (line, behind) = text.split_at(length);
    (without_end(line, end), behind)
}

/// The character after `sep=`, if the line has nothing else.
fn named_delimiter(line: &[u8]) -> Option<u8> {
    let bare = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match *bare {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => Some(delimiter),
        _ => None,
    }
}

/// Tab, comma, semicolon or bar: of those that the header has, the first by which the first rows have
/// as many cells as the header; if there is none, the first by which most have.
fn delimiter(table: &[u8], marks: Marks, is_cut: bool) -> u8 {
    let (header, _) = split_line(table, marks.end);
    let known = [b'\t', b',', b';', b'|'];
    let mut known: Vec<u8> = known.into_iter().filter(|known| header.contains(known)).collect();
    if known.len() > 1 {
        // Equal ones stay in their order.
        known.sort_by_key(|&delimiter| misfits(table, Marks { delimiter, ..marks }, is_cut));
    }
    known.first().copied().unwrap_or(b',')
}

/// How many of the first rows do not have the cells of the header; all, if this header is none.
fn misfits(table: &[u8], marks: Marks, is_cut: bool) -> usize {
    let mut records = Records::new(Box::new(io::Cursor::new(table.to_vec())), marks);
    let mut next = || {
        let mut record = Record::default();
        records.next(&mut record).is_ok_and(|is_there| is_there).then_some(record)
    };
    let Some(header) = next().filter(|header| header.fault.is_none() && header.cells.len() > 1)
    else {
        return usize::MAX;
    };
    let mut rows: Vec<Record> = std::iter::from_fn(next).take(TELLING).collect();
    if is_cut && rows.len() < TELLING {
        rows.pop();
    }
    let fits = |row: &Record| row.fault.is_none() && row.cells.len() == header.cells.len();
    rows.iter().filter(|row| !fits(row)).count()
}

/// Names of the columns, and how many cells at the end say nothing. A cell at the end that starts with
/// `# ` is a remark and no column; one without a name is none if another is without.
fn header(file: &Path, cells: &Pieces) -> Result<(Vec<String>, usize), ImportError> {
    let mut names = Vec::new();
    for cell in cells.iter() {
        let name = std::str::from_utf8(cell)
            .map_err(|_| unfit(file, "a header in UTF-8", &String::from_utf8_lossy(cell)))?;
        names.push(name.trim().to_owned());
    }
    while names.len() > 1 && names.last().is_some_and(|name| name.starts_with("# ")) {
        names.pop();
    }
    let is_empty = |name: &&String| name.is_empty();
    let at_end = names.iter().rev().take_while(is_empty).count();
    let unnamed = if names.iter().filter(is_empty).count() > 1 { at_end } else { 0 };
    names.truncate(names.len() - unnamed);
    for (i, name) in names.iter().enumerate() {
        if names[..i].contains(name) {
            return Err(unfit(file, "columns of different names", &format!("`{name}` twice")));
        }
    }
    Ok((names, unnamed))
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
    let mut row = Row::new(place, Fields::new(names, values));
    row.is_of_table = true;
    Ok(row)
}
