//! `medley doctor`: problems of a dataset folder.

use super::arguments::{Doctor, Json};
use super::listing;
use super::said::Said;
use medley_doctor::{Case, Options, Severity, examine, figures};
use serde_json::json;

/// Examines a dataset and writes JSON and figures if requested.
pub(super) fn doctor(arguments: &Doctor) -> anyhow::Result<Said> {
    let dataset = super::settings::dataset(&arguments.dataset)?;
    let options = Options { few_labels: arguments.few_labels, ..Options::default() };
    let case = Case::new(&dataset, options);
    let report = examine(&case);
    let mut text = report.to_string();
    let mut files = Vec::new();
    if let Some(Json::File(path)) = &arguments.json {
        medley_whole_file::write_named(path, report.json()?.as_bytes())?;
        files.push(path.clone());
    }
    if let Some(folder) = &arguments.figures {
        let drawn = figures(&case, &report)?;
        for figure in &drawn.figures {
            files.extend(figure.save(folder)?);
        }
        for absent in &drawn.absent {
            text += &format!("not drawn: {absent}\n");
        }
    }
    text += &listing::written(&files);
    let bad = if arguments.strict { Severity::Warning } else { Severity::Error };
    let mut json = serde_json::to_value(&report)?;
    json["files"] = json!(files);
    Ok(Said::new(text, json).ending(u8::from(report.worst() >= bad)))
}
