//! Where does one JSON value end and the next begin? Told by brackets and strings alone, so that a
//! value that is no JSON does not take its neighbours with it.

use std::io::{self, BufRead};

/// A value that is longer is none.
pub(crate) const LONGEST: usize = 256 << 20;

/// Values of a text, one after the other.
pub(crate) struct Values {
    reader: Box<dyn BufRead>,
    /// The line that is being read, from 1.
    pub line: u64,
}

/// How deep within a value a text ends.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Depth {
    brackets: usize,
    in_string: bool,
    escaped: bool,
}

impl Depth {
    /// Takes a byte; true if it ends an array, an object or a string that stands alone.
    fn take(&mut self, byte: u8) -> bool {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return !self.in_string && self.brackets == 0;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.brackets += 1,
            b'}' | b']' => {
                self.brackets = self.brackets.saturating_sub(1);
                return self.brackets == 0;
            }
            _ => {}
        }
        false
    }

    /// Whether a line is not one value: it ends within an array or object, and not within a text, which
    /// has no line ends; or an object follows the value.
    pub fn goes_on(line: &[u8]) -> bool {
        let mut depth = Self::default();
        match line.iter().position(|&byte| depth.take(byte)) {
            Some(end) => line[end + 1..].trim_ascii_start().starts_with(b"{"),
            None => depth.brackets > 0 && !depth.in_string,
        }
    }
}

impl Depth {
    /// Whether an object may stand behind a text: within an array or object, or behind whole values.
    pub fn admits_object(text: &[u8]) -> bool {
        let (mut depth, mut open) = (Self::default(), Vec::new());
        for &byte in text {
            let was_in_string = depth.in_string;
            depth.take(byte);
            match byte {
                b'{' | b'[' if !was_in_string => open.push(byte),
                b'}' | b']' if !was_in_string => {
                    open.pop();
                }
                _ => {}
            }
        }
        match text.trim_ascii_end().last() {
            Some(b'[' | b':') => true,
            Some(b',') => open.last() == Some(&b'['),
            _ => open.is_empty(),
        }
    }
}

/// Why a value could not be read.
#[derive(Debug)]
pub(crate) enum Broken {
    Io(io::Error),
    /// The text ends within the value.
    Ends,
    /// It is longer than [`LONGEST`].
    TooLong,
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Values {
    pub fn new(reader: Box<dyn BufRead>) -> Self {
        Self { reader, line: 1 }
    }

    /// The next byte that is no white space and no byte order mark, still to be read.
    pub fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let Some(byte) = self.byte()? else { return Ok(None) };
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf => self.pass(byte),
                byte => return Ok(Some(byte)),
            }
        }
    }

    /// Reads past a byte that [`Values::peek`] gave.
    pub fn pass(&mut self, byte: u8) {
        self.line += u64::from(byte == b'\n');
        self.reader.consume(1);
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        Ok(self.reader.fill_buf()?.first().copied())
    }

    /// The next value, without looking whether it is JSON.
    pub fn value(&mut self) -> Result<Vec<u8>, Broken> {
        let mut text = Vec::new();
        match self.peek()? {
            None => return Err(Broken::Ends),
            Some(b'{' | b'[' | b'"') => {}
            Some(_) => return self.word(text),
        }
        let mut depth = Depth::default();
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Err(Broken::Ends);
            }
            let end = buffer.iter().position(|&byte| depth.take(byte));
            let length = end.map_or(buffer.len(), |end| end + 1);
            let taken = &buffer[..length];
            self.line += taken.iter().filter(|&&byte| byte == b'\n').count() as u64;
            text.extend_from_slice(taken);
            self.reader.consume(length);
            match end {
                Some(_) => return Ok(text),
                None if text.len() > LONGEST => return Err(Broken::TooLong),
                None => {}
            }
        }
    }

    /// A number, a truth value, null, or what is none of these; at least one byte.
    fn word(&mut self, mut text: Vec<u8>) -> Result<Vec<u8>, Broken> {
        while let Some(byte) = self.byte()? {
            let ends = byte.is_ascii_whitespace() || b",:{}[]\"".contains(&byte);
            if ends && !text.is_empty() {
                break;
            }
            self.pass(byte);
            text.push(byte);
            match text.len() > LONGEST {
                true => return Err(Broken::TooLong),
                false if ends => break,
                false => {}
            }
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(u64, String)> {
        let mut values = Values::new(Box::new(io::Cursor::new(text.as_bytes().to_vec())));
        let mut found = Vec::new();
        while values.peek().unwrap().is_some() {
            let line = values.line;
            match values.value() {
                Ok(value) => found.push((line, String::from_utf8(value).unwrap())),
                Err(Broken::Ends) => break,
                Err(error) => panic!("{error:?}"),
            }
        }
        found
    }

    #[test]
    fn values_end_where_their_brackets_do() {
        let check = |text: &str, expect: &[(u64, &str)]| {
            let found = values(text);
            let found: Vec<(u64, &str)> = found.iter().map(|(l, v)| (*l, &**v)).collect();
            assert_eq!(found, expect, "{text:?}");
        };
        check("{}{\"a\": \"}\"}\n [1, [2]]", &[(1, "{}"), (1, "{\"a\": \"}\"}"), (2, "[1, [2]]")]);
        check("{\n\"a\\\"}\": 1\n}\n\n{}", &[(1, "{\n\"a\\\"}\": 1\n}"), (5, "{}")]);
        check(
            "12, tru:e \"x y\"",
            &[(1, "12"), (1, ","), (1, "tru"), (1, ":"), (1, "e"), (1, "\"x y\"")],
        );
        check("} {}\u{feff}{}", &[(1, "}"), (1, "{}"), (1, "{}")]);
        check("{} {\"a\": ", &[(1, "{}")]);
    }
}
