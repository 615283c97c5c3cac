//! `medley import`: files of other projects to a dataset folder.

use super::arguments::BadRow;
use super::names;
use super::progress::Counter;
use anyhow::Context;
use medley_formats::{BadRows, Importer, Reading};
use medley_toml_file::{Tagged, parse};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Imports `source` and writes the dataset; returns the report.
pub(super) fn import(
    format: &str,
    source: &Path,
    folder: &Path,
    on_bad_row: BadRow,
) -> anyhow::Result<String> {
    let importer = importer(format)?;
    let counter = Counter::new("rows read");
    let show = |rows| counter.show(rows);
    let bad_rows = match on_bad_row {
        BadRow::Error => BadRows::Error,
        BadRow::Skip => BadRows::Skip,
    };
    let reading = Reading { bad_rows, progress: &show, ..Reading::default() };
    let report = importer.import_to(source, folder, &reading);
    counter.finish();
    Ok(format!("{}wrote {}\n", report?, folder.display()))
}

/// A file that names an importer with its options: `[import.columns]`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportFile {
    import: Tagged<dyn Importer>,
}

/// The importer called `format`, or the one that the TOML file `format` describes.
fn importer(format: &str) -> anyhow::Result<Tagged<dyn Importer>> {
    if format.ends_with(".toml") {
        let text = super::settings::read(Path::new(format))?;
        let file: ImportFile = parse(Path::new(format), &text)?;
        return Ok(file.import);
    }
    let known = names::importers();
    if !known.iter().any(|linked| linked.name == format) {
        return Err(names::unknown_format(format, "import", &known));
    }
    let tagged = serde_json::json!({ format: {} });
    serde_json::from_value(tagged).with_context(|| {
        format!("format `{format}` has required options: set them in a TOML file under `[import.{format}]`")
    })
}
