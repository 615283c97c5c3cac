//! What is said, of each type.

use crate::SimulationError;
use crate::ground::Ground;
use crate::mtf::clusters::clusters;
use crate::mtf::noise::noisy;
use crate::mtf::options::{Mtf, MtfType};
use crate::mtf::rollout::{Made, discounted};
use medley_adapter::{BindError, Elicited};
use medley_feedback as feedback;
use medley_feedback::{AnnotatorId, Provenance, Record, Scale, SegmentId};
use medley_random::stream;
use medley_toml_file::Problem;
use rand::RngExt;
use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;

/// Who asks for a type of feedback.
pub(crate) struct Typed<'a> {
    pub name: &'a str,
    pub mtf: &'a Mtf,
    pub questions: usize,
    pub ground: &'a Ground,
    pub made: Option<&'a Made>,
    pub seed: u64,
}

/// Ratings are from 0 to 9.
const BINS: f64 = 10.0;
/// Scores that differ by less than this share of their standard deviation are not compared.
const TOLERANCE: f64 = 0.1;

impl Typed<'_> {
    /// The name of whoever answers.
    pub fn annotator(name: &str) -> String {
        format!("{name}-oracle")
    }

    pub fn answers(&self) -> Result<Elicited, SimulationError> {
        let rng = &mut stream(self.seed, &format!("answers of {}", Self::annotator(self.name)));
        match (self.mtf.kind, self.made) {
            (MtfType::Evaluative, _) => self.ratings(rng),
            (MtfType::Comparative, _) => self.comparisons(rng),
            (MtfType::Descriptive, _) => self.descriptions(rng),
            (MtfType::Demonstrative, Some(Made::Rollouts(made))) => {
                elicited(made.iter().map(|[against, shown]| feedback::Demonstration {
                    segment: shown.as_str().into(),
                    alternatives: vec![against.as_str().into()],
                    provenance: self.provenance(),
                }))
            }
            (MtfType::Corrective, Some(Made::Rollouts(made))) => self.corrections(made, rng),
            (MtfType::DescriptivePreference, Some(Made::Steps(made))) => {
                self.preferences(made, rng)
            }
            _ => Err(self.problem(
                "segments have to be made for this type: expected a `world`, which can be gone back to, \
                 and not a dataset"
                    .to_owned(),
            )),
        }
    }

    fn ratings(&self, rng: &mut ChaCha8Rng) -> Result<Elicited, SimulationError> {
        let shown = self.shown();
        let scores = self.scores(&shown);
        let (low, high) = range(&scores);
        let width = (high - low) / BINS;
        let rated = self.some(shown.len(), rng)?;
        let levels = if self.mtf.noise > 0.0 { None } else { Some(BINS as u32) };
        let scale = Scale { low: 0.0, high: BINS - 1.0, levels };
        let ratings: Vec<feedback::Rating> = rated
            .into_iter()
            .map(|place| {
                let bin = if width > 0.0 { ((scores[place] - low) / width).floor() } else { 0.0 };
                let rating = bin.min(BINS - 1.0);
                let noise = self.mtf.noise * BINS;
                let value = noisy(rating, noise, (scale.low, scale.high), rng);
                feedback::Rating {
                    segment: self.id(shown[place]),
                    value,
                    scale,
                    aspect: None,
                    reason: None,
                    provenance: self.provenance(),
                }
            })
            .collect();
        elicited(ratings.into_iter())
    }

    fn comparisons(&self, rng: &mut ChaCha8Rng) -> Result<Elicited, SimulationError> {
        let shown = self.shown();
        let scores = self.scores(&shown);
        let pairs = self.pairs(&scores, rng)?;
        let compared = pairs.into_iter().map(|(pair, first_is_better)| {
            let [first, second] = pair.map(|place| self.id(shown[place]));
            self.compared(first, second, first_is_better)
        });
        elicited(compared)
    }

    fn preferences(
        &self,
        made: &[(String, f64)],
        rng: &mut ChaCha8Rng,
    ) -> Result<Elicited, SimulationError> {
        let scores: Vec<f64> = made.iter().map(|(_, value)| *value).collect();
        let pairs = self.pairs(&scores, rng)?;
        let compared = pairs.into_iter().map(|(pair, first_is_better)| {
            let [first, second] = pair.map(|place| made[place].0.as_str().into());
            self.compared(first, second, first_is_better)
        });
        elicited(compared)
    }

    fn corrections(
        &self,
        made: &[[String; 2]],
        rng: &mut ChaCha8Rng,
    ) -> Result<Elicited, SimulationError> {
        let bounds = range(&self.scores(&self.shown()));
        let noise = self.mtf.noise * (bounds.1 - bounds.0);
        let segments = self.ground.dataset.segments();
        let score = |id: &String| {
            let found = segments.index(&id.as_str().into()).map(|index| index as u32);
            found.map_or(0.0, |segment| self.score(segment))
        };
        let mut pairs: Vec<(f64, &[String; 2], [f64; 2])> = made
            .iter()
            .map(|pair| {
                let scores = [score(&pair[0]), score(&pair[1])];
                ((scores[1] - scores[0]).abs(), pair, scores)
            })
            .collect();
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
        pairs.truncate(self.questions);
        let everywhere = (f64::NEG_INFINITY, f64::INFINITY);
        let corrected: Vec<feedback::Correction> = pairs
            .into_iter()
            .map(|(_, [segment, rollout], scores)| {
                let [was, is] = scores.map(|score| noisy(score, noise, everywhere, rng));
                let (original, corrected) =
                    if is >= was { (segment, rollout) } else { (rollout, segment) };
                feedback::Correction {
                    original: original.as_str().into(),
                    corrected: corrected.as_str().into(),
                    changed_original: None,
                    changed_corrected: None,
                    reason: None,
                    provenance: self.provenance(),
                }
            })
            .collect();
        elicited(corrected.into_iter())
    }

    fn descriptions(&self, rng: &mut ChaCha8Rng) -> Result<Elicited, SimulationError> {
        let ground = self.ground;
        let truth = ground.dataset.segments().true_rewards();
        let (Some(features), Some(truth)) = (&ground.features, truth) else {
            return Err(
                self.problem("steps are described, and the dataset stores no features".into())
            );
        };
        let width = features.feature_count();
        let mut rows = Vec::new();
        features.row_chunks(4096).for_each(|chunk| rows.extend_from_slice(&chunk));
        // What was made for other sources is none of this one's.
        rows.truncate(ground.lived * width);
        let found = clusters(&rows, width, self.mtf.clusters.unwrap_or(self.questions), rng);
        let mean = |points: &[usize]| {
            points.iter().map(|&row| truth[row]).sum::<f64>() / points.len() as f64
        };
        let values: Vec<f64> = found.iter().map(|cluster| mean(&cluster.points)).collect();
        let bounds = range(&values);
        let noise = self.mtf.noise * (bounds.1 - bounds.0);
        let described: Vec<feedback::Description> = found
            .into_iter()
            .zip(values)
            .take(self.questions)
            .map(|(cluster, value)| feedback::Description {
                center: cluster.center,
                value: noisy(value, noise, bounds, rng),
                text: None,
                provenance: self.provenance(),
            })
            .collect();
        elicited(described.into_iter())
    }

    /// Pairs of places whose scores differ by more than the tolerance, and whether the first seems better
    /// under noise.
    fn pairs(
        &self,
        scores: &[f64],
        rng: &mut ChaCha8Rng,
    ) -> Result<Vec<([usize; 2], bool)>, SimulationError> {
        let mean = scores.iter().sum::<f64>() / scores.len().max(1) as f64;
        let variance = scores.iter().map(|score| (score - mean).powi(2)).sum::<f64>();
        let tolerance = TOLERANCE * (variance / scores.len().max(1) as f64).sqrt();
        let bounds = range(scores);
        let noise = self.mtf.noise * (bounds.1 - bounds.0);
        let mut pairs = Vec::with_capacity(self.questions);
        for _ in 0..100 * self.questions {
            if pairs.len() == self.questions || scores.len() < 2 {
                break;
            }
            let first = rng.random_range(0..scores.len());
            let other = rng.random_range(0..scores.len() - 1);
            let pair = [first, if other >= first { other + 1 } else { other }];
            let [a, b] = pair.map(|place| scores[place]);
            if (a - b).abs() > tolerance {
                let [a, b] = [a, b].map(|score| noisy(score, noise, bounds, rng));
                pairs.push((pair, a >= b));
            }
        }
        match pairs.len() == self.questions {
            true => Ok(pairs),
            false => Err(self.problem(format!(
                "hardly any two of {} scores differ by more than {tolerance}, a tenth of their standard \
                 deviation: {} pairs were found, expected {}",
                scores.len(),
                pairs.len(),
                self.questions
            ))),
        }
    }

    fn compared(
        &self,
        first: SegmentId,
        second: SegmentId,
        first_is_better: bool,
    ) -> feedback::Comparison {
        let preference = if first_is_better { 1.0 } else { 0.0 };
        let provenance = self.provenance();
        feedback::Comparison { provenance, ..feedback::Comparison::new(first, second, preference) }
    }

    /// As many places of so many as there are questions, each once.
    fn some(&self, among: usize, rng: &mut ChaCha8Rng) -> Result<Vec<usize>, SimulationError> {
        match among >= self.questions {
            true => Ok(sample(rng, among, self.questions).into_iter().collect()),
            false => Err(self.problem(format!(
                "each segment is rated once: expected at least {} segments, found {among}",
                self.questions
            ))),
        }
    }

    fn shown(&self) -> Vec<u32> {
        self.ground.shown.last().cloned().unwrap_or_default()
    }

    fn scores(&self, segments: &[u32]) -> Vec<f64> {
        segments.iter().map(|&segment| self.score(segment)).collect()
    }

    /// The discounted return: the optimality gap of the published code with its sign turned.
    fn score(&self, segment: u32) -> f64 {
        let segments = self.ground.dataset.segments();
        let truth = segments.true_rewards().unwrap_or_default();
        discounted(&truth[segments.steps(segment as usize)], self.mtf.discount)
    }

    fn id(&self, segment: u32) -> SegmentId {
        self.ground.dataset.segments().id(segment as usize).clone()
    }

    fn provenance(&self) -> Provenance {
        Provenance {
            annotator: Some(AnnotatorId(Self::annotator(self.name))),
            ..Provenance::from_source(self.name)
        }
    }

    fn problem(&self, message: String) -> SimulationError {
        Problem::new("mtf", message).within(self.name).within("sources").into()
    }
}

fn range(scores: &[f64]) -> (f64, f64) {
    let low = scores.iter().copied().fold(f64::INFINITY, f64::min);
    (low, scores.iter().copied().fold(f64::NEG_INFINITY, f64::max))
}

fn elicited<R: Record>(records: impl Iterator<Item = R>) -> Result<Elicited, SimulationError> {
    Ok(Elicited::new(records.map(Some)).map_err(BindError::from)?)
}
