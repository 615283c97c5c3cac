//! How does a table of numbers look, in which the large ones are what matters?

use crate::alt::{Alt, MOST, listed, titled};
use crate::canvas::{Anchor, Canvas, Text};
use crate::cell::{Place, blank, valued};
use crate::header::Header;
use crate::legend::notes;
use crate::palette::{BLACK, diverging};
use crate::text::{BODY, LINE, widest, width, wrap};
use crate::{Figure, ReportError};

/// A table of numbers, each on a ground that is darker the larger it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    /// File name without ending.
    pub name: String,
    /// Above the figure.
    pub title: String,
    /// Names of rows.
    pub rows: Vec<String>,
    /// Names of columns.
    pub columns: Vec<String>,
    /// `[row][column]`
    pub cells: Vec<Vec<MatrixCell>>,
    /// Below the figure.
    pub notes: Vec<String>,
}

/// What stands in one cell.
#[derive(Clone, Debug, PartialEq)]
pub enum MatrixCell {
    /// A number of at least 0, with its lines of text.
    Value(f64, Vec<String>),
    /// Nothing is shown, and this says why.
    Absent(String),
}

const MARGIN: f64 = 8.0;
const WIDTH: f64 = 672.0;
const LEAST_WIDTH: f64 = 420.0;
const CELL: (f64, f64) = (44.0, 84.0);
/// Names of rows are wrapped beyond it.
const LONGEST: f64 = 150.0;
/// Numbers of cells are written smaller than names.
const SMALL: f64 = BODY - 1.0;

/// Draws a table.
///
/// # Errors
/// There is no row or column, a row of another length, or the drawing layer fails.
pub fn matrix_figure(of: &Matrix) -> Result<Figure, ReportError> {
    let is_table =
        of.cells.len() == of.rows.len() && of.cells.iter().all(|row| row.len() == of.columns.len());
    if of.rows.is_empty() || of.columns.is_empty() || !is_table {
        return Err(ReportError::Empty(format!("{} is no table with rows and columns", of.name)));
    }
    let names: Vec<String> = of.rows.iter().flat_map(|name| wrap(name, BODY, LONGEST)).collect();
    let left = MARGIN + widest(&names, BODY) + 6.0;
    let columns = of.columns.len() as f64;
    let cell = ((WIDTH - MARGIN - left) / columns).clamp(CELL.0, CELL.1);
    let right = (left + columns * cell + MARGIN).max(LEAST_WIDTH);
    let title = wrap(&of.title, BODY + 1.0, right - 2.0 * MARGIN);
    let mut canvas = Canvas::default();
    let at = (MARGIN, MARGIN + LINE / 2.0);
    canvas.lines(&title, Text { size: BODY + 1.0, ..word(String::new(), at, Anchor::Start) });
    let header = Header::of(of.columns.iter(), cell - 4.0);
    let mut top = MARGIN + title.len() as f64 * LINE + header.height(&of.columns) + 14.0;
    for (column, name) in of.columns.iter().enumerate() {
        header.draw(&mut canvas, name, (left + (column as f64 + 0.5) * cell, top));
    }
    let most = values(of).fold(0.0, f64::max);
    for (name, row) in of.rows.iter().zip(&of.cells) {
        let texts = row.iter().map(|of_cell| lines(of_cell, cell).len());
        let lines_of_name = wrap(name, BODY, LONGEST);
        let tallest = texts.max().unwrap_or(1).max(lines_of_name.len());
        let height = tallest as f64 * LINE + 7.0;
        let first = top + height / 2.0 - (lines_of_name.len() as f64 - 1.0) * LINE / 2.0;
        canvas.lines(&lines_of_name, word(String::new(), (left - 6.0, first), Anchor::End));
        for (column, of_cell) in row.iter().enumerate() {
            let place = Place::new((left + column as f64 * cell, top), (cell, height));
            draw(&mut canvas, of_cell, place, most, cell);
        }
        top += height;
    }
    let bottom = notes(&mut canvas, &of.notes, (MARGIN, right - MARGIN), top + 6.0);
    Ok(canvas.finish(&of.name, right, bottom + MARGIN)?.described(matrix_alt(of)))
}

fn values(of: &Matrix) -> impl Iterator<Item = f64> {
    of.cells.iter().flatten().filter_map(|cell| match cell {
        MatrixCell::Value(value, _) => Some(*value),
        MatrixCell::Absent(_) => None,
    })
}

fn lines(cell: &MatrixCell, most: f64) -> Vec<String> {
    match cell {
        MatrixCell::Value(_, texts) => {
            texts.iter().flat_map(|text| wrap(text, SMALL, most - 6.0)).collect()
        }
        MatrixCell::Absent(reason) => wrap(reason, SMALL, most - 6.0),
    }
}

fn draw(canvas: &mut Canvas, cell: &MatrixCell, place: Place, most: f64, wide: f64) {
    match cell {
        MatrixCell::Absent(reason) => blank(canvas, place, &short(reason, wide)),
        MatrixCell::Value(value, _) => {
            let share = if most > 0.0 { (value / most).clamp(0.0, 1.0) } else { 0.0 };
            let texts = lines(cell, wide).into_iter().map(|line| (line, SMALL)).collect();
            valued(canvas, place, (diverging(-share), false), texts);
        }
    }
}

/// As much of a text as fits into a cell.
fn short(text: &str, wide: f64) -> String {
    if width(text, BODY) <= wide - 4.0 {
        return text.to_owned();
    }
    wrap(text, BODY, wide - 4.0).into_iter().next().unwrap_or_default()
}

fn word(text: String, at: (f64, f64), anchor: Anchor) -> Text {
    Text { text, at, size: BODY, color: BLACK, anchor, turn: 0.0 }
}

/// What the figure shows, in words.
fn matrix_alt(of: &Matrix) -> Alt {
    let row = |(name, cells): (&String, &Vec<MatrixCell>)| {
        let cells = of.columns.iter().zip(cells).map(|(column, cell)| match cell {
            MatrixCell::Value(_, lines) => format!("{column} {}", lines.join(" ")),
            MatrixCell::Absent(why) => format!("{column} {why}"),
        });
        format!("{name}: {}.", listed(cells))
    };
    let sentences = of.rows.iter().zip(&of.cells).take(MOST).map(row);
    Alt::new(titled(&of.title, &of.name), sentences.chain(of.notes.iter().cloned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::check_layout;

    fn value(value: f64, text: &str) -> MatrixCell {
        MatrixCell::Value(value, vec![format!("{value:.2}"), text.to_owned()])
    }

    #[test]
    fn every_cell_says_its_number_and_nothing_overlaps() {
        let of = Matrix {
            name: "rules".to_owned(),
            title: "What a group loses by each rule".to_owned(),
            rows: vec!["borda".to_owned(), "maximal-lottery".to_owned()],
            columns: vec!["gender: male".to_owned(), "gender: female".to_owned()],
            cells: vec![
                vec![value(0.0, "Hana"), value(0.12, "Hana")],
                vec![value(0.05, "Barbara"), MatrixCell::Absent("hidden".to_owned())],
            ],
            notes: vec!["Share of comparisons.".to_owned()],
        };
        let figure = matrix_figure(&of).unwrap();
        check_layout(&figure);
        for text in ["0.12", "Barbara", "hidden", "Share of comparisons."] {
            assert!(figure.texts().iter().any(|found| found == text), "{text}");
        }
        assert!(matrix_figure(&Matrix { cells: Vec::new(), ..of }).is_err());
    }
}
