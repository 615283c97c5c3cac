//! Literals of Python (`repr` of lists, tuples, dicts, texts, numbers, `True`, `None`) to JSON.
//!
//! A replacement of quotes would break on texts that hold quotes, so this is a parser. It takes
//! what `repr` writes of plain data, what NumPy writes of arrays of such data (items apart by white
//! space, `array([...], dtype=object)`, `list([...])`), as pandas does where it writes lists of Parquet to
//! CSV, and nothing else: no names, no other calls, no prefixes of texts, no keys that are not texts, no
//! infinite numbers. Tuples become arrays, `nan` becomes null, and a whole number beyond 64 bits the text of
//! its digits.

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
use serde_json::{Map, Number, Value};
use std::iter::Peekable;
use std::str::CharIndices;

/// Nesting that is followed; `repr` of plain data stays far below it.
const DEEPEST: usize = 64;

/// A value that comes as JSON, or as text that is a Python literal.
///
/// # Errors
/// The text is no literal, or the value is of another type; the message has the path within it.
pub(crate) fn literal<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = match Value::deserialize(deserializer)? {
        Value::String(text) => parse(&text).map_err(D::Error::custom)?,
        value => value,
    };
    serde_path_to_error::deserialize(&value).map_err(|error| {
        let (path, inner) = (error.path().to_string(), error.inner());
        D::Error::custom(format!("`{path}`: {inner}"))
    })
}

/// The literal as JSON.
///
/// # Errors
/// What was expected at which byte.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    let mut parser = Parser { text, rest: text.char_indices().peekable() };
    let value = parser.value(0)?;
    parser.space();
    match parser.rest.peek() {
        None => Ok(value),
        Some(_) => Err(parser.expected("the end")),
    }
}

struct Parser<'a> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
}

impl<'a> Parser<'a> {
    fn place(&mut self) -> usize {
        self.rest.peek().map_or(self.text.len(), |&(place, _)| place)
    }

    fn expected(&mut self, what: &str) -> String {
        format!("a Python literal: expected {what} at byte {}", self.place())
    }

    fn next(&mut self) -> Option<char> {
        self.rest.next().map(|(_, found)| found)
    }

    fn take(&mut self, wanted: char) -> bool {
        self.rest.next_if(|&(_, found)| found == wanted).is_some()
    }

    /// Passes white space; whether there was some.
    fn space(&mut self) -> bool {
        let before = self.place();
        while self.rest.next_if(|(_, found)| " \t\r\n".contains(*found)).is_some() {}
        self.place() > before
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > DEEPEST {
            return Err(self.expected(&format!("at most {DEEPEST} levels")));
        }
        self.space();
        match self.rest.peek().map(|&(_, found)| found) {
            Some('[') => self.list(depth),
            Some('(') => self.tuple(depth),
            Some('{') => self.dict(depth),
            Some('\'' | '"') => Ok(Value::String(self.string()?)),
            Some(first) if first.is_ascii_alphabetic() => self.word(depth),
            Some(_) => self.number(),
            None => Err(self.expected("a value")),
        }
    }

    /// Items up to `]`, all apart by commas, or all by white space.
    fn list(&mut self, depth: usize) -> Result<Value, String> {
        let (items, separators) = self.items(']', depth)?;
        let commas = separators.iter().filter(|is_comma| **is_comma).count();
        let is_spaced = commas == 0;
        match is_spaced || commas + 1 >= items.len() {
            true => Ok(Value::Array(items)),
            false => Err(self.expected("commas between all items, or between none, of a list")),
        }
    }

    /// Items up to `close`, and whether a comma followed each; else white space did, or nothing the last.
    fn items(&mut self, close: char, depth: usize) -> Result<(Vec<Value>, Vec<bool>), String> {
        self.next();
        let (mut items, mut commas) = (Vec::new(), Vec::new());
        let mut is_apart = true;
        loop {
            self.space();
            if self.take(close) {
                return Ok((items, commas));
            }
            if !is_apart {
                return Err(self.expected(&format!("`,` or `{close}`")));
            }
            items.push(self.value(depth + 1)?);
            let is_spaced = self.space();
            commas.push(self.take(','));
            is_apart = commas.last() == Some(&true) || (is_spaced && close == ']');
        }
    }

    /// Parentheses around one value without a comma only group it.
    fn tuple(&mut self, depth: usize) -> Result<Value, String> {
        let (mut items, commas) = self.items(')', depth)?;
        match commas[..] {
            [false] => Ok(items.remove(0)),
            _ => Ok(Value::Array(items)),
        }
    }

    fn dict(&mut self, depth: usize) -> Result<Value, String> {
        self.next();
        let (mut map, mut comma) = (Map::new(), true);
        loop {
            self.space();
            if self.take('}') {
                return Ok(Value::Object(map));
            }
            if !comma {
                return Err(self.expected("`,` or `}`"));
            }
            let key = match self.rest.peek() {
                Some((_, '\'' | '"')) => self.string()?,
                _ => return Err(self.expected("a key in quotation marks")),
            };
            self.space();
            if !self.take(':') {
                return Err(self.expected("`:`"));
            }
            let value = self.value(depth + 1)?;
            if map.insert(key, value).is_some() {
                return Err(self.expected("keys that differ"));
            }
            self.space();
            comma = self.take(',');
        }
    }

    fn word(&mut self, depth: usize) -> Result<Value, String> {
        let start = self.place();
        match self.name() {
            "None" | "nan" => Ok(Value::Null),
            "True" => Ok(Value::Bool(true)),
            "False" => Ok(Value::Bool(false)),
            "array" | "list" if self.take('(') => self.wrapped(depth),
            other => Err(format!(
                "a Python literal: expected a value at byte {start}, found the name `{other}`"
            )),
        }
    }

    fn name(&mut self) -> &'a str {
        let start = self.place();
        while self.rest.next_if(|(_, found)| found.is_alphanumeric() || *found == '_').is_some() {}
        let end = self.place();
        &self.text[start..end]
    }

    /// The list in `array([...], dtype=object)` or `list([...])`, from behind the parenthesis on.
    fn wrapped(&mut self, depth: usize) -> Result<Value, String> {
        self.space();
        let value = match self.rest.peek() {
            Some((_, '[')) => self.list(depth + 1)?,
            _ => return Err(self.expected("`[`")),
        };
        self.space();
        if self.take(',') {
            self.space();
            if self.name() != "dtype" || !self.take('=') {
                return Err(self.expected("`dtype=`"));
            }
            if let Some((_, '\'' | '"')) = self.rest.peek() {
                self.string()?;
            } else {
                self.name();
            }
            self.space();
        }
        match self.take(')') {
            true => Ok(value),
            false => Err(self.expected("`)`")),
        }
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.place();
        while self.rest.next_if(|(_, found)| "+-.0123456789eE".contains(*found)).is_some() {}
        let end = self.place();
        let text = &self.text[start..end];
        let expected = |found: &str| {
            format!("a Python literal: expected a value at byte {start}, found {found}")
        };
        let digits = text.trim_start_matches(['+', '-']);
        if digits.is_empty() || text.len() - digits.len() > 1 {
            return Err(expected(if text.is_empty() { "another character" } else { text }));
        }
        if digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let whole = text.parse::<i64>().map(Number::from);
            let whole = whole.or_else(|_| text.parse::<u64>().map(Number::from));
            let digits = || Value::from(text.trim_start_matches('+'));
            return Ok(whole.map_or_else(|_| digits(), Value::Number));
        }
        let number = text.parse::<f64>().ok().and_then(Number::from_f64);
        number.map(Value::Number).ok_or_else(|| expected(text))
    }

    fn string(&mut self) -> Result<String, String> {
        let quote = self.next().unwrap_or('\'');
        let mut text = String::new();
        loop {
            match self.next() {
                Some(found) if found == quote => return Ok(text),
                Some('\\') => text.push(self.escaped()?),
                Some('\n') | None => return Err(self.expected(&format!("a closing {quote}"))),
                Some(other) => text.push(other),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, String> {
        match self.next() {
            Some(same @ ('\\' | '\'' | '"')) => Ok(same),
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some('t') => Ok('\t'),
            Some('x') => self.code(2),
            Some('u') => self.code(4),
            Some('U') => self.code(8),
            _ => Err(self.expected("an escape that `repr` writes")),
        }
    }

    fn code(&mut self, digits: usize) -> Result<char, String> {
        let mut code = 0;
        for _ in 0..digits {
            let digit = self.next().and_then(|found| found.to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.expected("a hexadecimal digit"))?;
        }
        char::from_u32(code).ok_or_else(|| self.expected("the code of a character"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn literals_by_hand() {
        let check = |text: &str, expect: Value| assert_eq!(parse(text), Ok(expect), "{text}");
        check("[[0, 0], 'INTERACT']", json!([[0, 0], "INTERACT"]));
        check("((0, -1), (1,), (), (2))", json!([[0, -1], [1], [], 2]));
        check(
            "{'a': None, \"b\": True, 'c': [False, 1.5e-3],}",
            json!({"a": null, "b": true, "c": [false, 0.0015]}),
        );
        check(r#"'it\'s "x" \xe9 \u00e9 \U0001f373 \n'"#, json!("it's \"x\" é é 🍳 \n"));
        check("\"it's\"", json!("it's"));
        check(" -7 ", json!(-7));
        check("{'a': nan}", json!({ "a": null }));
        check("18446744073709551615", json!(u64::MAX));
        check("[99999999999999999999]", json!(["99999999999999999999"]));
        check("-99999999999999999999", json!("-99999999999999999999"));
    }

    #[test]
    fn arrays_of_numpy_by_hand() {
        let check = |text: &str, expect: Value| assert_eq!(parse(text), Ok(expect), "{text}");
        check("[1 2]", json!([1, 2]));
        check("[0.5 1. ]", json!([0.5, 1.0]));
        check("['it' \"it's\"]", json!(["it", "it's"]));
        check("[{'a': [1, 2]}\n {'a': []}]", json!([{ "a": [1, 2] }, { "a": [] }]));
        check("[[1 2]\n [3 4]]", json!([[1, 2], [3, 4]]));
        check("[array(['a', 'b'], dtype=object)]", json!([["a", "b"]]));
        check("{'a': array([1, 2])}", json!({ "a": [1, 2] }));
        check("array([], dtype='<U1')", json!([]));
        check("[list(['a']) list(['b', 'c'])]", json!([["a"], ["b", "c"]]));
    }

    #[test]
    fn what_is_no_literal_is_refused() {
        let check = |text: &str, expect: &str| {
            let error = parse(text).unwrap_err();
            assert!(error.contains(expect), "{text}: expected {expect:?} in {error:?}");
        };
        check("", "expected a value at byte 0");
        check(
            "[1 2, 3]",
            "expected commas between all items, or between none, of a list at byte 8",
        );
        check("['a''b']", "expected `,` or `]` at byte 4");
        check("(1 2)", "expected `,` or `)` at byte 3");
        check("[1 ... 2]", "expected a value at byte 3, found ...");
        check("array(7)", "expected `[` at byte 6");
        check("array([7], copy=False)", "expected `dtype=` at byte 15");
        check("array([7]", "expected `)` at byte 9");
        check("[1, 2", "expected `,` or `]` at byte 5");
        check("[,]", "found another character");
        check("{1: 2}", "expected a key in quotation marks at byte 1");
        check("{'a': 1, 'a': 2}", "expected keys that differ");
        check("inf", "found the name `inf`");
        check("open('x')", "found the name `open`");
        check("u'x'", "found the name `u`");
        check("1e999", "found 1e999");
        check("--1", "found --1");
        check("'a", "expected a closing '");
        check(r"'\q'", "an escape that `repr` writes");
        check(r"'\ud800'", "the code of a character");
        check("1 2", "expected the end at byte 2");
        check(&"[".repeat(100_000), "at most 64 levels");
    }

    /// As Python's `repr` writes it.
    fn repr(value: &Value) -> String {
        let list = |items: &[Value]| items.iter().map(repr).collect::<Vec<_>>().join(", ");
        match value {
            Value::Null => "None".into(),
            Value::Bool(true) => "True".into(),
            Value::Bool(false) => "False".into(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => quoted(text),
            Value::Array(items) if items.len() % 2 == 0 => format!("[{}]", list(items)),
            Value::Array(items) => format!("({},)", list(items)),
            Value::Object(map) => {
                let pairs =
                    map.iter().map(|(key, value)| format!("{}: {}", quoted(key), repr(value)));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn quoted(text: &str) -> String {
        let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
        let mut written = String::from(quote);
        for found in text.chars() {
            match found {
                '\\' => written.push_str("\\\\"),
                '\n' => written.push_str("\\n"),
                '\r' => written.push_str("\\r"),
                '\t' => written.push_str("\\t"),
                _ if found == quote => written.extend(['\\', quote]),
                _ if (found as u32) < 32 => written.push_str(&format!("\\x{:02x}", found as u32)),
                _ => written.push(found),
            }
        }
        written.push(quote);
        written
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_filter_map("finite", |x| Number::from_f64(x).map(Value::Number)),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..5)
                    .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_repr_writes_comes_back(value in values()) {
            prop_assert_eq!(parse(&repr(&value)), Ok(value));
        }

        #[test]
        fn no_text_panics(text in any::<String>(), literal in "[\\[\\](){}'\",:\\\\0-9.eE xuUNTFarylist-]{0,40}") {
            let _ = (parse(&text), parse(&literal));
        }
    }
}
