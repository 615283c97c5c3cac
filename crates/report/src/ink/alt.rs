//! What says in words what a figure shows: its text alternative.
//!
//! A description has the numbers that a reader would take from the figure: ends of lines, marks with
//! their intervals, cells. Points between the ends of a line are in the tables.

use crate::summary::{capital, number};

/// Things that a description lists before it counts the rest.
pub(crate) const MOST: usize = 40;

/// Title and description of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alt {
    pub title: String,
    pub description: String,
}

impl Alt {
    pub fn new(title: impl Into<String>, sentences: Vec<String>) -> Self {
        Alt { title: title.into(), description: sentences.join(" ") }
    }
}

/// "a; b; c", and how many more there are beyond the first [`MOST`].
pub(crate) fn listed(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    let (shown, more) = parts.split_at(parts.len().min(MOST));
    let more = if more.is_empty() { String::new() } else { format!("; and {} more", more.len()) };
    format!("{}{more}", shown.join("; "))
}

/// "0.500 [0.400, 0.600]".
pub(crate) fn with_ends(value: f64, ends: Option<(f64, f64)>) -> String {
    let ends = ends
        .map_or_else(String::new, |(low, high)| format!(" [{}, {}]", number(low), number(high)));
    format!("{}{ends}", number(value))
}

/// "from 0.1 at 1 to 0.5 at 20", or the one point.
pub(crate) fn course(points: &[(f64, f64)]) -> Option<String> {
    let finite = |point: &&(f64, f64)| point.0.is_finite() && point.1.is_finite();
    let mut points = points.iter().filter(finite);
    let (first, last) = (points.next()?, points.next_back());
    Some(match last {
        None => format!("{} at {}", number(first.1), place(first.0)),
        Some(last) => format!(
            "from {} at {} to {} at {}",
            number(first.1),
            place(first.0),
            number(last.1),
            place(last.0)
        ),
    })
}

/// A place on an axis: whole numbers without decimals.
fn place(x: f64) -> String {
    if x.fract() == 0.0 && x.abs() < 1e9 { format!("{x:.0}") } else { number(x) }
}

/// The title of a figure, or its name in words where it has none.
pub(crate) fn titled(title: &str, name: &str) -> String {
    if title.is_empty() { capital(&name.replace('-', " ")) } else { title.to_owned() }
}
