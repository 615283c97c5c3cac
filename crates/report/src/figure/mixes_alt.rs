//! What do figures with a row or a line for each mix show?

use crate::alt::{Alt, course, listed, with_ends};
use crate::summary::{better, judged, number, shown};
use crate::{Curves, Quality, QualityPanel, Reference, Reliability, Robustness};

pub(crate) fn quality_alt(of: &Quality) -> Alt {
    let metrics = of.panels.iter().map(|panel| panel.metric.clone());
    let title = format!(
        "{} by mix of sources",
        shown(&crate::mix::distinct(metrics.collect::<Vec<_>>().iter(),).join(" and "))
    );
    let panel = |panel: &QualityPanel| {
        let marks = of.mixes.iter().zip(&panel.marks).filter_map(|(mix, mark)| {
            let mark = mark.as_ref()?;
            Some(format!("{} {}", mix.label, with_ends(mark.mean, mark.interval)))
        });
        let beside = panel.references.iter().filter_map(reference);
        let beside = listed(beside);
        let beside =
            if beside.is_empty() { String::new() } else { format!(" Beside them: {beside}.") };
        format!(
            "{}, {} in {}, {} is better: {}.{beside}",
            judged(&panel.source),
            panel.metric,
            panel.unit,
            better(panel.direction),
            listed(marks)
        )
    };
    Alt::new(title, of.panels.iter().map(panel).chain(of.notes.iter().cloned()).collect())
}

/// A baseline or ceiling: one number, or the range over mixes.
fn reference(of: &Reference) -> Option<String> {
    let known = || of.values.iter().flatten().copied();
    let least = known().fold(f64::INFINITY, f64::min);
    let most = known().fold(f64::NEG_INFINITY, f64::max);
    known().next()?;
    let name = of.estimator.replace('-', " ");
    Some(match number(least) == number(most) {
        true => format!("{name} {}", number(least)),
        false => format!("{name} {} to {}", number(least), number(most)),
    })
}

pub(crate) fn curves_alt(of: &Curves) -> Alt {
    let panel = |panel: &crate::CurvePanel| {
        let curves = panel.curves.iter().filter_map(|curve| {
            let points: Vec<(f64, f64)> = curve.points.iter().map(|p| (p[0], p[1])).collect();
            Some(format!("{} {}", curve.mix, course(&points)?))
        });
        format!("{}: {}.", judged(&panel.source), listed(curves))
    };
    let title = format!("Validation {} over epochs, by mix", of.metric);
    Alt::new(title, of.panels.iter().map(panel).collect())
}

pub(crate) fn reliability_alt(of: &Reliability) -> Alt {
    let panel = |panel: &crate::ReliabilityPanel| {
        let series = panel.series.iter().filter_map(|series| {
            let gap = |p: &&crate::ReliabilityPoint| (p.observed - p.predicted).abs();
            let worst = series.points.iter().max_by(|a, b| gap(a).total_cmp(&gap(b)))?;
            Some(format!(
                "{}, {} bins, farthest from the diagonal where {} is predicted and {} observed",
                series.mix,
                series.points.len(),
                number(worst.predicted),
                number(worst.observed)
            ))
        });
        format!("{}: {}.", judged(&panel.source), listed(series))
    };
    Alt::new(
        "Reliability: observed shares by predicted probability",
        of.panels.iter().map(panel).collect(),
    )
}

pub(crate) fn robustness_alt(of: &Robustness) -> Alt {
    let row = |(variant, losses): (&String, &Vec<Option<crate::Loss>>)| {
        let cells = of.mixes.iter().zip(losses).filter_map(|(mix, loss)| {
            let loss = loss.as_ref()?;
            Some(format!("{mix} {}", with_ends(loss.mean, loss.interval)))
        });
        format!("On {variant}: {}.", listed(cells))
    };
    let title = format!("What is lost of {} on other data, by mix", of.metric);
    Alt::new(title, of.variants.iter().zip(&of.losses).map(row).collect())
}
