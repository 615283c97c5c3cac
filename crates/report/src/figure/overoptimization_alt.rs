//! What does a figure of overoptimization show, in words?

use crate::alt::{Alt, course, listed, titled};
use crate::{OveroptimizationFigure, OveroptimizationPanel};

pub(crate) fn overoptimization_alt(of: &OveroptimizationFigure) -> Alt {
    let panel = |panel: &OveroptimizationPanel| {
        let lines = [("proxy", &panel.proxy), ("true reward", &panel.gold)];
        let lines = lines
            .into_iter()
            .filter_map(|(name, points)| Some(format!("{name} {}", course(points)?)));
        format!("{}: {}. {}", panel.title, listed(lines), panel.alarm)
    };
    let head = format!("{} over {}.", of.y_label, of.x_label);
    let sentences = std::iter::once(head).chain(of.panels.iter().map(panel));
    Alt::new(titled(&of.title, &of.name), sentences.collect())
}
