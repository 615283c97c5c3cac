//! How wide and how high is everything on the matrix of who predicts whom?

use crate::header::Header;
use crate::text::{BODY, LINE, widest, width, wrap};
use crate::{Agreement, AgreementAggregate};

/// Two columns of a paper: 7 inches. More sources than fit make the figure wider.
const WIDTH: f64 = 672.0;
/// Enough for legend and notes.
const LEAST_WIDTH: f64 = 420.0;
pub(crate) const MARGIN: f64 = 8.0;
/// An interval fits in small print.
const LEAST_CELL: f64 = 61.0;
const MOST_CELL: f64 = 94.0;
const SMALL: f64 = 8.8;

/// What all matrices share.
pub(crate) struct Layout {
    pub width: f64,
    /// Left end of the cells.
    pub left: f64,
    pub cell: f64,
    pub row: f64,
    /// Size of the print of intervals.
    pub small: f64,
    pub header: Header,
    /// Title of the rows, in lines.
    pub rows_title: Vec<String>,
    /// Longest line of the name of a row.
    labels: f64,
}

impl Layout {
    pub fn new(agreement: &Agreement) -> Self {
        let matrices = || agreement.matrices.iter();
        let columns = matrices().map(|of| of.sources.len()).max().unwrap_or(1) as f64;
        let rows = matrices().flat_map(|of| &of.trained_on);
        let room = WIDTH - 2.0 * MARGIN - 6.0;
        let labels = (room - columns * LEAST_CELL).clamp(86.0, 150.0);
        let wrapped: Vec<Vec<String>> = rows.map(|name| wrap(name, BODY, labels)).collect();
        let rows_title = wrap("reward learned from", BODY, labels);
        let labels_width = widest(wrapped.iter().flatten().chain(&rows_title), BODY);
        let left = MARGIN + labels_width + 6.0;
        let cell = ((WIDTH - MARGIN - left) / columns).clamp(LEAST_CELL, MOST_CELL);
        let most_lines = wrapped.iter().map(Vec::len).max().unwrap_or(1) as f64;
        let names = matrices().flat_map(|of| &of.sources);
        Layout {
            width: (left + columns * cell + MARGIN).max(LEAST_WIDTH),
            left,
            cell,
            row: f64::max(38.0, most_lines * LINE + 6.0),
            small: small(agreement, cell - 6.0),
            header: Header::of(names, cell - 6.0),
            rows_title,
            labels,
        }
    }

    pub fn label(&self, name: &str) -> Vec<String> {
        wrap(name, BODY, self.labels)
    }

    /// Top of a row.
    pub fn row_at(&self, top: f64, row: usize) -> f64 {
        top + row as f64 * self.row
    }
}

/// Every cell that there is.
pub(crate) fn cells(agreement: &Agreement) -> impl Iterator<Item = &AgreementAggregate> {
    agreement.matrices.iter().flat_map(|of| of.cells.iter().flatten().flatten())
}

/// The size at which the widest interval has this width, if that is small.
fn small(agreement: &Agreement, most: f64) -> f64 {
    let intervals = cells(agreement).filter_map(AgreementAggregate::interval);
    let widest = intervals.map(|interval| width(&span(interval), 1.0)).fold(0.0, f64::max);
    if widest * SMALL > most { most / widest } else { SMALL }
}

/// "[−0.12, 0.34]".
pub(crate) fn span((low, high): (f64, f64)) -> String {
    format!("[{}, {}]", signed(low), signed(high))
}

/// Two decimals, with a true minus sign, and none for what rounds to 0.
pub(crate) fn signed(value: f64) -> String {
    let text = format!("{value:.2}");
    match text.as_str() {
        "-0.00" => "0.00".to_owned(),
        _ => text.replace('-', "−"),
    }
}
