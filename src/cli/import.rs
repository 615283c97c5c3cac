//! `medley import`: files of other projects to a dataset folder.

use super::arguments::{BadRow, ReadingOptions};
use super::init::open;
use super::progress::Counter;
use super::said::Said;
use super::simulate::wrote;
use super::{mapping_error, names};
use anyhow::Context;
use medley_formats::{BadRows, Importer, Reading};
use medley_toml_file::{Tagged, parse};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use std::fmt;
use std::path::{Path, PathBuf};

/// Imports `sources` and writes the dataset; returns the report.
pub(super) fn import(
    format: &str,
    sources: &[PathBuf],
    folder: &Path,
    on_bad_row: BadRow,
    options: &ReadingOptions,
) -> anyhow::Result<Said> {
    let ImportTable { importer, options: written } = importer(format)?;
    let counter = Counter::new("rows read");
    let show = |rows| counter.show(rows);
    let bad_rows = match on_bad_row {
        BadRow::Error => BadRows::Error,
        BadRow::Skip => BadRows::Skip,
    };
    let reading = Reading {
        bad_rows,
        progress: &show,
        quoted: options.quoted.or(written.quoted),
        empty: options.empty.or(written.empty).unwrap_or_default(),
        member: options.member.as_deref().or(written.member.as_deref()),
        rows: options.rows.as_deref().or(written.rows.as_deref()),
        ..Reading::default()
    };
    let report = importer.import_all_to(sources, folder, &reading);
    counter.finish();
    Ok(wrote(&report?, folder))
}

/// A file that names an importer with its options: `[import.columns]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportFile {
    /// A format with its options.
    import: ImportTable,
}

/// The importer called `format`, or the one that the TOML file `format` describes.
fn importer(format: &str) -> anyhow::Result<ImportTable> {
    if format.ends_with(".toml") {
        let text = super::settings::read(Path::new(format))?;
        let path = Path::new(format);
        open::check(path, &text)?;
        let refused = |table| ImportFile::deserialize(toml::Value::Table(table)).err();
        let message = |table| refused(table).map(|error| error.to_string());
        let file: ImportFile = parse(path, &text)
            .map_err(|error| mapping_error::at_option(path, &text, error, &message))?;
        return Ok(file.import);
    }
    let known = names::importers();
    if !known.iter().any(|linked| linked.name == format) {
        return Err(names::unknown_format(format, "import", &known));
    }
    let tagged = serde_json::json!({ format: {} });
    let importer = serde_json::from_value(tagged).with_context(|| {
        format!("format `{format}` has required options: set them in a TOML file under `[import.{format}]`")
    })?;
    Ok(ImportTable { importer, options: ReadingOptions::default() })
}

/// An importer by its name, and beside it how its files are read: `quoted`, `member`, `rows`,
/// `empty`.
struct ImportTable {
    importer: Tagged<dyn Importer>,
    options: ReadingOptions,
}

impl<'de> Deserialize<'de> for ImportTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TableVisitor)
    }
}

struct TableVisitor;

impl<'de> Visitor<'de> for TableVisitor {
    type Value = ImportTable;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of a format and its options, such as `[import.columns]`")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ImportTable, A::Error> {
        let mut entries = Entries { map, options: ReadingOptions::default() };
        let importer = Tagged::deserialize(&mut entries)?;
        Ok(ImportTable { importer, options: entries.options })
    }
}

/// Entries of the table without those of reading, which are kept.
struct Entries<A> {
    map: A,
    options: ReadingOptions,
}

impl<'de, A: MapAccess<'de>> Deserializer<'de> for &mut Entries<A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_map(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for &mut Entries<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        while let Some(key) = self.map.next_key::<String>()? {
            match key.as_str() {
                "quoted" => self.options.quoted = Some(self.map.next_value()?),
                "member" => self.options.member = Some(self.map.next_value()?),
                "rows" => self.options.rows = Some(self.map.next_value()?),
                "empty" => self.options.empty = Some(self.map.next_value()?),
                _ => {
                    let key = serde::de::value::StringDeserializer::<A::Error>::new(key);
                    return seed.deserialize(key).map(Some);
                }
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}
