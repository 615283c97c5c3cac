//! What a file is, told by its first bytes and not by its name; packed files are unpacked as a
//! stream that refuses to grow without end.

use crate::{ImportError, Reading};
use flate2::bufread::MultiGzDecoder;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Component, Path};
use std::rc::Rc;

/// An open source file.
pub(crate) enum Content {
    /// A JSON array.
    JsonArray(Box<dyn BufRead>),
    /// One JSON object a line.
    JsonLines(Box<dyn BufRead>),
    /// Cells between delimiters.
    Delimited(Box<dyn BufRead>),
    /// Parquet, which is read from its end.
    Parquet(File),
}

/// Bytes that are looked at to tell what a file is.
const PEEKED: usize = 4096;
/// Text packs 3 to 20 times; deflate cannot do better than 1,032 times.
const HIGHEST_RATIO: u64 = 200;

/// Opens a file and tells what it is.
pub(crate) fn open(file: &Path, reading: &Reading<'_>) -> Result<Content, ImportError> {
    let refused = |source| ImportError::Io { file: file.to_owned(), source };
    let opened = File::open(file).map_err(refused)?;
    if opened.metadata().map_err(refused)?.is_dir() {
        return Err(unfit(file, "a file", "a folder"));
    }
    let (head, reader) = peek(BufReader::new(opened)).map_err(refused)?;
    if head.starts_with(b"PAR1") {
        return File::open(file).map(Content::Parquet).map_err(refused);
    }
    if !head.starts_with(&[0x1f, 0x8b]) {
        return tell(file, &head, Box::new(reader));
    }
    let packed = Rc::new(Cell::new(0));
    let unpacking = Unpacking {
        inner: MultiGzDecoder::new(BufReader::new(Counted {
            inner: reader,
            count: packed.clone(),
        })),
        packed,
        unpacked: 0,
        most: reading.unpacked_bytes,
    };
    let (head, reader) = peek(BufReader::new(unpacking)).map_err(|e| damaged(file, &e))?;
    if head.get(257..262) == Some(b"ustar") {
        return only_member(file, reader);
    }
    tell(file, &head, Box::new(reader))
}

/// The one file in a tar archive.
fn only_member(file: &Path, reader: impl Read) -> Result<Content, ImportError> {
    let mut archive = tar::Archive::new(reader);
    let broken = |error: io::Error| damaged(file, &error);
    let mut text = None;
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = entry.path().map_err(broken)?.into_owned();
        if !name.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err(unfit(file, "members within the archive", &name.display().to_string()));
        }
        if text.is_some() {
            return Err(unfit(file, "an archive of one file", "several files"));
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(broken)?;
        text = Some(bytes);
    }
    let bytes = text.ok_or_else(|| unfit(file, "an archive of one file", "none"))?;
    let head = bytes[..bytes.len().min(PEEKED)].to_vec();
    tell(file, &head, Box::new(Cursor::new(bytes)))
}

/// What text is, by its first characters.
fn tell(file: &Path, head: &[u8], mut reader: Box<dyn BufRead>) -> Result<Content, ImportError> {
    let other = |found: &str| Err(unfit(file, "JSON, JSON lines, CSV, TSV or Parquet", found));
    if is_utf_16(head) {
        return Err(unfit(file, "UTF-8 text", "UTF-16 text; convert it with `iconv -t UTF-8`"));
    }
    for (magic, name) in [
        (&b"\x89HDF"[..], "HDF5; use format d4rl if it holds episodes"),
        (b"PK\x03\x04", "a zip archive"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"BZh", "bzip2"),
        (b"\x80\x04", "a Python pickle"),
        (
            b"version https://git-lfs",
            "a Git LFS pointer; fetch the file itself with `git lfs pull`",
        ),
    ] {
        if head.starts_with(magic) {
            return other(name);
        }
    }
    if head.contains(&0) {
        return other("binary data");
    }
    let mark = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    reader.consume_exactly(mark).map_err(|e| damaged(file, &e))?;
    match head[mark..].iter().find(|byte| !byte.is_ascii_whitespace()) {
        None if head.len() < PEEKED => Err(unfit(file, "rows", "an empty file")),
        Some(b'[') => Ok(Content::JsonArray(reader)),
        Some(b'{') => Ok(Content::JsonLines(reader)),
        _ => Ok(Content::Delimited(reader)),
    }
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

pub(crate) fn unfit(file: &Path, expected: &str, found: &str) -> ImportError {
    ImportError::File {
        file: file.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}

/// Runs a decoder that panics on some damaged files; that is caught here and nowhere else.
pub(crate) fn guarded<T>(
    file: &Path,
    what: &'static str,
    decode: impl FnOnce() -> T,
) -> Result<T, ImportError> {
    catch_unwind(AssertUnwindSafe(decode)).map_err(|_| ImportError::Damaged {
        file: file.to_owned(),
        what,
        message: "the decoder gave up".to_owned(),
    })
}

/// An error while reading: of the file system, or of what the file is packed as.
pub(crate) fn damaged(file: &Path, error: &io::Error) -> ImportError {
    ImportError::Damaged {
        file: file.to_owned(),
        what: "file",
        message: match error.kind() {
            io::ErrorKind::UnexpectedEof => "it ends in the middle".to_owned(),
            _ => error.to_string(),
        },
    }
}

type Peeked<R> = io::Chain<Cursor<Vec<u8>>, R>;

/// The first bytes, and a reader that still has them.
fn peek<R: BufRead>(mut reader: R) -> io::Result<(Vec<u8>, Peeked<R>)> {
    let mut head = Vec::new();
    reader.by_ref().take(PEEKED as u64).read_to_end(&mut head)?;
    Ok((head.clone(), Cursor::new(head).chain(reader)))
}

/// Counts the bytes that pass.
struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

/// A decoder that stops when its output grows out of all proportion.
struct Unpacking<R> {
    inner: R,
    packed: Rc<Cell<u64>>,
    unpacked: u64,
    most: u64,
}

impl<R: Read> Read for Unpacking<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.unpacked += read as u64;
        let packed = self.packed.get().max(1);
        if self.unpacked > self.most && self.unpacked / packed > HIGHEST_RATIO {
            let (unpacked, most) = (self.unpacked, self.most);
            return Err(io::Error::other(format!(
                "{packed} bytes unpack to more than {unpacked}, which is beyond {most} bytes and \
                 {HIGHEST_RATIO} times; a zip bomb? Unpack it yourself if it is none"
            )));
        }
        Ok(read)
    }
}
