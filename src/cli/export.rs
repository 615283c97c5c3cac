//! `medley export`: feedback of a dataset to a file of another project.

use super::names;
use super::said::Said;
use anyhow::Context;
use medley_formats::{ExportReport, Exporter};
use medley_toml_file::{Tagged, parse};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::Path;

/// Writes the file; returns the report. A file that is there is somebody's, and replaced with `force`
/// only; what is no plain file, such as `/dev/stdout`, is written into.
pub(super) fn export(
    format: &str,
    dataset: &Path,
    path: &Path,
    force: bool,
) -> anyhow::Result<Said> {
    let exporter = exporter(format)?;
    if !force && path.metadata().is_ok_and(|found| found.is_file()) {
        anyhow::bail!("{}: there is a file already; `--force` replaces it", path.display());
    }
    let report = exporter.write(&super::settings::dataset(dataset)?, path)?;
    let text = format!("{report}wrote {}\n", path.display());
    let ExportReport { written, left_out, without, notes } = report;
    let json = json!({
        "files": [path], "written": written, "left_out": left_out, "without": without, "notes": notes,
    });
    Ok(Said::new(text, json))
}

/// A file that names an exporter with its options: `[export.crowd-kit-labels]`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportFile {
    export: Tagged<dyn Exporter>,
}

/// The exporter called `format`, or the one that the TOML file `format` describes.
fn exporter(format: &str) -> anyhow::Result<Tagged<dyn Exporter>> {
    if format.ends_with(".toml") {
        let text = super::settings::read(Path::new(format))?;
        let file: ExportFile = parse(Path::new(format), &text)?;
        return Ok(file.export);
    }
    let known = names::exporters();
    if !known.iter().any(|linked| linked.name == format) {
        return Err(names::unknown_format(format, "export", &known));
    }
    let tagged = serde_json::json!({ format: {} });
    serde_json::from_value(tagged).with_context(|| {
        format!("format `{format}` has required options: set them in a TOML file under `[export.{format}]`")
    })
}
