//! The report: all findings of a dataset, as a table for people and as JSON for programs.

use crate::{Case, Finding, Severity};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// Lines of one check that the table shows when there is nothing wrong; JSON has all.
const LINES: usize = 8;

/// What was found. The names of the fields are those of the JSON and stay.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Version of this layout.
    pub version: u32,
    /// Name of the dataset.
    pub dataset: String,
    /// Number of prompts or episodes.
    pub groups: usize,
    /// Number of segments.
    pub segments: usize,
    /// Number of steps.
    pub steps: usize,
    /// Number of records that could be read.
    pub records: usize,
    /// The worst severity of all findings.
    pub worst: Severity,
    /// Number of findings by severity.
    pub findings_by_severity: BTreeMap<&'static str, usize>,
    /// All findings, in the order of the checks.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn new(case: &Case<'_>, findings: Vec<Finding>) -> Self {
        let worst = findings.iter().map(|finding| finding.severity).max();
        let severities = [Severity::Error, Severity::Warning, Severity::Fine];
        let count = |severity: Severity| {
            let of = findings.iter().filter(|finding| finding.severity == severity);
            (name(severity), of.count())
        };
        Self {
            version: 1,
            dataset: case.dataset.card.name.clone(),
            groups: case.dataset.groups().len(),
            segments: case.dataset.segments().len(),
            steps: case.dataset.segments().step_count(),
            records: case.said.len(),
            worst: worst.unwrap_or(Severity::Fine),
            findings_by_severity: severities.map(count).into(),
            findings,
        }
    }

    /// The worst severity.
    pub fn worst(&self) -> Severity {
        self.worst
    }

    /// The report as JSON, indented. What has no number is null.
    ///
    /// # Errors
    /// As serde; not for a report of [`crate::examine`].
    pub fn json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

impl fmt::Display for Report {
    /// Errors first, then warnings, then what is fine.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} records on {} segments of {} steps in {} groups",
            self.dataset, self.records, self.segments, self.steps, self.groups
        )?;
        for severity in [Severity::Error, Severity::Warning, Severity::Fine] {
            let of_severity = || self.findings.iter().filter(|it| it.severity == severity);
            if of_severity().next().is_none() {
                continue;
            }
            writeln!(f, "\n{}", name(severity))?;
            let width = of_severity().map(|finding| title(finding).chars().count()).max();
            let width = width.unwrap_or(0).min(58);
            let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
            for finding in of_severity() {
                let lines = shown.entry(finding.check).or_default();
                *lines += 1;
                if severity != Severity::Fine || *lines <= LINES {
                    line(f, finding, width)?;
                }
            }
            for (check, lines) in shown {
                if severity == Severity::Fine && lines > LINES {
                    writeln!(f, "  {check}: {} more; --json lists them", lines - LINES)?;
                }
            }
        }
        let [errors, warnings, fine] =
            ["error", "warning", "fine"].map(|name| self.findings_by_severity[name]);
        writeln!(f, "\nerrors {errors}, warnings {warnings}, fine {fine}")
    }
}

fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Fine => "fine",
    }
}

fn title(finding: &Finding) -> String {
    let mut title = finding.check.to_owned();
    if !finding.subject.is_empty() {
        title += &format!("  {}", finding.subject);
    }
    if let Some(group) = &finding.group {
        title += &format!(", group {group}");
    }
    title
}

fn line(f: &mut fmt::Formatter<'_>, finding: &Finding, width: usize) -> fmt::Result {
    let Finding { count, of, unit, note, examples, .. } = finding;
    let number = finding.value.or(finding.share).map(|number| format!("{number:.3}"));
    let interval = finding.low.zip(finding.high);
    let interval = interval.map(|(low, high)| format!(" [{low:.3}, {high:.3}]"));
    let number = number.unwrap_or_else(|| "-".to_owned()) + &interval.unwrap_or_default();
    writeln!(f, "  {:width$}  {number:22}  {count} of {of} {unit}", title(finding))?;
    if !note.is_empty() {
        writeln!(f, "      {note}")?;
    }
    if !examples.is_empty() {
        writeln!(f, "      such as {}", examples.join("; "))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{by, prompts};
    use crate::{Options, examine};

    fn report() -> Report {
        let mut builder = prompts(2, 2);
        let records = [("0/0", "0/1", 1.0), ("0/0", "0/1", 1.0), ("1/0", "1/1", 0.0)];
        builder.insert(records.map(|(a, b, q)| by("ann", a, b, q)).to_vec());
        let dataset = builder.build().unwrap();
        examine(&Case::new(&dataset, Options::default()))
    }

    #[test]
    fn warnings_come_before_what_is_fine() {
        let text = report().to_string();
        let (warning, fine) = (text.find("\nwarning\n").unwrap(), text.find("\nfine\n").unwrap());
        assert!(warning < fine && !text.contains("\nerror\n"), "{text}");
        assert!(text.starts_with("test: 3 records on 4 segments of 4 steps in 2 groups\n"));
        let expect = "0.333                   1 of 3 comparisons\n      same pair, annotator and \
                      answer as an earlier record: it would count twice, unless another model wrote \
                      the same text, which metadata of segments would tell\n      such as row 1 (0/0, \
                      0/1) as row 0\n";
        assert!(text.contains(expect), "{text}");
    }

    #[test]
    fn json_has_every_field() {
        let json: serde_json::Value = serde_json::from_str(&report().json().unwrap()).unwrap();
        assert_eq!((&json["version"], &json["worst"]), (&1.into(), &"warning".into()));
        let findings = json["findings"].as_array().unwrap();
        let of = |check: &str| findings.iter().find(|it| it["check"] == check).unwrap();
        let keys: Vec<&String> = of("comparison.ties").as_object().unwrap().keys().collect();
        let expect = [
            "check", "subject", "group", "severity", "count", "of", "unit", "share", "value",
            "low", "high", "clusters", "note", "examples",
        ];
        assert_eq!(keys, expect);
        assert_eq!(of("comparison.side-bias")["clusters"], 2);
        assert_eq!(of("agreement.alpha")["value"], serde_json::Value::Null);
    }
}
