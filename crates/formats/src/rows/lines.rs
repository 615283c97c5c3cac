//! Rows of text files whose n-th lines belong together: what translators and parsers write.
//!
//! A line is a text as it stands: no cells, no quotation marks, and an empty line is an empty text. All
//! files have the same number of lines; one line too many anywhere means that from some line on, texts
//! and labels of different items stand side by side, and nobody could tell from which.

use crate::rows::content::open_lines;
use crate::rows::named::{FieldNames, Fields};
use crate::rows::refusal::{damaged, unfit};
use crate::rows::row::{Found, Take};
use crate::{ImportError, Place, Reading, Row};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file, whose lines are the texts of a column.
struct Lines<'a> {
    column: &'a str,
    /// Its name in the folder or the archive.
    name: &'a str,
    file: PathBuf,
    reader: Box<dyn BufRead>,
    count: u64,
}

/// Calls `take` for each line. `files` names, by column, the files in `source`, a folder or a tar
/// archive; each may be packed. Of an archive each file is held in memory.
///
/// # Errors
/// A file is missing, no text, or has another number of lines than the others; or what `take`
/// returns.
pub(crate) fn rows(
    source: &Path,
    files: &BTreeMap<String, String>,
    reading: &Reading<'_>,
    take: Take<'_>,
) -> Result<(), ImportError> {
    let mut columns = Vec::new();
    for (column, name) in files {
        let (file, member) = match source.is_dir() {
            true => (source.join(name), reading.member),
            false => (source.to_owned(), Some(name.as_str())),
        };
        let reader = open_lines(&file, &Reading { member, ..*reading })?;
        columns.push(Lines { column, name, file, reader, count: 0 });
    }
    let at = Arc::new(source.to_owned());
    let names = FieldNames::new(files.keys().cloned().collect());
    for number in 1.. {
        let place = Place { file: at.clone(), unit: "line", number, part: 0, before: 0 };
        let mut texts = Vec::new();
        for lines in &mut columns {
            texts.extend(lines.next()?.map(|text| (lines.column, text)));
        }
        if texts.len() < columns.len() {
            return if texts.is_empty() { Ok(()) } else { Err(uneven(source, columns)?) };
        }
        take(Found::Row(row(place, &names, texts)))?;
    }
    Ok(())
}

fn row(
    place: Place,
    names: &Arc<FieldNames>,
    texts: Vec<(&str, Vec<u8>)>,
) -> Result<Row, ImportError> {
    let mut values = Vec::with_capacity(texts.len());
    for (column, text) in texts {
        let text = String::from_utf8(text)
            .map_err(|_| place.wrong(column, "UTF-8 text", "bytes that are none"))?;
        values.push(Value::String(text));
    }
    Ok(Row::new(place, Fields::new(names, values)))
}

/// The error of files that end at different lines.
fn uneven(source: &Path, columns: Vec<Lines<'_>>) -> Result<ImportError, ImportError> {
    let mut counts = Vec::new();
    for mut lines in columns {
        while lines.next()?.is_some() {}
        counts.push(format!("{} in `{}`", lines.count, lines.name));
    }
    Ok(unfit(source, "the same number of lines in each file", &counts.join(", ")))
}

impl Lines<'_> {
    /// The next line without its end; none at the end of the file.
    fn next(&mut self) -> Result<Option<Vec<u8>>, ImportError> {
        let mut line = Vec::new();
        let read = self.reader.read_until(b'\n', &mut line);
        if read.map_err(|error| damaged(&self.file, &error))? == 0 {
            return Ok(None);
        }
        self.count += 1;
        for end in [b'\n', b'\r'] {
            if line.last() == Some(&end) {
                line.pop();
            }
        }
        Ok(Some(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Texts = Vec<Vec<String>>;

    fn read(source: &Path, names: &[(&str, &str)]) -> Result<Texts, String> {
        let files = names.iter().map(|&(column, name)| (column.into(), name.into())).collect();
        let mut texts = Vec::new();
        let read = rows(source, &files, &Reading::default(), &mut |found| {
            let Found::Row(row) = found else { return Ok(()) };
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            texts.push(row?.fields.values().map(text).collect());
            Ok(())
        });
        let told = |error: ImportError| {
            let folder = source.parent().unwrap().display().to_string();
            error.to_string().replace(&format!("{folder}/"), "")
        };
        read.map(|()| texts).map_err(told)
    }

    fn folder(files: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf) {
        let place = tempfile::tempdir().unwrap();
        let source = place.path().join("dev");
        std::fs::create_dir(&source).unwrap();
        files.iter().for_each(|(name, text)| std::fs::write(source.join(name), text).unwrap());
        (place, source)
    }

    const NAMES: [(&str, &str); 2] = [("a", "x.src"), ("b", "x.mt")];

    #[test]
    fn lines_that_belong_together_are_rows() {
        let check = |one: &str, other: &str, expect: &[[&str; 2]]| {
            let (_place, source) = folder(&[("x.src", one.as_bytes()), ("x.mt", other.as_bytes())]);
            assert_eq!(read(&source, &NAMES).unwrap(), expect, "{one:?} {other:?}");
        };
        check("1\n2\n", "3\n4", &[["1", "3"], ["2", "4"]]);
        check("[1\r\n\r\n", "\u{feff}{\"a\"\n\"\t,\n", &[["[1", "{\"a\""], ["", "\"\t,"]]);
        check("", "", &[]);
        check("\n", "\n", &[["", ""]]);
    }

    #[test]
    fn lines_that_do_not_belong_together_are_explained() {
        let check = |one: &[u8], other: &[u8], expect: &str| {
            let (_place, source) = folder(&[("x.src", one), ("x.mt", other)]);
            assert_eq!(read(&source, &NAMES).unwrap_err(), expect);
        };
        let uneven = "dev: expected the same number of lines in each file, found";
        check(b"1\n2\n3\n", b"1\n2\n", &format!("{uneven} 3 in `x.src`, 2 in `x.mt`"));
        check(b"", b"\n", &format!("{uneven} 0 in `x.src`, 1 in `x.mt`"));
        check(
            b"1\n\xff\n",
            b"1\n2\n",
            "dev: line 2: `a` must be UTF-8 text, found bytes that are none",
        );
        check(b"1\n", b"PAR1", "dev/x.mt: expected text in lines, found Parquet");
        check(b"1\n", b"\0\n", "dev/x.mt: expected text in lines, found binary data");
        let (_place, source) = folder(&[("x.src", b"1\n")]);
        assert!(read(&source, &NAMES).unwrap_err().starts_with("dev/x.mt: cannot read"));
        let expect = "dev/x.src: expected a folder, or a tar archive, with `x.src`, found another kind of file";
        let error = read(&source.join("x.src"), &NAMES).unwrap_err();
        assert!(expect.ends_with(&error), "{error}");
    }

    #[test]
    fn files_may_be_members_of_an_archive() {
        let place = tempfile::tempdir().unwrap();
        let source = place.path().join("dev.tar");
        let mut archive = tar::Builder::new(std::fs::File::create(&source).unwrap());
        for (name, text) in [("d/x.src", "1\n2\n"), ("d/x.mt", "3\n4\n")] {
            let mut header = tar::Header::new_ustar();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            archive.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        archive.finish().unwrap();
        let names = [("a", "d/x.src"), ("b", "d/x.mt")];
        assert_eq!(read(&source, &names).unwrap(), [["1", "3"], ["2", "4"]]);
        let error = read(&source, &[("a", "d/x.src"), ("b", "x.mt")]).unwrap_err();
        assert_eq!(error, "dev.tar: expected `x.mt` in the archive, found `d/x.src`, `d/x.mt`");
    }
}
