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
    /// The line that was read last.
    line: Vec<u8>,
    /// Lines that were read.
    lines: u64,
    /// The first line of the first record.
    header: Vec<u8>,
}

/// One record. Its memory is used for the next.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// Line on which it begins, from 1.
    pub line: u64,
    /// Lines as they stand in the file, with their ends.
    pub lines: Pieces,
    pub cells: Pieces,
    /// Whether a cell stood between quotation marks.
    pub enclosed: bool,
    pub fault: Option<Fault>,
}

/// Pieces of bytes, one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    bytes: Vec<u8>,
    ends: Vec<usize>,
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

impl Pieces {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, i: usize) -> &[u8] {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.bytes[start..self.ends[i]]
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        (0..self.len()).map(|i| self.get(i))
    }

    fn push(&mut self, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
        self.end();
    }

    /// Ends a piece whose bytes were added.
    fn end(&mut self) {
        self.ends.push(self.bytes.len());
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

impl Record {
    /// Reads the first line as cells in which a quotation mark is a character.
    pub fn unquote(&mut self, marks: Marks) {
        self.cells.clear();
        unquoted(self.lines.get(0), marks).for_each(|cell| self.cells.push(cell));
        self.fault = None;
    }
}

impl Records {
    pub fn new(reader: Box<dyn BufRead>, marks: Marks) -> Self {
        Self { marks, reader, line: Vec::new(), lines: 0, header: Vec::new() }
    }

    /// Reads the next line; false at the end.
    pub fn line(&mut self) -> io::Result<bool> {
        self.line.clear();
        self.reader.by_ref().take(LONGEST).read_until(self.marks.end, &mut self.line)?;
        self.lines += u64::from(!self.line.is_empty());
        Ok(!self.line.is_empty())
    }

    /// Reads the next record; false at the end. Empty lines are none. A byte order mark before the header
    /// of a file that was put behind another is no content.
    pub fn next(&mut self, record: &mut Record) -> io::Result<bool> {
        while self.line()? {
            let text = without_end(&self.line, self.marks.end);
            if text.is_empty() {
                continue;
            }
            if self.header.is_empty() {
                self.header = text.to_vec();
            } else if text.strip_prefix(b"\xef\xbb\xbf") == Some(&self.header) {
                self.line.drain(..3);
            }
            self.record(record)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Reads the record that begins with the line.
    fn record(&mut self, record: &mut Record) -> io::Result<()> {
        record.lines.clear();
        record.cells.clear();
        (record.line, record.enclosed, record.fault) = (self.lines, false, None);
        if !self.marks.quoted {
            record.lines.push(&self.line);
            unquoted(&self.line, self.marks).for_each(|cell| record.cells.push(cell));
            return Ok(());
        }
        let mut cells = Cells::new(self.marks, &mut record.cells);
        loop {
            record.lines.push(&self.line);
            record.fault = match cells.feed(&self.line) {
                Told::Ended => None,
                Told::TextAfter => Some(Fault::TextAfter),
                Told::Open if record.lines.bytes.len() as u64 >= LONGEST => Some(Fault::TooLong),
                Told::Open if self.line()? => continue,
                Told::Open => Some(Fault::Open),
            };
            break;
        }
        record.enclosed = cells.enclosed;
        record.cells.end();
        Ok(())
    }
}

/// The line without the characters that end it.
pub(crate) fn without_end(line: &[u8], end: u8) -> &[u8] {
    let line = line.strip_suffix(&[end]).unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Cells of a line in which a quotation mark is a character.
pub(crate) fn unquoted(line: &[u8], marks: Marks) -> impl Iterator<Item = &[u8]> {
    without_end(line, marks.end).split(move |&byte| byte == marks.delimiter)
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
struct Cells<'a> {
    marks: Marks,
    cells: &'a mut Pieces,
    place: Within,
    enclosed: bool,
}

impl<'a> Cells<'a> {
    fn new(marks: Marks, cells: &'a mut Pieces) -> Self {
        Self { marks, cells, place: Within::Nothing, enclosed: false }
    }

    fn feed(&mut self, line: &[u8]) -> Told {
        let text = without_end(line, self.marks.end);
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            at = match self.place {
                Within::Marks => self.upto(text, at, b'"'),
                Within::Closed if byte == b'"' && text[at - 1] == b'"' => {
                    self.cells.bytes.push(byte);
                    self.place = Within::Marks;
                    at + 1
                }
                Within::Cell => self.upto(text, at, self.marks.delimiter),
                _ if byte == self.marks.delimiter => {
                    self.cells.end();
                    self.place = Within::Nothing;
                    at + 1
                }
                Within::Closed if byte == b' ' => at + 1,
                Within::Closed => return Told::TextAfter,
                Within::Nothing if byte == b'"' => {
                    self.place = Within::Marks;
                    self.enclosed = true;
                    at + 1
                }
                Within::Nothing => {
                    self.place = Within::Cell;
                    at
                }
            };
        }
        if self.place != Within::Marks {
            return Told::Ended;
        }
        self.cells.bytes.extend_from_slice(&line[text.len()..]);
        Told::Open
    }

    /// Adds bytes up to the next of this value to the cell, and returns the place behind it.
    fn upto(&mut self, text: &[u8], at: usize, byte: u8) -> usize {
        let found = memchr::memchr(byte, &text[at..]);
        let end = found.map_or(text.len(), |length| at + length);
        self.cells.bytes.extend_from_slice(&text[at..end]);
        match (found, self.place) {
            (None, _) => return end,
            (Some(_), Within::Marks) => self.place = Within::Closed,
            (Some(_), _) => {
                self.cells.end();
                self.place = Within::Nothing;
            }
        }
        end + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line, cells and fault of each record.
    fn check(text: &str, expect: &[(u64, &[&str], Option<Fault>)]) {
        let marks = Marks { delimiter: b',', end: b'\n', quoted: true };
        let mut records = Records::new(Box::new(io::Cursor::new(text.as_bytes().to_vec())), marks);
        let mut record = Record::default();
        for (line, cells, fault) in expect {
            assert!(records.next(&mut record).unwrap(), "{text:?}");
            let found: Vec<&str> =
                record.cells.iter().map(|cell| std::str::from_utf8(cell).unwrap()).collect();
            assert_eq!(
                (record.line, &found[..], record.fault),
                (*line, *cells, *fault),
                "{text:?}"
            );
        }
        assert!(!records.next(&mut record).unwrap(), "{text:?}");
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
