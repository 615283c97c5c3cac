//! What a file is, told by its first bytes and not by its name.

use crate::rows::archive;
use crate::rows::packed::{Limit, Packing};
use crate::{ImportError, Reading};
use bytes::Bytes;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

pub(crate) use crate::rows::refusal::{damaged, unfit};

/// An open source file.
pub(crate) enum Content {
    /// A JSON array.
    JsonArray(Box<dyn BufRead>),
    /// JSON objects, one a line or over several lines.
    JsonObjects(Box<dyn BufRead>),
    /// Cells between delimiters.
    Delimited(Box<dyn BufRead>),
    /// Parquet, which is read from its end.
    Parquet(Stored),
    /// Messages of Arrow: a stream, or a file without its first eight bytes.
    Arrow { reader: Box<dyn BufRead>, is_file: bool },
}

/// What can be read in any order.
pub(crate) enum Stored {
    File(File),
    Memory(Bytes),
}

/// Bytes that are looked at to tell what a file is.
const PEEKED: usize = 4096;
const KNOWN: &str = "JSON, JSON lines, CSV, TSV, Parquet or Arrow";
const LINES: &str = "text in lines";

/// Opens a file and tells what it is.
pub(crate) fn open(file: &Path, reading: &Reading<'_>) -> Result<Content, ImportError> {
    let opened = regular(file)?;
    let limit = Limit::new(reading.unpacked_bytes);
    let refused = |source| ImportError::Io { file: file.to_owned(), source };
    let (head, reader) = peek(limit.counted(BufReader::new(opened))).map_err(refused)?;
    if head.starts_with(b"PAR1") {
        let stored = File::open(file).map_err(refused)?;
        return Ok(Content::Parquet(Stored::File(stored)));
    }
    let ((head, reader), _) = unpack(file, reading, &limit, (head, reader))?;
    tell(file, &head, reader)
}

/// Opens a file, or `member` of an archive, as lines of text, whatever its first characters are.
pub(crate) fn open_lines(
    file: &Path,
    reading: &Reading<'_>,
) -> Result<Box<dyn BufRead>, ImportError> {
    let limit = Limit::new(reading.unpacked_bytes);
    let opened = BufReader::new(regular(file)?);
    let refused = |source| ImportError::Io { file: file.to_owned(), source };
    let peeked = peek(limit.counted(opened)).map_err(refused)?;
    let ((head, reader), is_member) = unpack(file, reading, &limit, peeked)?;
    if let (Some(member), false) = (reading.member, is_member) {
        let expected = format!("a folder, or a tar archive, with `{member}`");
        return Err(unfit(file, &expected, "another kind of file"));
    }
    let others = [(&b"PAR1"[..], "Parquet"), (b"ARROW1", "Arrow"), (&[0xff; 4], "Arrow")];
    match others.iter().find(|(magic, _)| head.starts_with(magic)) {
        Some((_, name)) => Err(unfit(file, LINES, name)),
        None => Ok(text(file, LINES, &head, reader)?.0),
    }
}

/// The files in a tar archive, plain or packed; none if the file is no archive.
pub(crate) fn members(
    file: &Path,
    reading: &Reading<'_>,
) -> Result<Option<Vec<String>>, ImportError> {
    let limit = Limit::new(reading.unpacked_bytes);
    let opened = BufReader::new(regular(file)?);
    let refused = |source| ImportError::Io { file: file.to_owned(), source };
    let peeked = peek(limit.counted(opened)).map_err(refused)?;
    let (head, reader) = unpack_once(file, &limit, peeked)?;
    is_archive(&head).then(|| archive::names(file, reader)).transpose()
}

/// Opens what has an end and can be read again. Anything else is refused unopened, since to open a
/// pipe may wait for ever.
pub(crate) fn regular(file: &Path) -> Result<File, ImportError> {
    let refused = |source| ImportError::Io { file: file.to_owned(), source };
    let kind = fs::metadata(file).map_err(refused)?.file_type();
    if kind.is_dir() {
        return Err(unfit(file, "a file", "a folder"));
    }
    if !kind.is_file() {
        return Err(unfit(file, "a regular file", "a device, pipe or socket"));
    }
    File::open(file).map_err(refused)
}

/// The first bytes, and a reader that still has them.
type Peeked = (Vec<u8>, Box<dyn BufRead>);

/// Takes off a packing, an archive, and the packing of its member; also says whether there was an
/// archive.
fn unpack(
    file: &Path,
    reading: &Reading<'_>,
    limit: &Limit,
    peeked: Peeked,
) -> Result<(Peeked, bool), ImportError> {
    let (head, reader) = unpack_once(file, limit, peeked)?;
    if !is_archive(&head) {
        return Ok(((head, reader), false));
    }
    let bytes = archive::member(file, reader, reading)?;
    let peeked = peek(Cursor::new(bytes)).map_err(|error| damaged(file, &error))?;
    Ok((unpack_once(file, limit, peeked)?, true))
}

fn is_archive(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

fn unpack_once(file: &Path, limit: &Limit, peeked: Peeked) -> Result<Peeked, ImportError> {
    let (head, reader) = peeked;
    let Some(packing) = Packing::of(&head) else { return Ok((head, reader)) };
    let broken = |error: io::Error| damaged(file, &error);
    let unpacked = limit.unpacked(packing, reader).map_err(broken)?;
    peek(unpacked).map_err(broken)
}

/// Files that are known and not read.
const OTHERS: [(&[u8], &str); 10] = [
    (b"\x89HDF", "HDF5; use format d4rl if it holds episodes"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook; unpack it, or save its sheet as CSV"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it"),
    (b"\x04\x22\x4d\x18", "lz4; unpack it"),
    (b"FEA1", "Feather version 1; write it as Feather version 2 or Parquet"),
    (b"Obj\x01", "Avro; write it as Parquet"),
    (b"SQLite format 3\0", "an SQLite database; write its table as CSV"),
    (b"\x93NUMPY", "an array of NumPy; write it as a table"),
    (b"\x80\x04", "a Python pickle"),
    (b"version https://git-lfs", "a Git LFS pointer; fetch the file itself with `git lfs pull`"),
];

/// What unpacked bytes are, by the first of them.
fn tell(file: &Path, head: &[u8], mut reader: Box<dyn BufRead>) -> Result<Content, ImportError> {
    let broken = |error: io::Error| damaged(file, &error);
    if head.starts_with(b"PAR1") {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(broken)?;
        return Ok(Content::Parquet(Stored::Memory(bytes.into())));
    }
    if head.starts_with(b"ARROW1\0\0") {
        reader.consume_exactly(8).map_err(broken)?;
        return Ok(Content::Arrow { reader, is_file: true });
    }
    if head.starts_with(&[0xff; 4]) {
        return Ok(Content::Arrow { reader, is_file: false });
    }
    let (reader, mark) = text(file, KNOWN, head, reader)?;
    match head[mark..].iter().find(|byte| !byte.is_ascii_whitespace()) {
        None if head.len() < PEEKED => Err(unfit(file, "rows", "an empty file")),
        Some(b'[') => Ok(Content::JsonArray(reader)),
        Some(b'{') => Ok(Content::JsonObjects(reader)),
        _ => Ok(Content::Delimited(reader)),
    }
}

/// Text behind its byte order mark, and how long that is. Refuses what is no text, where `expected`
/// is.
fn text(
    file: &Path,
    expected: &str,
    head: &[u8],
    mut reader: Box<dyn BufRead>,
) -> Result<(Box<dyn BufRead>, usize), ImportError> {
    if is_utf_16(head) {
        return Err(unfit(file, "UTF-8 text", "UTF-16 text; convert it with `iconv -t UTF-8`"));
    }
    if let Some((_, name)) = OTHERS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(unfit(file, expected, name));
    }
    if Packing::of(head).is_some() {
        return Err(unfit(file, expected, "a packing within another; unpack it"));
    }
    if head.contains(&0) {
        return Err(unfit(file, expected, "binary data"));
    }
    let mark = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    reader.consume_exactly(mark).map_err(|error| damaged(file, &error))?;
    Ok((reader, mark))
}

/// A mark at the start, or two characters of ASCII between zeros.
fn is_utf_16(head: &[u8]) -> bool {
    match *head {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [0, one, 0, other, ..] | [one, 0, other, 0, ..] => {
            [one, other].iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
        }
        _ => false,
    }
}

trait ConsumeExactly {
    fn consume_exactly(&mut self, count: usize) -> io::Result<()>;
}

impl ConsumeExactly for Box<dyn BufRead> {
    fn consume_exactly(&mut self, count: usize) -> io::Result<()> {
        let mut dropped = vec![0; count];
        self.read_exact(&mut dropped)
    }
}

fn peek(mut reader: impl BufRead + 'static) -> io::Result<Peeked> {
    let mut head = Vec::new();
    reader.by_ref().take(PEEKED as u64).read_to_end(&mut head)?;
    Ok((head.clone(), Box::new(Cursor::new(head).chain(reader))))
}
