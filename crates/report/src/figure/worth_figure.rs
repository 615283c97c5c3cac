//! Where does everything stand on the figure of what each source adds?

use crate::canvas::Canvas;
use crate::legend::{Entry, Key, legend, notes};
use crate::sources_alt::worth_alt;
use crate::worth_panel::{Layout, MARGIN, WIDTH};
use crate::{Figure, ReportError, WorthFigure};

/// Draws `worth`: for each judged source the Shapley value of each source, and beside it, row by row,
/// its synergies with the others.
///
/// # Errors
/// The drawing layer fails.
pub fn worth_figure(worth: &WorthFigure) -> Result<Figure, ReportError> {
    let mut canvas = Canvas::default();
    let layout = Layout::new(worth);
    let mut top = MARGIN;
    for panel in &worth.panels {
        top = layout.draw(&mut canvas, panel, top) + 12.0;
    }
    let across = (MARGIN, WIDTH - MARGIN);
    let bottom = legend(&mut canvas, &entries(worth), across, top - 4.0);
    let bottom = notes(&mut canvas, &remarks(worth), across, bottom + 3.0);
    Ok(canvas.finish("worth", WIDTH, bottom + MARGIN)?.described(worth_alt(worth)))
}

fn entries(worth: &WorthFigure) -> Vec<Entry> {
    let mut pairs = worth.panels.iter().flat_map(|panel| &panel.pairs);
    let text = "± includes 0, or there is none".to_owned();
    let open = pairs.any(|pair| pair.synergy.is_open());
    open.then_some(Entry { key: Key::Hatched, text }).into_iter().collect()
}

fn remarks(worth: &WorthFigure) -> Vec<String> {
    let colours = "Colours are deepest at the largest number of a panel: blue above 0, where two \
                   sources complement each other, orange below, where they say the same or one undoes \
                   the other.";
    worth.notes.iter().cloned().chain([colours.to_owned()]).collect()
}

#[cfg(test)]
#[path = "worth_figure_tests.rs"]
mod tests;
