//! Rows of CSV and TSV with a header. Cells are strings; types are a matter of the format.

use crate::content::{damaged, unfit};
use crate::rows::row::Take;
use crate::{ImportError, Place, Row};
use csv::ByteRecord;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::path::Path;
use std::rc::Rc;

/// How cells of text tables are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Tab if the header has one, else comma, else semicolon; cells may be quoted.
    #[default]
    Quoted,
    /// The same, and a quotation mark is a character like any other.
    Unquoted,
}

pub(crate) fn rows(
    file: &Path,
    mut reader: Box<dyn BufRead>,
    dialect: Dialect,
    take: Take<'_>,
) -> Result<(), ImportError> {
    let delimiter = delimiter(reader.fill_buf().map_err(|error| damaged(file, &error))?);
    let passed = Rc::new(RefCell::new(Passed::default()));
    let reader = Watched { inner: reader, passed: passed.clone() };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(dialect == Dialect::Quoted)
        .flexible(true)
        .has_headers(false)
        .from_reader(reader);
    let broken = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => damaged(file, &error),
        other => unfit(file, "a table", &format!("{other:?}")),
    };
    let mut record = ByteRecord::new();
    if !reader.read_byte_record(&mut record).map_err(broken)? {
        return Err(unfit(file, "a header", "an empty file"));
    }
    let header = header(file, &record)?;
    let mut open = None;
    while reader.read_byte_record(&mut record).map_err(broken)? {
        let line = passed.borrow_mut().line_of(&record);
        let told = row(&record, &header, Place::new(file, "line", line));
        // Such a row is not at fault alone: what follows it may be within its last cell.
        let spans_lines = record.iter().any(|cell| cell.contains(&b'\n'));
        if told.is_err() && record.len() != header.len() && spans_lines {
            return Err(ImportError::Damaged {
                file: file.to_owned(),
                what: "table",
                message: format!(
                    "the row of line {line} has {} cells, one of several lines, and the header {}: \
                     a quotation mark may not close where it should",
                    record.len(),
                    header.len()
                ),
            });
        }
        take(told)?;
        open = record.iter().next_back().is_some_and(|cell| cell.contains(&b'\n')).then_some(line);
    }
    // A last cell of several lines was quoted; if its quotation mark is not the last character,
    // the rest of the file is in it.
    match open {
        Some(line) if passed.borrow().last != b'"' => Err(ImportError::Damaged {
            file: file.to_owned(),
            what: "table",
            message: format!("the quotation mark in the row of line {line} never closes"),
        }),
        _ => Ok(()),
    }
}

/// Remembers what passed since the last record began.
struct Watched {
    inner: Box<dyn BufRead>,
    passed: Rc<RefCell<Passed>>,
}

#[derive(Default)]
struct Passed {
    bytes: VecDeque<u8>,
    /// Place of the first of them in the file.
    start: u64,
    /// The last one that is no white space.
    last: u8,
}

impl Passed {
    /// The line where a record begins. The reader counts from the end of the one before, which for
    /// it is the first of two characters that end a line, and before any empty lines.
    fn line_of(&mut self, record: &ByteRecord) -> u64 {
        let (byte, line) = record.position().map_or((0, 0), |at| (at.byte(), at.line()));
        let before = byte.saturating_sub(self.start) as usize;
        self.bytes.drain(..before.min(self.bytes.len()));
        self.start = byte;
        let ends = self.bytes.iter().take_while(|&byte| b"\r\n".contains(byte));
        line + ends.filter(|&&byte| byte == b'\n').count() as u64
    }
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let mut passed = self.passed.borrow_mut();
        passed.bytes.extend(&buffer[..read]);
        if let Some(&last) = buffer[..read].iter().rfind(|byte| !byte.is_ascii_whitespace()) {
            passed.last = last;
        }
        Ok(read)
    }
}

/// Tab if the first line has one, else semicolon if it has one and no comma, else comma.
fn delimiter(head: &[u8]) -> u8 {
    let end = head.iter().position(|&byte| byte == b'\n').unwrap_or(head.len());
    let has = |delimiter: u8| head[..end].contains(&delimiter);
    match (has(b'\t'), has(b','), has(b';')) {
        (true, ..) => b'\t',
        (_, false, true) => b';',
        _ => b',',
    }
}

/// Names of the columns. A cell at the end that starts with `#` is a remark and no column.
fn header(file: &Path, record: &ByteRecord) -> Result<Vec<String>, ImportError> {
    let mut names = Vec::new();
    for cell in record {
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

fn row(record: &ByteRecord, header: &[String], place: Place) -> Result<Row, ImportError> {
    let more = record.len() > header.len()
        && record.iter().skip(header.len()).any(|cell| !cell.trim_ascii().is_empty());
    if record.len() < header.len() || more {
        let found = format!("{} cells", record.len());
        return Err(place.wrong("row", format!("{} cells as in the header", header.len()), found));
    }
    let mut fields = Map::new();
    for (name, cell) in header.iter().zip(record) {
        let text = std::str::from_utf8(cell).map_err(|error| {
            let found = format!("another byte at {}", error.valid_up_to());
            place.wrong(name, "UTF-8 text", found)
        })?;
        fields.insert(name.clone(), Value::String(text.to_owned()));
    }
    Ok(Row { place, fields })
}
