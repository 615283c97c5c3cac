//! What does each member of an ensemble, or each draw of a posterior, say of what is true?

/// What members say of items, and what is true.
#[derive(Clone, Debug, PartialEq)]
pub struct RewardDraws {
    /// `[item][member]`.
    pub(super) draws: Vec<Vec<f64>>,
    pub(super) truth: Vec<f64>,
    pub(super) clusters: Vec<Vec<u32>>,
}

impl RewardDraws {
    /// Checks draws.
    ///
    /// # Shapes
    /// `members`: `[member][item]`; `truth` and `clusters`: `[item]`.
    ///
    /// # Errors
    /// There are fewer than two members or no item, a member is about another number of items, or a
    /// value is NaN or infinite.
    pub fn new(
        members: &[Vec<f64>],
        truth: Vec<f64>,
        clusters: &[u32],
    ) -> Result<Self, CoverageError> {
        let items = truth.len();
        if members.len() < 2 || items == 0 {
            return Err(CoverageError::TooFew { members: members.len(), items });
        }
        if clusters.len() != items {
            return Err(CoverageError::Clusters { items, clusters: clusters.len() });
        }
        check_finite(&truth, None)?;
        for (member, values) in members.iter().enumerate() {
            if values.len() != items {
                return Err(CoverageError::Ragged { member, expected: items, found: values.len() });
            }
            check_finite(values, Some(member))?;
        }
        let draws = (0..items).map(|item| members.iter().map(|of| of[item]).collect()).collect();
        let clusters = clusters.iter().map(|cluster| vec![*cluster]).collect();
        Ok(Self { draws, truth, clusters })
    }

    /// First minus second for each pair of items: what a shift of the reward cannot change. A pair is of
    /// the clusters of both.
    ///
    /// # Errors
    /// There is no pair, or an item of a pair does not exist.
    pub fn differences(&self, pairs: &[(usize, usize)]) -> Result<Self, CoverageError> {
        let items = self.truth.len();
        if pairs.is_empty() {
            return Err(CoverageError::TooFew { members: self.draws[0].len(), items: 0 });
        }
        if let Some((pair, of)) =
            pairs.iter().enumerate().find(|(_, (a, b))| *a >= items || *b >= items)
        {
            return Err(CoverageError::NoSuchItem { pair, item: of.0.max(of.1), items });
        }
        let of_pair = |list: &[f64], other: &[f64]| -> Vec<f64> {
            list.iter().zip(other).map(|(a, b)| a - b).collect()
        };
        let draws = pairs.iter().map(|&(a, b)| of_pair(&self.draws[a], &self.draws[b])).collect();
        let truth = pairs.iter().map(|&(a, b)| self.truth[a] - self.truth[b]).collect();
        let clusters = pairs
            .iter()
            .map(|&(a, b)| [&self.clusters[a][..], &self.clusters[b]].concat())
            .collect();
        Ok(Self { draws, truth, clusters })
    }
}

fn check_finite(values: &[f64], member: Option<usize>) -> Result<(), CoverageError> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(item) => Err(CoverageError::NotFinite {
            name: member.map_or("the truth".to_owned(), |member| format!("member {member}")),
            item,
            value: values[item],
        }),
        None => Ok(()),
    }
}

/// Why no coverage can be told.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CoverageError {
    /// Nothing to make intervals of, or nothing that they could hold.
    #[error("coverage needs at least 2 members and 1 item, found {members} and {items}")]
    TooFew {
        /// Members.
        members: usize,
        /// Items.
        items: usize,
    },
    /// A member says nothing of some items.
    #[error("member {member} is about {found} items, the truth about {expected}")]
    Ragged {
        /// From 0.
        member: usize,
        /// Items of the truth.
        expected: usize,
        /// Items of the member.
        found: usize,
    },
    /// Items lack clusters.
    #[error("there are {items} items and {clusters} clusters: one for each")]
    Clusters {
        /// Items.
        items: usize,
        /// Clusters.
        clusters: usize,
    },
    /// A value is NaN or infinite.
    #[error("{name}: item {item} is {value}")]
    NotFinite {
        /// A member, or the truth.
        name: String,
        /// From 0.
        item: usize,
        /// NaN or an infinity.
        value: f64,
    },
    /// A pair names an item that does not exist.
    #[error("pair {pair} names item {item} of {items}")]
    NoSuchItem {
        /// From 0.
        pair: usize,
        /// From 0.
        item: usize,
        /// Items.
        items: usize,
    },
    /// A level is none.
    #[error("a level has to be in (0, 1), found {level}")]
    Level {
        /// Asked for.
        level: f64,
    },
    /// There are too few members for the level.
    #[error(
        "the ranks of {members} members promise at most {most}, less than {level}: take more members, or Student's intervals"
    )]
    Ranks {
        /// Asked for.
        level: f64,
        /// Members.
        members: usize,
        /// The level from the lowest to the highest.
        most: f64,
    },
    /// There is nothing to align by.
    #[error("all learned values are the same, so that none can be aligned with the truth")]
    Constant,
    /// The reward is turned around.
    #[error("learned values fall as true ones rise (scale {scale}): no positive scale aligns them")]
    Reversed {
        /// Of the least squares.
        scale: f64,
    },
}
