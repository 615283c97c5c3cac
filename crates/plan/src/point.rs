//! What is compared: mixes, ways of mixing, and points of a learning curve.

use crate::{Cut, ExperimentSpec, Mix, PlanError, RunQuerying, RunTuning, Setting};
use medley_toml_file::Tagged;
use medley_training::{Mixing, Separate};

/// A mix that is trained in one way.
#[derive(Clone, Debug)]
pub struct Point {
    /// The mix. Where several ways of mixing are compared, its label is the way's name, before that of
    /// the mix if there are several of these too.
    pub mix: Mix,
    /// The way of mixing.
    pub mixing: Tagged<dyn Mixing>,
    /// Where it stands on a learning curve, if it is on one.
    pub curve: Option<CurvePlace>,
    /// What its options are chosen among, if they are tuned.
    pub tuning: Option<RunTuning>,
    /// How its questions are chosen, if it does not learn from all.
    pub querying: Option<RunQuerying>,
}

/// Where a run stands on a learning curve.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePlace {
    /// The source whose statements are counted out.
    pub source: String,
    /// Its line.
    pub line: String,
    /// How many are learned from; none for all.
    pub statements: Option<usize>,
    /// What it may learn from, if that is not everything.
    pub cut: Option<Cut>,
    /// Whether this is the source alone, which the others are compared with.
    pub is_baseline: bool,
}

impl Point {
    /// How many statements a point of a curve learns from, by source; empty where that is all.
    pub fn setting(&self) -> Setting {
        let counted = |place: &CurvePlace| {
            let count = i64::try_from(place.statements?).unwrap_or(i64::MAX);
            Some((format!("statements of {}", place.source), toml::Value::Integer(count)))
        };
        Setting(self.curve.as_ref().and_then(counted).into_iter().collect())
    }
}

/// How a source is fitted that is to be compared with others: by itself.
pub(crate) fn alone() -> Tagged<dyn Mixing> {
    let mixing: Box<dyn Mixing> = Box::new(Separate::default());
    Tagged::new(mixing)
}

impl ExperimentSpec {
    /// What is compared, in order: mixes with each way of mixing, at each point of the curve, each
    /// tuned too if it has something to tune, and then with its questions chosen by each strategy.
    ///
    /// # Errors
    /// As [`ExperimentSpec::mixes`]; a curve without a mix of its source with others; a candidate
    /// that cannot be, or none that differs from the file.
    pub fn points(&self) -> Result<Vec<Point>, PlanError> {
        let mut written = self.untuned()?;
        if self.tuning.is_none() {
            let queried = self.queried(&written);
            written.extend(queried);
            return Ok(written);
        }
        let mut points = Vec::new();
        for point in written {
            let tuned = self.tuned(&point)?;
            points.push(point);
            points.extend(tuned);
        }
        if points.iter().all(|point| point.tuning.is_none()) {
            let message = "every candidate is what the file says already";
            return Err(PlanError::spec(&["tuning", "options"], message));
        }
        Ok(points)
    }

    /// The same with its options tuned. A line of a learning curve is then another line, which is
    /// compared as any.
    fn tuned(&self, point: &Point) -> Result<Option<Point>, PlanError> {
        let Some(tuning) = self.tuning_of(&point.mix, &point.mixing)? else { return Ok(None) };
        let mix = Mix { label: Self::tuned_label(&point.mix.label), ..point.mix.clone() };
        let curve = point.curve.clone().map(|place| CurvePlace {
            line: Self::tuned_label(&place.line),
            is_baseline: false,
            ..place
        });
        Ok(Some(Point { mix, curve, tuning: Some(tuning), ..point.clone() }))
    }

    fn untuned(&self) -> Result<Vec<Point>, PlanError> {
        let ways = self.ways()?;
        let Some(curve) = &self.ablation.curve else { return Ok(ways) };
        let alone = Point {
            mix: Mix { label: curve.source.clone(), sources: vec![curve.source.clone()] },
            mixing: alone(),
            curve: None,
            tuning: None,
            querying: None,
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
        let costs = self.ablation.costs();
        let mut points = Vec::new();
        for (number, point) in std::iter::once(alone).chain(compared).enumerate() {
            for statements in curve.points() {
                let place = CurvePlace {
                    source: curve.source.clone(),
                    line: match number {
                        0 => format!("{} alone", curve.source),
                        _ => point.mix.label.clone(),
                    },
                    statements,
                    cut: match number {
                        0 => curve.cut_alone(statements),
                        _ => curve.cut(statements, &costs.of(&point.mix.sources)),
                    },
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
        let mixes = self.mixes()?;
        let are_several = mixes.iter().filter(|mix| mix.sources.len() > 1).count() > 1;
        let mut points = Vec::new();
        for mix in mixes {
            let of = |way: Option<&String>, mixing: Tagged<dyn Mixing>| {
                let label = match way {
                    Some(way) if are_several => format!("{way}: {}", mix.label),
                    Some(way) => way.clone(),
                    None => mix.label.clone(),
                };
                let mix = Mix { label, sources: mix.sources.clone() };
                Point { mix, mixing, curve: None, tuning: None, querying: None }
            };
            match (modes.is_empty(), mix.sources.len()) {
                (true, _) => points.push(of(None, self.mixing.clone())),
                (false, 1) => points.push(of(None, alone())),
                (false, _) => {
                    points.extend(modes.iter().map(|(way, mixing)| of(Some(way), mixing.clone())));
                }
            }
        }
        Ok(points)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn spec(more: &str) -> ExperimentSpec {
        let text = format!(
            r#"
name = "x"
seeds = [0]
dataset = {{ path = "data", encoder.steps = {{}} }}
[feedback]
a.adapter.comparison = {{}}
b.adapter.critique = {{}}
c.adapter.rating = {{}}
{more}
"#
        );
        ExperimentSpec::read(Path::new("x.toml"), &text).unwrap()
    }

    fn labels(more: &str) -> Vec<String> {
        let points = spec(more).points().unwrap();
        points.into_iter().map(|point| point.mix.label).collect()
    }

    #[test]
    fn each_mix_is_trained_in_each_way_and_a_source_alone_once() {
        let modes = "[ablation]\nmodes = { one = { joint = {} }, own = { separate = {} } }\n";
        assert_eq!(labels(modes), ["one", "own"]);
        let mixes = format!(
            "{modes}mixes = {{ few = [\"a\", \"b\"], other = [\"a\", \"c\"], single = [\"a\"] }}"
        );
        assert_eq!(labels(&mixes), ["one: few", "own: few", "one: other", "own: other", "single"]);
        assert_eq!(labels(""), ["a + b + c"]);
    }

    #[test]
    fn a_curve_compares_mixes_with_its_source_alone() {
        let points = spec(
            "[ablation]\nmodes = { one = { joint = {} } }\n\
             curve = { source = \"b\", statements = [5, 9] }",
        );
        let points = points.points().unwrap();
        let told: Vec<(String, Option<usize>, bool)> = points
            .iter()
            .map(|point| {
                let place = point.curve.as_ref().unwrap();
                (place.line.clone(), place.statements, place.is_baseline)
            })
            .collect();
        let alone = |count| ("b alone".to_owned(), count, true);
        let joint = |count| ("one".to_owned(), count, false);
        let expected = [
            alone(Some(5)),
            alone(Some(9)),
            alone(None),
            joint(Some(5)),
            joint(Some(9)),
            joint(None),
        ];
        assert_eq!(told, expected);
        assert_eq!(points[0].mix.sources, ["b"]);
        // A point with everything is the run that it is without a curve.
        assert!(points[5].curve.as_ref().unwrap().cut.is_none());
        // Lines of several mixes are told apart.
        let two = spec(
            "[ablation]\nmixes = { ab = [\"a\", \"b\"], ac = [\"a\", \"c\"], abc = [\"a\", \"b\", \"c\"] }\n\
             curve = { source = \"b\", statements = [5], all = false }",
        );
        let lines = two.points().unwrap().into_iter().map(|p| p.curve.unwrap().line);
        assert_eq!(lines.collect::<Vec<_>>(), ["b alone", "ab", "abc"]);
    }

    #[test]
    fn curves_that_compare_nothing_or_stand_for_nothing_are_refused() {
        let refused = |more: &str| spec(more).check().unwrap_err().to_string();
        let alone = refused(
            "[ablation]\nmixes = { a = [\"a\"] }\ncurve = { source = \"a\", statements = [5] }",
        );
        assert!(alone.contains("a mix of `a` with other sources is needed"), "{alone}");
        let unknown = refused("[ablation]\ncurve = { source = \"d\", statements = [5] }");
        assert!(unknown.contains("unknown source `d`"), "{unknown}");
        let twice = refused(
            "[ablation]\nprotocol = \"equal-labels\"\ncurve = { source = \"a\", statements = [5] }",
        );
        assert!(twice.contains("a curve says how many labels there are"), "{twice}");
        let tied = refused("[ablation.modes]\nt.related = {}");
        assert!(tied.contains("which `inference.map` cannot"), "{tied}");
        let target = refused("[ablation.modes]\nt.separate = { target = \"z\" }");
        assert!(target.contains("unknown source `z`"), "{target}");
    }
}
