//! Is the file of a format that an importer reads, or is a mapping needed?

use crate::cli::names;
use medley_formats::{FILL_IN, Fit, Guess, Importer, Sight, fits};
use medley_toml_file::{Linked, Tagged};

/// What a file is read by.
pub(super) enum Format {
    /// An importer, with others that read it as well.
    Named { linked: Linked, fit: Fit, others: Vec<String> },
    /// A mapping, with importers that read the file and leave out more, and what they leave out.
    Mapping { others: Vec<(String, Fit)> },
}

/// Importers that read anything, if they are told how.
const GENERAL: [&str; 2] = ["columns", "tables"];

/// Of the importers that read the first rows, the one that leaves out least; a mapping, if that says more
/// of what is there.
pub(super) fn choose(sight: &Sight, guess: &Guess) -> Format {
    let mut fitting: Vec<(Linked, Fit)> = names::importers()
        .into_iter()
        .filter(|linked| !GENERAL.contains(&linked.name.as_str()))
        .filter_map(|linked| {
            let fit = fits(&*importer(&linked.name)?, sight)?;
            Some((linked, fit))
        })
        .collect();
    fitting.sort_by_key(|(linked, fit)| {
        (fit.left.len(), std::cmp::Reverse(fit.records()), linked.name.clone())
    });
    let others =
        || fitting.iter().map(|(linked, fit)| (linked.name.clone(), fit.clone())).collect();
    let Some((linked, fit)) = fitting.first().cloned() else {
        return Format::Mapping { others: Vec::new() };
    };
    if says_more(guess, &fit) {
        return Format::Mapping { others: others() };
    }
    let rest = fitting.iter().skip(1).map(|(linked, _)| linked.name.clone()).collect();
    Format::Named { linked, fit, others: rest }
}

fn importer(name: &str) -> Option<Tagged<dyn Importer>> {
    serde_json::from_value(serde_json::json!({ name: {} })).ok()
}

/// Whether a mapping that recognized something, or one of those to choose from, keeps a column that the
/// importer leaves out.
fn says_more(guess: &Guess, fit: &Fit) -> bool {
    let is_kept = |left: &String| {
        let within = |column: &String| {
            column
                .strip_prefix(left.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        !guess.unused.iter().any(within)
    };
    let is_open = guess.records.iter().any(|record| record.kind == FILL_IN);
    !is_open && fit.left.iter().any(is_kept)
}
