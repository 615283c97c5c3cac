//! How wide and how high is everything on the figure of quality by mix?

use crate::mix::distinct;
use crate::text::{BODY, LINE, widest, wrap};
use crate::{Quality, QualityPanel};

/// Two columns of a paper: 7 inches.
pub(crate) const WIDTH: f64 = 672.0;
pub(crate) const MARGIN: f64 = 8.0;
pub(crate) const PANEL_GAP: f64 = 15.0;
/// Panels side by side, at most.
const MOST: usize = 6;
const LEAST_PANEL: f64 = 78.0;

/// What all blocks of panels share.
pub(crate) struct Layout {
    /// Label of each mix in lines; empty when the dots say everything.
    pub labels: Vec<Vec<String>>,
    pub labels_width: f64,
    /// Name of each source in lines.
    pub names: Vec<Vec<String>>,
    pub column: f64,
    pub row: f64,
    /// Top of each row below the top of the rows, and of what would be the next.
    pub offsets: Vec<f64>,
    /// Left end of the first panel.
    panels_left: f64,
    per_block: usize,
}

impl Layout {
    pub fn new(quality: &Quality) -> Self {
        let labels = labels(quality);
        let labels_width = widest(labels.iter().flatten(), BODY);
        let names: Vec<Vec<String>> =
            quality.sources.iter().map(|source| wrap(source, BODY, 150.0)).collect();
        let name_lines = names.iter().map(Vec::len).max().unwrap_or(1);
        let column = f64::max(15.0, name_lines as f64 * LINE + 2.0);
        let label_lines = labels.iter().map(Vec::len).max().unwrap_or(0);
        let roomy = if quality.mixes.len() > 20 { 12.5 } else { 15.0 };
        let row = f64::max(roomy, label_lines as f64 * LINE + 3.0);
        let air = if labels_width > 0.0 { 8.0 } else { 0.0 };
        let matrix = column * names.len() as f64;
        let panels_left = MARGIN + labels_width + air + matrix + PANEL_GAP;
        let room = WIDTH - MARGIN - panels_left;
        let fit = ((room + PANEL_GAP) / (LEAST_PANEL + PANEL_GAP)).floor() as usize;
        let per_block = fit.clamp(1, MOST);
        let offsets = offsets(quality, row);
        Layout { labels, labels_width, names, column, row, offsets, panels_left, per_block }
    }

    /// A block is a metric where that fills rows well, else as many panels as fit.
    pub fn blocks<'a>(&self, panels: &'a [QualityPanel]) -> Vec<&'a [QualityPanel]> {
        if panels.len() <= self.per_block.min(4) {
            return vec![panels];
        }
        let metrics = panels.chunk_by(|a, b| a.metric == b.metric);
        let even = |count: usize| count.div_ceil(count.div_ceil(self.per_block));
        metrics.flat_map(|metric| metric.chunks(even(metric.len()))).collect()
    }

    pub fn column_at(&self, index: usize) -> f64 {
        self.panels_left - PANEL_GAP - self.column * (self.names.len() - index) as f64
            + self.column / 2.0
    }

    pub fn row_at(&self, top: f64, index: usize) -> f64 {
        top + self.offsets[index] + self.row / 2.0
    }

    pub fn height(&self) -> f64 {
        self.offsets.last().map_or(0.0, |last| last + self.row)
    }

    /// Equal panels over the room.
    pub fn panel(&self, index: usize, count: usize) -> (f64, f64) {
        let room = WIDTH - MARGIN - self.panels_left;
        let wide = (room + PANEL_GAP) / count as f64 - PANEL_GAP;
        let left = self.panels_left + index as f64 * (wide + PANEL_GAP);
        (left, left + wide)
    }
}

/// Labels of the mixes where their sources alone do not tell them apart.
fn labels(quality: &Quality) -> Vec<Vec<String>> {
    let sources: Vec<String> = quality
        .mixes
        .iter()
        .map(|mix| {
            let mut sources = mix.sources.clone();
            sources.sort();
            sources.join("+")
        })
        .collect();
    if distinct(sources.iter()).len() == sources.len() {
        return Vec::new();
    }
    quality.mixes.iter().map(|mix| wrap(&mix.label, BODY, 150.0)).collect()
}

/// Rows with a gap wherever the number of sources changes.
fn offsets(quality: &Quality, row: f64) -> Vec<f64> {
    let mut offset = 0.0;
    let mut offsets = Vec::new();
    let mut before = None;
    for mix in &quality.mixes {
        if before.is_some_and(|count| count != mix.sources.len()) {
            offset += 6.0;
        }
        before = Some(mix.sources.len());
        offsets.push(offset);
        offset += row;
    }
    offsets
}
