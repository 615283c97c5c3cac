//! What the heads of a reward model are for, and which of them a reward is made of.
//!
//! A model gives each step one value a head. The layout names them, so that nobody counts heads by
//! hand, and it is saved with the model, so that nobody reads a head as another. Whoever scores
//! takes a [`View`]: the heads that count, or how much each does.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a head is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Head {
    /// The reward that all share, less what the aspects explain.
    Shared,
    /// What a named aspect contributes to the shared reward.
    Aspect(String),
    /// How a source of feedback departs from the shared reward.
    Source(String),
    /// How a group of people departs from it.
    Group(String),
    /// One direction of taste of a low-rank model of people, whose weights are a person's.
    Basis(u32),
}

impl Head {
    /// Whether it is part of the reward that all share.
    fn is_common(&self) -> bool {
        matches!(self, Self::Shared | Self::Aspect(_))
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shared => f.write_str("shared"),
            Self::Aspect(name) => write!(f, "aspect `{name}`"),
            Self::Source(name) => write!(f, "source `{name}`"),
            Self::Group(name) => write!(f, "group `{name}`"),
            Self::Basis(number) => write!(f, "basis {number}"),
        }
    }
}

/// The heads of a model in the order of its last axis. The first is always [`Head::Shared`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Head>", into = "Vec<Head>")]
pub struct HeadLayout(Vec<Head>);

/// Why a list of heads is no layout.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// The first head is not the shared one.
    #[error("the first head must be the shared one, found {0}")]
    First(String),
    /// A head is there twice.
    #[error("{0} has two heads")]
    Twice(Head),
}

impl Default for HeadLayout {
    fn default() -> Self {
        Self::shared()
    }
}

impl HeadLayout {
    /// One head for all.
    pub fn shared() -> Self {
        Self(vec![Head::Shared])
    }

    /// The shared head and one for each aspect, sorted and without repeats.
    pub fn with_aspects(mut aspects: Vec<String>) -> Self {
        aspects.sort();
        aspects.dedup();
        Self(std::iter::once(Head::Shared).chain(aspects.into_iter().map(Head::Aspect)).collect())
    }

    /// The same with further heads behind.
    ///
    /// # Errors
    /// If one of them is there already.
    pub fn and(self, further: impl IntoIterator<Item = Head>) -> Result<Self, LayoutError> {
        Self::try_from(self.0.into_iter().chain(further).collect::<Vec<_>>())
    }

    /// Number of heads.
    #[expect(clippy::len_without_is_empty, reason = "the shared head is always there")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The heads in order.
    pub fn heads(&self) -> &[Head] {
        &self.0
    }

    /// Position of a head.
    pub fn position(&self, head: &Head) -> Option<usize> {
        self.0.iter().position(|known| known == head)
    }

    /// Position of the head of an aspect.
    pub fn aspect(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|head| matches!(head, Head::Aspect(known) if known == name))
    }

    /// Names of the aspects, in order.
    pub fn aspects(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for head in &self.0 {
            if let Head::Aspect(name) = head {
                names.push(name.as_str());
            }
        }
        names
    }

    /// Positions of the heads whose sum all share.
    pub fn common(&self) -> Vec<usize> {
        (0..self.0.len()).filter(|&head| self.0[head].is_common()).collect()
    }
}

impl TryFrom<Vec<Head>> for HeadLayout {
    type Error = LayoutError;

    fn try_from(heads: Vec<Head>) -> Result<Self, LayoutError> {
        match heads.first() {
            Some(Head::Shared) => {}
            other => {
                let found = other.map_or("none".to_owned(), Head::to_string);
                return Err(LayoutError::First(found));
            }
        }
        let twice = heads.iter().enumerate().find(|(i, head)| heads[..*i].contains(head));
        match twice {
            Some((_, head)) => Err(LayoutError::Twice(head.clone())),
            None => Ok(Self(heads)),
        }
    }
}

impl From<HeadLayout> for Vec<Head> {
    fn from(layout: HeadLayout) -> Self {
        layout.0
    }
}

/// Whose reward is meant: which heads it is the sum of.
#[derive(Clone, Copy, Debug, Default)]
pub enum View<'a> {
    /// The reward that all share: shared head and aspects.
    #[default]
    Common,
    /// That, and these heads by position: a source or a group that departs from it.
    With(&'a [usize]),
    /// Each head weighed by a number for each member, `[member, head]`: a person of a low-rank
    /// model, or a mixture of groups.
    Weighed(&'a Tensor<2>),
}

impl View<'_> {
    /// Rewards under this view.
    ///
    /// # Shapes
    /// `values` `[member, batch, time, head]` to `[member, batch, time]`
    ///
    /// # Panics
    /// If the values have other heads than the layout, or weights another shape.
    pub fn rewards(&self, values: Tensor<4>, layout: &HeadLayout) -> Tensor<3> {
        let [member, size, time, head] = values.dims();
        assert_eq!(head, layout.len(), "heads of the values and of the layout");
        let counted = match self {
            Self::Common => layout.common(),
            Self::With(further) => {
                layout.common().into_iter().chain(further.iter().copied()).collect()
            }
            Self::Weighed(weights) => {
                assert_eq!(weights.dims(), [member, head], "weights of each member and head");
                let weights = (*weights).clone().reshape([member, 1, 1, head]);
                return (values * weights).sum_dim(3).reshape([member, size, time]);
            }
        };
        match counted[..] {
            [only] => values.narrow(3, only, 1).reshape([member, size, time]),
            _ if counted.len() == head => values.sum_dim(3).reshape([member, size, time]),
            _ => {
                let each = counted.iter().map(|&head| values.clone().narrow(3, head, 1)).collect();
                Tensor::cat(each, 3).sum_dim(3).reshape([member, size, time])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData};

    fn layout() -> HeadLayout {
        let aspects = vec!["style".to_owned(), "fact".to_owned(), "fact".to_owned()];
        let further = [Head::Source("edits".into()), Head::Basis(0)];
        HeadLayout::with_aspects(aspects).and(further).unwrap()
    }

    #[test]
    fn heads_are_found_by_what_they_are_for() {
        let layout = layout();
        assert_eq!(layout.len(), 5);
        assert_eq!(layout.aspects(), ["fact", "style"]);
        assert_eq!(layout.aspect("style"), Some(2));
        assert_eq!(layout.position(&Head::Source("edits".into())), Some(3));
        assert_eq!(layout.aspect("edits"), None);
        assert_eq!(layout.common(), [0, 1, 2]);
    }

    #[test]
    fn what_is_no_layout_is_refused() {
        assert_eq!(layout().and([Head::Basis(0)]), Err(LayoutError::Twice(Head::Basis(0))));
        let error = HeadLayout::try_from(vec![Head::Basis(1)]).unwrap_err();
        assert_eq!(error.to_string(), "the first head must be the shared one, found basis 1");
        assert!(HeadLayout::try_from(Vec::new()).is_err());
    }

    #[test]
    fn rewards_are_sums_over_the_view() {
        let device = Device::flex();
        let values = Tensor::<4>::from_data(
            TensorData::new(vec![1.0f32, 2.0, 4.0, 8.0, 16.0], [1, 1, 1, 5]),
            &device,
        );
        let layout = layout();
        let of = |view: View<'_>| {
            view.rewards(values.clone(), &layout).into_data().iter::<f32>().collect::<Vec<_>>()
        };
        assert_eq!(of(View::Common), [7.0]);
        assert_eq!(of(View::With(&[3])), [15.0]);
        assert_eq!(of(View::With(&[3, 4])), [31.0]);
        let weights = Tensor::<2>::from_data(
            TensorData::new(vec![1.0f32, 0.0, 0.0, 0.5, 2.0], [1, 5]),
            &device,
        );
        assert_eq!(of(View::Weighed(&weights)), [37.0]);
    }
}
