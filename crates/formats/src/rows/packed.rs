//! Packed bytes, unpacked as a stream that refuses to grow without end.

use crate::rows::refusal::Caught;
use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

/// How bytes are packed. Each may be several streams, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    Gzip,
    Zstd,
    Xz,
    Bzip2,
}

/// Text packs 3 to 20 times; deflate cannot do better than 1,032 times.
const HIGHEST_RATIO: u64 = 200;
/// What `xz -9` needs is 65 MiB.
const XZ_KIB: u32 = 256 << 10;

impl Packing {
    /// By the first bytes.
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] if is_bzip2(rest) => Some(Self::Bzip2),
            _ => None,
        }
    }

    fn decoder(self, packed: impl BufRead + 'static) -> io::Result<Box<dyn Read>> {
        Ok(match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Self::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(packed)?),
            Self::Xz => Box::new(Caught(XzReader::new_mem_limit(packed, true, XZ_KIB))),
            Self::Bzip2 => Box::new(Caught(MultiBzDecoder::new(packed))),
        })
    }
}

/// What follows the head of bzip2, as far as it is there: a block, or the end of none.
fn is_bzip2(rest: &[u8]) -> bool {
    let begins = |mark: [u8; 6]| rest.iter().zip(mark).all(|(&byte, expect)| byte == expect);
    begins([0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) || begins([0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
}

/// How much a file may become: at most `most` bytes, or 200 times as many as were read of it.
#[derive(Clone)]
pub(crate) struct Limit {
    pub most: u64,
    read: Rc<Cell<u64>>,
}

impl Limit {
    pub fn new(most: u64) -> Self {
        Self { most, read: Rc::default() }
    }

    /// The file itself, whose bytes are counted.
    pub fn counted<R: BufRead>(&self, inner: R) -> Counted<R> {
        Counted { inner, count: self.read.clone() }
    }

    /// The bytes that were packed.
    pub fn unpacked(
        &self,
        packing: Packing,
        packed: impl BufRead + 'static,
    ) -> io::Result<impl BufRead + 'static> {
        let inner = packing.decoder(packed)?;
        Ok(BufReader::new(Unpacking { inner, unpacked: 0, limit: self.clone() }))
    }

    fn check(&self, unpacked: u64) -> io::Result<()> {
        beyond(self.read.get(), unpacked, self.most).map_or(Ok(()), |it| Err(io::Error::other(it)))
    }
}

/// Says so if `packed` bytes become more than they may.
pub(crate) fn beyond(packed: u64, unpacked: u64, most: u64) -> Option<String> {
    let packed = packed.max(1);
    (unpacked > most && unpacked / packed > HIGHEST_RATIO).then(|| {
        format!(
            "{packed} bytes unpack to more than {unpacked}, which is beyond {most} bytes and \
             {HIGHEST_RATIO} times; a zip bomb? Unpack it yourself if it is none"
        )
    })
}

/// Counts the bytes that pass.
pub(crate) struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.count.set(self.count.get() + amount as u64);
        self.inner.consume(amount);
    }
}

/// A decoder that stops when its output grows out of all proportion.
struct Unpacking<R> {
    inner: R,
    unpacked: u64,
    limit: Limit,
}

impl<R: Read> Read for Unpacking<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.unpacked += read as u64;
        self.limit.check(self.unpacked)?;
        Ok(read)
    }
}
