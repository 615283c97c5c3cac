//! What do the axes of the figure of overoptimization hold, and what stands above a panel?

use crate::OveroptimizationPanel;
use crate::axis::{padded, range};
use crate::canvas::{Anchor, Canvas, Text};
use crate::palette::{BLACK, SOFT, VERMILLION};
use crate::quality_panel::word;
use crate::text::{BODY, LINE, wrap};

/// A proxy rises as long as it is optimized. It may take as much of the axis as all else does, and then
/// leaves it at the top.
const MOST_OF_PROXY: f64 = 1.0;

/// What the axes of all panels hold.
pub(crate) struct Reach {
    pub x: (f64, f64),
    pub y: (f64, f64),
}

/// None where nothing is finite.
pub(crate) fn reach(panels: &[OveroptimizationPanel]) -> Option<Reach> {
    let all = |panel: &OveroptimizationPanel| {
        [&panel.proxy, &panel.gold, &panel.fit, &panel.truth].map(Clone::clone).concat()
    };
    let xs = panels.iter().flat_map(all).map(|point| point.0);
    let (left, right) = range(xs)?;
    let shown = |panel: &OveroptimizationPanel| {
        let lines = [&panel.gold, &panel.fit, &panel.truth].map(Clone::clone).concat();
        let ends = panel.intervals.iter().flat_map(|(low, high)| [*low, *high]);
        lines.into_iter().map(|point| point.1).chain(ends).collect::<Vec<f64>>()
    };
    let proxies = || panels.iter().flat_map(|panel| panel.proxy.iter().map(|point| point.1));
    let (low, high) = range(panels.iter().flat_map(shown)).or_else(|| range(proxies()))?;
    let most = MOST_OF_PROXY * (high - low).max(f64::MIN_POSITIVE);
    let (least_proxy, most_proxy) = range(proxies()).unwrap_or((low, high));
    let low = low.min(least_proxy.max(low - most));
    let high = high.max(most_proxy.min(high + most));
    let right = padded((left, right)).1;
    Some(Reach { x: (left, right), y: padded((low, high)) })
}

/// What stands above a panel.
pub(crate) struct Head {
    title: Vec<String>,
    alarm: Vec<String>,
    beyond: Option<String>,
    is_raised: bool,
}

impl Head {
    pub fn new(panel: &OveroptimizationPanel, reach: &Reach, width: f64) -> Self {
        let most = panel.proxy.iter().map(|point| point.1).fold(f64::NEG_INFINITY, f64::max);
        let is_beyond = most > reach.y.1;
        Self {
            title: wrap(&panel.title, BODY, width),
            alarm: wrap(&panel.alarm, BODY, width),
            beyond: is_beyond.then(|| format!("proxy rises to {most:.1}")),
            is_raised: panel.is_raised,
        }
    }

    pub fn height(&self) -> f64 {
        let lines = self.title.len() + self.alarm.len() + usize::from(self.beyond.is_some());
        lines as f64 * LINE + 6.0
    }

    /// Ends above `bottom`.
    pub fn draw(&self, canvas: &mut Canvas, (middle, bottom): (f64, f64)) {
        let alarm = if self.is_raised { VERMILLION } else { SOFT };
        let lines = self.title.iter().map(|line| (line, BLACK));
        let lines = lines.chain(self.alarm.iter().map(|line| (line, alarm)));
        let lines: Vec<_> = lines.chain(self.beyond.iter().map(|line| (line, SOFT))).collect();
        for (place, (line, color)) in lines.iter().rev().enumerate() {
            let at = (middle, bottom - 8.0 - place as f64 * LINE);
            canvas.text(Text { color: *color, ..word((*line).clone(), at, Anchor::Middle) });
        }
    }
}
