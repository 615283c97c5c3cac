//! What is compared: mixes, ways of mixing, and points of a learning curve.

use crate::{Cut, ExperimentSpec, Mix, PlanError};
use medley_toml_file::Tagged;
use medley_training::{Mixing, Separate};

/// A mix that is trained in one way.
#[derive(Clone, Debug)]
pub struct Point {
    /// The mix. Where several ways of mixing are compared, its label begins with the way's name.
    pub mix: Mix,
    /// The way of mixing.
    pub mixing: Tagged<dyn Mixing>,
    /// Where it stands on a learning curve, if it is on one.
    pub curve: Option<CurvePlace>,
}

/// Where a run stands on a learning curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurvePlace {
    /// The source whose statements are counted out.
    pub source: String,
    /// How many are learned from; none for all.
    pub statements: Option<usize>,
    /// What it may learn from, if that is not everything.
    pub cut: Option<Cut>,
    /// Whether this is the source alone, which the others are compared with.
    pub is_baseline: bool,
}

/// How a source is fitted that is to be compared with others: by itself.
pub(crate) fn alone() -> Tagged<dyn Mixing> {
    let mixing: Box<dyn Mixing> = Box::new(Separate::default());
    Tagged::new(mixing)
}

impl ExperimentSpec {
    /// What is compared, in order: mixes with each way of mixing, at each point of the curve.
    ///
    /// # Errors
    /// As [`ExperimentSpec::mixes`]; a curve without a mix of its source with others.
    pub fn points(&self) -> Result<Vec<Point>, PlanError> {
        let ways = self.ways()?;
        let Some(curve) = &self.ablation.curve else { return Ok(ways) };
        let alone = Point {
            mix: Mix { label: curve.source.clone(), sources: vec![curve.source.clone()] },
            mixing: alone(),
            curve: None,
        };
        let with_others = |point: &Point| {
            point.mix.sources.len() > 1 && point.mix.sources.contains(&curve.source)
        };
        let compared: Vec<Point> = ways.into_iter().filter(with_others).collect();
        if compared.is_empty() {
            let message = format!(
                "a mix of `{}` with other sources is needed, and none is compared",
                curve.source
            );
            return Err(PlanError::spec(&["ablation", "curve", "source"], message));
        }
        let mut points = Vec::new();
        for (number, point) in std::iter::once(alone).chain(compared).enumerate() {
            for statements in curve.points() {
                let place = CurvePlace {
                    source: curve.source.clone(),
                    statements,
                    cut: curve.cut(statements),
                    is_baseline: number == 0,
                };
                points.push(Point { curve: Some(place), ..point.clone() });
            }
        }
        Ok(points)
    }

    /// Each mix with each way of mixing. A source alone is mixed with nothing, whatever the way.
    fn ways(&self) -> Result<Vec<Point>, PlanError> {
        let modes = &self.ablation.modes;
        let mut points = Vec::new();
        for mix in self.mixes()? {
            let of = |label: String, mixing: Tagged<dyn Mixing>| Point {
                mix: Mix { label, sources: mix.sources.clone() },
                mixing,
                curve: None,
            };
            match (modes.is_empty(), mix.sources.len()) {
                (true, _) => points.push(of(mix.label.clone(), self.mixing.clone())),
                (false, 1) => points.push(of(mix.label.clone(), alone())),
                (false, _) => points.extend(
                    modes
                        .iter()
                        .map(|(name, mixing)| of(format!("{name}: {}", mix.label), mixing.clone())),
                ),
            }
        }
        Ok(points)
    }
}
