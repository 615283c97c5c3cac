//! Messages of Arrow, one after the other, as a stream has them and a file between its first bytes and
//! its footer.
//!
//! The decoder is `arrow-ipc`, of the project that defines the format. Lengths are read here first:
//! a message may say that its body, or what a packed buffer of it becomes, has any size.

use crate::rows::packed::beyond;
use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::{Message, root_as_message};
use std::io::{self, BufRead, Read};

/// The decoder, and the messages that it has not had.
pub(crate) struct Messages {
    reader: Box<dyn BufRead>,
    decoder: StreamDecoder,
    /// What the decoder was given and has not looked at.
    buffer: Buffer,
    is_ended: bool,
    /// Bytes that may come of a message, unless they are less than 200 times its own.
    most: u64,
    /// Whether the end has to be said.
    is_file: bool,
}

/// A schema is smaller, of however many columns.
const LONGEST_HEAD: usize = 64 << 20;
const CONTINUED: [u8; 4] = [0xff; 4];
const END: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

impl Messages {
    pub fn new(reader: Box<dyn BufRead>, is_file: bool, most: u64) -> Self {
        let (decoder, buffer) = (StreamDecoder::new(), Buffer::from_vec(Vec::<u8>::new()));
        Self { reader, decoder, buffer, is_ended: false, most, is_file }
    }

    /// The next rows; none at the end. A stream may end without saying so, but only between messages.
    pub fn next(&mut self) -> Result<Option<RecordBatch>, String> {
        loop {
            while !self.buffer.is_empty() {
                let batch = self.decoder.decode(&mut self.buffer);
                if let Some(batch) = batch.map_err(|error| error.to_string())? {
                    return Ok(Some(batch));
                }
            }
            if self.is_ended {
                return Ok(None);
            }
            self.buffer = Buffer::from_vec(self.message()?);
        }
    }

    /// A message with its body.
    fn message(&mut self) -> Result<Vec<u8>, String> {
        let mut bytes = self.take(4)?;
        if bytes.is_empty() && !self.is_file {
            self.is_ended = true;
            return Ok(END.to_vec());
        }
        // Before the first message of a file stand as many zeros as its writer aligns to.
        while self.is_file && self.decoder.schema().is_none() && bytes == [0; 4] {
            bytes = self.take(4)?;
        }
        if bytes == CONTINUED {
            bytes.extend(self.take(4)?);
        }
        let length = bytes.last_chunk::<4>().ok_or(ENDS)?;
        let length = u32::from_le_bytes(*length) as usize;
        if length == 0 {
            self.is_ended = true;
            self.check_footer()?;
            return Ok(bytes);
        }
        if length > LONGEST_HEAD {
            return Err(format!("a message whose head has {length} bytes"));
        }
        let head = self.exactly(length as u64)?;
        let message = root_as_message(&head).map_err(|error| error.to_string())?;
        let body = u64::try_from(message.bodyLength()).map_err(|_| "a body of negative length")?;
        let body = self.exactly(body)?;
        check_buffers(&message, &body, self.most)?;
        bytes.extend(&head);
        bytes.extend(body);
        Ok(bytes)
    }

    /// A file ends as it begins.
    fn check_footer(&mut self) -> Result<(), String> {
        let is_whole = !self.is_file || self.take(LONGEST_HEAD as u64)?.ends_with(b"ARROW1");
        if is_whole { Ok(()) } else { Err(ENDS.to_owned()) }
    }

    /// So many bytes, or as many as there are, without a buffer for those that there are not.
    fn take(&mut self, length: u64) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let read = self.reader.by_ref().take(length).read_to_end(&mut bytes);
        read.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => ENDS.to_owned(),
            _ => error.to_string(),
        })?;
        Ok(bytes)
    }

    fn exactly(&mut self, length: u64) -> Result<Vec<u8>, String> {
        let bytes = self.take(length)?;
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(ENDS.to_owned()) }
    }
}

const ENDS: &str = "it ends in the middle";

/// Refuses packed buffers that say that they become too much.
fn check_buffers(message: &Message<'_>, body: &[u8], most: u64) -> Result<(), String> {
    let batch = message
        .header_as_record_batch()
        .or_else(|| message.header_as_dictionary_batch().and_then(|batch| batch.data()));
    let Some(batch) = batch.filter(|batch| batch.compression().is_some()) else { return Ok(()) };
    let mut unpacked = 0u64;
    for buffer in batch.buffers().into_iter().flatten() {
        let start = usize::try_from(buffer.offset()).unwrap_or(usize::MAX);
        let length = body.get(start..).and_then(|bytes| bytes.first_chunk::<8>());
        // An empty buffer has no length; -1 says that it is not packed.
        let length = length.filter(|_| buffer.length() > 0).map_or(0, |it| i64::from_le_bytes(*it));
        unpacked = unpacked.saturating_add(u64::try_from(length).unwrap_or(0));
    }
    beyond(body.len() as u64, unpacked, most).map_or(Ok(()), Err)
}
