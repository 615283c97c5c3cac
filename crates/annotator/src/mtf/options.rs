//! Which type of feedback, with how much noise?

use crate::distortions::range::share;
use crate::given::none_given;
use crate::policies::PolicyPart;
use medley_toml_file::{Problem, at_least, not_negative};
use serde::{Deserialize, Serialize};

/// A type of feedback: `mtf = { type = "comparative", noise = 0.25 }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mtf {
    /// Which one.
    #[serde(rename = "type")]
    pub kind: MtfType,
    /// Noise level: the width of the truncated normal distribution that scores are drawn from, as a share of
    /// the scale (ratings), of the range of scores (comparisons, corrections, descriptions) or of each
    /// feature's standard deviation (demonstrations). Published: 0.1, 0.25, 0.5, 0.75, 1.5, 3.
    #[serde(default)]
    pub noise: f64,
    /// Discount of returns within a segment.
    #[serde(default = "usual")]
    pub discount: f64,
    /// Who demonstrates and corrects: of each segment the one whose rollout is worth most. None: the best
    /// policy, of a world that is a table.
    #[serde(default)]
    pub experts: Vec<PolicyPart>,
    /// Clusters of steps that are described; none: as many as there are questions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clusters: Option<usize>,
}

/// Types of feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MtfType {
    /// Ratings from 0 to 9: ten bins of equal width over all scores.
    Evaluative,
    /// The better of two segments whose scores differ by more than a tenth of their standard deviation.
    Comparative,
    /// What an expert does, against some segment.
    Demonstrative,
    /// What an expert does from the state in which a segment begins, against that; of one and a half times
    /// as many the largest improvements. An expert who does worse is corrected by the segment.
    Corrective,
    /// Mean rewards of clusters of steps.
    Descriptive,
    /// The better of two clusters, shown as the steps nearest to their centres.
    DescriptivePreference,
}

fn usual() -> f64 {
    0.99
}

impl Mtf {
    pub(crate) fn check(&self) -> Result<(), Problem> {
        not_negative("noise", self.noise)?;
        share("discount", self.discount)?;
        at_least("clusters", self.clusters.unwrap_or(1) as u64, 1)?;
        self.experts.iter().enumerate().try_for_each(|(place, part)| {
            let within = |problem: Problem| problem.within(&place.to_string()).within("experts");
            part.check_expert().map_err(within)
        })?;
        self.check_used()
    }

    /// Refuses options of other types.
    fn check_used(&self) -> Result<(), Problem> {
        use MtfType::{Corrective, Demonstrative, Descriptive, DescriptivePreference};
        let is_shown = matches!(self.kind, Demonstrative | Corrective);
        let has_clusters = matches!(self.kind, Descriptive | DescriptivePreference);
        let why = |types: &str| format!("it is of types `{types}`, and means nothing to others");
        let experts = [("experts", !self.experts.is_empty() && !is_shown)];
        none_given(experts, &why("demonstrative` and `corrective"))?;
        let clusters = [("clusters", self.clusters.is_some() && !has_clusters)];
        none_given(clusters, &why("descriptive` and `descriptive-preference"))
    }

    /// Whether segments are made for it, for which the world is gone back to.
    pub(crate) fn is_made(&self) -> bool {
        use MtfType::{Corrective, Demonstrative, DescriptivePreference};
        matches!(self.kind, Demonstrative | Corrective | DescriptivePreference)
    }
}
