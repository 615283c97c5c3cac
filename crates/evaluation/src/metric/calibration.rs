//! Does an outcome predicted with probability p happen in a share p of the statements?
//!
//! All outcomes of all statements are cells `(p_k, q_k)`. The usual table counts only the
//! outcome named "chosen", which always happens, so that its error is meaningless, or only the
//! outcome named "first", so that it depends on which side was shown where. With all cells,
//! swapping the sides of a statement changes nothing, bit for bit: cells are summed in an order
//! that does not know the sides.
//!
//! Take an even number of bins: with an odd one, both cells of a nearly even comparison fall into
//! the middle bin, where they always average 1/2.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::interval::bootstrap::{Basis, Bootstrap, ClusterIndex};
use crate::judgement::{Judgement, Scored};

/// One bin of a reliability diagram.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// Number from 0 among all bins, empty ones included: equal in every diagram of as many bins.
    pub bin: usize,
    /// Lower edge of the predicted probability, inside.
    pub low: f64,
    /// Upper edge, outside except for the last bin.
    pub high: f64,
    /// Mean predicted probability of the cells in the bin.
    pub predicted: f64,
    /// Mean observed mass of these cells.
    pub observed: f64,
    /// Lower end of the 95 % interval of `observed`; NaN with a single cluster.
    pub observed_low: f64,
    /// Upper end.
    pub observed_high: f64,
    /// Cells, that is outcomes and not statements: those of one statement are dependent, which
    /// is why the interval is a cluster bootstrap and not Wilson's.
    pub count: usize,
    /// Clusters that these cells come from.
    pub clusters: usize,
}

/// The non-empty bins of a reliability diagram with `bins` bins of equal width.
pub fn reliability(scored: &Scored, bins: usize, settings: &Bootstrap) -> Vec<ReliabilityBin> {
    let used: Vec<&Judgement> = over_outcomes(scored).collect();
    let index = ClusterIndex::new(used.iter().map(|judgement| &judgement.answer.clusters[..]));
    let cells = Cells::new(&used, &index, bins);
    let replicates = cells.observed_replicates(&index, settings);
    let sums = cells.sums(&index.once());
    let filled = sums.iter().zip(replicates).enumerate().filter(|(_, (sum, _))| sum.count > 0.0);
    filled
        .map(|(bin, (sum, replicates))| {
            let sets = cells.sets_in(bin);
            let clusters = index.clusters_in(&sets);
            let observed = sum.observed / sum.count;
            let (observed_low, observed_high) = match index.independent(&sets) {
                0 | 1 => (f64::NAN, f64::NAN),
                trials => {
                    let basis = Basis { statements: sum.count as usize, clusters };
                    settings.interval(replicates).ends_of_share(observed, trials, basis)
                }
            };
            ReliabilityBin {
                bin,
                low: bin as f64 / cells.bins as f64,
                high: (bin + 1) as f64 / cells.bins as f64,
                predicted: sum.predicted / sum.count,
                observed,
                observed_low,
                observed_high,
                count: sum.count as usize,
                clusters,
            }
        })
        .collect()
}

/// The judgements that have outcomes, which densities have not.
pub(crate) fn over_outcomes(scored: &Scored) -> impl Iterator<Item = &Judgement> {
    scored.judgements.iter().filter(|judgement| !judgement.answer.observed.is_empty())
}

/// The binned cells of judgements.
pub(crate) struct Cells {
    bins: usize,
    cells: Vec<Cell>,
    statements: Vec<f64>, // of each set of clusters
}

struct Cell {
    set: usize,
    bin: usize,
    predicted: f64,
    observed: f64,
}

#[derive(Clone, Default)]
struct BinSum {
    count: f64,
    predicted: f64,
    observed: f64,
}

impl Cells {
    pub(crate) fn new(judgements: &[&Judgement], index: &ClusterIndex, bins: usize) -> Self {
        let bins = bins.max(1);
        let of_judgement = |(judgement, set): (&&Judgement, &usize)| {
            let set = *set;
            let in_order = ordered_outcomes(judgement).into_iter();
            in_order.map(move |(predicted, observed)| Cell {
                set,
                bin: bin_of(predicted, bins),
                predicted,
                observed,
            })
        };
        let cells = judgements.iter().zip(&index.of).flat_map(of_judgement).collect();
        let mut statements = vec![0.0; index.sets.len()];
        index.of.iter().for_each(|set| statements[*set] += 1.0);
        Cells { bins, cells, statements }
    }

    /// `sum over bins of |sum of p - sum of q| / (2 n)` over the cells of a bin and `n` statements,
    /// where statements of set `s` count `weights[s]` times. `None` when none counts.
    ///
    /// With two outcomes it is the usual weighted mean of `|mean p - mean q|` over bins (Guo et al.
    /// 2017, equation 3). A mean over cells would shrink with the number of outcomes, as most cells
    /// of a large set are close to 0 whatever the model says.
    pub(crate) fn calibration_error(&self, weights: &[f64]) -> Option<f64> {
        let count: f64 = self.statements.iter().zip(weights).map(|(n, weight)| n * weight).sum();
        let sums = self.sums(weights);
        let gap: f64 = sums.iter().map(|sum| (sum.predicted - sum.observed).abs()).sum();
        (count > 0.0).then(|| gap / (2.0 * count))
    }

    fn sums(&self, weights: &[f64]) -> Vec<BinSum> {
        let mut sums = vec![BinSum::default(); self.bins];
        for cell in &self.cells {
            let weight = weights[cell.set];
            let sum = &mut sums[cell.bin];
            sum.count += weight;
            sum.predicted += weight * cell.predicted;
            sum.observed += weight * cell.observed;
        }
        sums
    }

    fn observed_replicates(&self, index: &ClusterIndex, settings: &Bootstrap) -> Vec<Vec<f64>> {
        let mut replicates = vec![Vec::new(); self.bins];
        settings.resample(index, |weights| {
            for (values, sum) in replicates.iter_mut().zip(self.sums(weights)) {
                if sum.count > 0.0 {
                    values.push(sum.observed / sum.count);
                }
            }
        });
        replicates
    }

    fn sets_in(&self, bin: usize) -> BTreeSet<usize> {
        self.cells.iter().filter(|cell| cell.bin == bin).map(|cell| cell.set).collect()
    }
}

/// The cells of a judgement in an order that does not know the sides.
fn ordered_outcomes(judgement: &Judgement) -> Vec<(f64, f64)> {
    let (log_p, q) = (&judgement.log_probabilities, &judgement.answer.observed);
    assert_eq!(log_p.len(), q.len(), "predicted and observed outcomes");
    let mut cells: Vec<(f64, f64)> = log_p.iter().map(|l| l.exp()).zip(q.iter().copied()).collect();
    cells.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    cells
}

fn bin_of(probability: f64, bins: usize) -> usize {
    ((probability * bins as f64) as usize).min(bins - 1)
}

#[cfg(test)]
#[path = "calibration_tests.rs"]
mod tests;
