//! Which cells does a record of a table have, and on which lines does it stand?
//!
//! RFC 4180, line by line, so that a quotation mark that is none does no harm beyond its line: text
//! after a closing mark is told, and not joined to the cell as most readers do.

use std::io::{self, BufRead, Read};

/// A record that is longer is none.
const LONGEST: u64 = 256 << 20;

/// What separates cells, and what quotation marks are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Marks {
    pub delimiter: u8,
    /// Last character of a line.
    pub end: u8,
    /// Whether cells may stand between quotation marks.
    pub quoted: bool,
}

/// Lines of a table as records.
pub(crate) struct Records {
    pub marks: Marks,
    reader: Box<dyn BufRead>,
    /// Lines that were read.
    lines: u64,
    /// The first line of the first record.
    header: Vec<u8>,
}

/// One record.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// Line on which it begins, from 1.
    pub line: u64,
    /// Lines as they stand in the file, with their ends.
    pub lines: Vec<Vec<u8>>,
    pub cells: Vec<Vec<u8>>,
    /// Whether a cell stood between quotation marks.
    pub enclosed: bool,
    pub fault: Option<Fault>,
}

/// What is wrong with its quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Text after the mark that closes a cell.
    TextAfter,
    /// A cell that does not end before the file does.
    Open,
    /// A cell that does not end within 256 MiB.
    TooLong,
}

impl Records {
    pub fn new(reader: Box<dyn BufRead>, marks: Marks) -> Self {
        Self { marks, reader, lines: 0, header: Vec::new() }
    }

    /// The next line.
    pub fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        self.reader.by_ref().take(LONGEST).read_until(self.marks.end, &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        self.lines += 1;
        Ok(Some(line))
    }

    /// The next record; empty lines are none. A byte order mark before the header of a file that was
    /// put behind another is no content.
    pub fn next(&mut self) -> io::Result<Option<Record>> {
        while let Some(mut line) = self.line()? {
            let text = without_end(&line, self.marks.end);
            if text.is_empty() {
                continue;
            }
            if self.header.is_empty() {
                self.header = text.to_vec();
            } else if text.strip_prefix(b"\xef\xbb\xbf") == Some(&self.header) {
                line.drain(..3);
            }
            return self.record(line).map(Some);
        }
        Ok(None)
    }

    fn record(&mut self, first: Vec<u8>) -> io::Result<Record> {
        let mut record = Record { line: self.lines, ..Record::default() };
        if !self.marks.quoted {
            record.cells = unquoted(&first, self.marks);
            record.lines.push(first);
            return Ok(record);
        }
        let mut cells = Cells::new(self.marks);
        let (mut next, mut length) = (Some(first), 0);
        while let Some(line) = next {
            length += line.len() as u64;
            let told = cells.feed(&line);
            record.lines.push(line);
            match told {
                Told::Ended => return Ok(cells.into_record(record)),
                Told::TextAfter => {
                    record.fault = Some(Fault::TextAfter);
                    return Ok(cells.into_record(record));
                }
                Told::Open if length >= LONGEST => {
                    record.fault = Some(Fault::TooLong);
                    return Ok(cells.into_record(record));
                }
                Told::Open => next = self.line()?,
            }
        }
        if cells.place == Within::Marks {
            record.fault = Some(Fault::Open);
        }
        Ok(cells.into_record(record))
    }
}

/// The line without the characters that end it.
pub(crate) fn without_end(line: &[u8], end: u8) -> &[u8] {
    let line = line.strip_suffix(&[end]).unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Cells of a line in which a quotation mark is a character.
pub(crate) fn unquoted(line: &[u8], marks: Marks) -> Vec<Vec<u8>> {
    let cells = without_end(line, marks.end).split(|&byte| byte == marks.delimiter);
    cells.map(<[u8]>::to_vec).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// Before the first character of a cell.
    Nothing,
    /// A cell without marks.
    Cell,
    Marks,
    /// After a mark that closes a cell, or is the first of two.
    Closed,
}

enum Told {
    Ended,
    Open,
    TextAfter,
}

/// The record that is being read.
struct Cells {
    marks: Marks,
    cells: Vec<Vec<u8>>,
    cell: Vec<u8>,
    place: Within,
    enclosed: bool,
}

impl Cells {
    fn new(marks: Marks) -> Self {
        let (cells, cell) = (Vec::new(), Vec::new());
        Self { marks, cells, cell, place: Within::Nothing, enclosed: false }
    }

    fn into_record(mut self, record: Record) -> Record {
        self.cells.push(self.cell);
        Record { cells: self.cells, enclosed: self.enclosed, ..record }
    }

    fn feed(&mut self, line: &[u8]) -> Told {
        let text = without_end(line, self.marks.end);
        for (i, &byte) in text.iter().enumerate() {
            match (self.place, byte) {
                (Within::Marks, b'"') => self.place = Within::Closed,
                (Within::Marks, _) => self.cell.push(byte),
                (Within::Closed, b'"') if text[i - 1] == b'"' => {
                    self.cell.push(byte);
                    self.place = Within::Marks;
                }
                (_, byte) if byte == self.marks.delimiter => {
                    self.cells.push(std::mem::take(&mut self.cell));
                    self.place = Within::Nothing;
                }
                (Within::Closed, b' ') => {}
                (Within::Closed, _) => return Told::TextAfter,
                (Within::Nothing, b'"') => {
                    self.place = Within::Marks;
                    self.enclosed = true;
                }
                (Within::Nothing | Within::Cell, _) => {
                    self.cell.push(byte);
                    self.place = Within::Cell;
                }
            }
        }
        if self.place != Within::Marks {
            return Told::Ended;
        }
        self.cell.extend_from_slice(&line[text.len()..]);
        Told::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line, cells and fault of each record.
    fn check(text: &str, expect: &[(u64, &[&str], Option<Fault>)]) {
        let marks = Marks { delimiter: b',', end: b'\n', quoted: true };
        let mut records = Records::new(Box::new(io::Cursor::new(text.as_bytes().to_vec())), marks);
        for (line, cells, fault) in expect {
            let record = records.next().unwrap().unwrap();
            let found: Vec<&str> =
                record.cells.iter().map(|cell| std::str::from_utf8(cell).unwrap()).collect();
            assert_eq!(
                (record.line, &found[..], record.fault),
                (*line, *cells, *fault),
                "{text:?}"
            );
        }
        assert!(records.next().unwrap().is_none(), "{text:?}");
    }

    #[test]
    fn marks_stand_around_cells_and_are_doubled_within() {
        check("a,b\n", &[(1, &["a", "b"], None)]);
        check("\"a\",\"\"\r\n", &[(1, &["a", ""], None)]);
        check("\"a \"\"b\"\"\"", &[(1, &["a \"b\""], None)]);
        check("\"\"\"\"", &[(1, &["\""], None)]);
        check("\"a\" ,b", &[(1, &["a", "b"], None)]);
        check("\"a,b\r\nc\",d\ne,", &[(1, &["a,b\r\nc", "d"], None), (3, &["e", ""], None)]);
        check("5\" disk, \"x\"\n", &[(1, &["5\" disk", " \"x\""], None)]);
        check("\n\r\na\n\nb", &[(3, &["a"], None), (5, &["b"], None)]);
        check("a\n\u{feff}a\n", &[(1, &["a"], None), (2, &["a"], None)]);
        check("a\n\u{feff}b\n", &[(1, &["a"], None), (2, &["\u{feff}b"], None)]);
    }

    #[test]
    fn a_mark_that_is_none_is_told() {
        let after = Some(Fault::TextAfter);
        check("\"a\"b,c\nd,e\n", &[(1, &["a"], after), (2, &["d", "e"], None)]);
        check("\"a\" \"b\",c\n", &[(1, &["a"], after)]);
        check("\"a\nb\"c\nd\n", &[(1, &["a\nb"], after), (3, &["d"], None)]);
        check("a\n\"b\nc\n", &[(1, &["a"], None), (2, &["b\nc\n"], Some(Fault::Open))]);
    }
}
