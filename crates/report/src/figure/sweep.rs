//! Which points of a sweep suit which mix?
//!
//! A table of points by mixes, in thousandths of a nat behind the mix's best point. A sweep with many points
//! shows those that are best for some mix, since what is far behind everywhere needs no picture.

use std::collections::BTreeSet;

use crate::mix::distinct;
use crate::{Chosen, Matrix, MatrixCell, ReportError, SweepRow};

/// Points that are shown.
const MOST: usize = 40;

/// The figure `sweep`, as rows of points and columns of mixes.
///
/// # Errors
/// Nothing was chosen, or no mix has several points.
pub fn sweep(rows: &[SweepRow]) -> Result<Matrix, ReportError> {
    let known: Vec<&SweepRow> = rows.iter().filter(|row| row.behind.is_some()).collect();
    if known.is_empty() {
        return Err(ReportError::Empty("no point of a sweep was chosen".to_owned()));
    }
    let columns = distinct(known.iter().map(|row| &row.mix));
    let all = distinct(known.iter().map(|row| &row.setting));
    let least = |setting: &String| {
        let of = known.iter().filter(|row| row.setting == *setting).filter_map(|row| row.behind);
        of.fold(f64::INFINITY, f64::min)
    };
    let mut ranked: Vec<(f64, &String)> =
        all.iter().map(|setting| (least(setting), setting)).collect();
    ranked.sort_by(|one, other| one.0.total_cmp(&other.0));
    let last = ranked.get(MOST - 1).map_or(f64::INFINITY, |(least, _)| *least);
    let shown: Vec<&String> =
        all.iter().filter(|setting| least(setting) <= last).take(MOST).collect();
    let cell = |setting: &String, mix: &String| {
        let found = known.iter().find(|row| row.setting == *setting && row.mix == *mix);
        match found {
            Some(row) if row.chosen == Chosen::Yes => {
                MatrixCell::Value(0.0, vec!["best".to_owned()])
            }
            Some(row) => {
                let behind: f64 = 1000.0 * row.behind.unwrap_or_default();
                MatrixCell::Value(behind.max(0.0), vec![format!("{behind:.1}")])
            }
            None => MatrixCell::Absent(String::new()),
        }
    };
    let mut notes = vec![
        "Thousandths of a nat a validation statement behind the mix's best point, mean over seeds."
            .to_owned(),
    ];
    if shown.len() < all.len() {
        let (some, of) = (shown.len(), all.len());
        notes.push(format!("{some} of {of} points, the best for any mix; sweep.parquet has all."));
    }
    Ok(Matrix {
        name: "sweep".to_owned(),
        title: "Points of the sweep, by held-out feedback".to_owned(),
        cells: shown
            .iter()
            .map(|setting| columns.iter().map(|mix| cell(setting, mix)).collect())
            .collect(),
        rows: shown.into_iter().map(|setting| short(setting, &all)).collect(),
        columns,
        notes,
    })
}

/// A setting with each key by its last part, where that names one key: "hidden = [8], learning-rate = 0.01".
fn short(setting: &str, all: &[String]) -> String {
    let keys = |setting: &str| {
        setting.split(", ").filter_map(key_of).map(str::to_owned).collect::<Vec<_>>()
    };
    let known: BTreeSet<String> = all.iter().flat_map(|setting| keys(setting)).collect();
    let last = |key: &str| key.rsplit('.').next().unwrap_or(key).to_owned();
    let shortened = |part: &str| match key_of(part) {
        Some(key) if known.iter().filter(|other| last(other) == last(key)).count() == 1 => {
            part.replacen(key, &last(key), 1)
        }
        _ => part.to_owned(),
    };
    setting.split(", ").map(shortened).collect::<Vec<_>>().join(", ")
}

/// The dotted key of "key = value"; none of a part of a list.
fn key_of(part: &str) -> Option<&str> {
    let (key, _) = part.split_once(" = ")?;
    key.chars().all(|c| c.is_alphanumeric() || "._-".contains(c)).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(mix: &str, setting: &str, behind: Option<f64>, chosen: bool) -> SweepRow {
        SweepRow {
            mix: mix.to_owned(),
            setting: setting.to_owned(),
            seeds: 5,
            failed: 0,
            held_out: behind.map(|behind| -0.5 - behind),
            behind,
            behind_low: None,
            behind_high: None,
            chosen: if chosen { Chosen::Yes } else { Chosen::No },
        }
    }

    #[test]
    fn cells_are_thousandths_behind_the_best_of_each_mix() {
        let rows = [
            row("a", "x = 1", Some(0.0125), false),
            row("a", "x = 2", Some(0.0), true),
            row("b", "x = 1", Some(0.0), true),
            row("c", "", None, true),
        ];
        let found = sweep(&rows).unwrap();
        assert_eq!(
            (found.rows, found.columns),
            (vec!["x = 1".into(), "x = 2".into()], vec!["a".to_owned(), "b".to_owned()])
        );
        assert_eq!(found.cells[0][0], MatrixCell::Value(12.5, vec!["12.5".to_owned()]));
        assert_eq!(
            found.cells[1],
            [MatrixCell::Value(0.0, vec!["best".to_owned()]), MatrixCell::Absent(String::new())]
        );
        assert!(sweep(&rows[3..]).is_err());
    }

    #[test]
    fn keys_are_named_by_their_last_part_where_that_is_clear() {
        let all = ["a.hidden = [8, 8], b.rate = 0.1, c.rate = 2".to_owned()];
        assert_eq!(short(&all[0], &all), "hidden = [8, 8], b.rate = 0.1, c.rate = 2");
        assert_eq!(short("", &all), "");
    }

    #[test]
    fn of_many_points_the_best_are_shown() {
        let rows: Vec<SweepRow> = (0..100)
            .map(|x| row("a", &format!("x = {x}"), Some(f64::from(x) / 100.0), x == 0))
            .collect();
        let found = sweep(&rows).unwrap();
        assert_eq!((found.rows.len(), found.rows[39].as_str()), (40, "x = 39"));
        assert!(found.notes[1].starts_with("40 of 100 points"), "{:?}", found.notes);
    }
}
