//! Where are the cutpoints of a scale, and how far apart are they?
//!
//! The probability of a level depends on the gap between its two cutpoints. The gap is a parameter
//! of its own and the cutpoint a running sum, so the gap cannot be had back from the sum: a level
//! of width 3e-4 above a cutpoint of 51 keeps two digits in `f32`, and one narrower than 4e-6 none,
//! nor a gradient. So both travel together, and whatever moves cutpoints moves their gaps.

use burn::tensor::{Int, Tensor};

/// Increasing cutpoints of one or more scales, with the gaps between neighbours.
#[derive(Clone, Debug)]
pub struct Cutpoints {
    values: Tensor<3>,       // [member, row, cut]
    gaps: Option<Tensor<3>>, // [member, row, cut - 1]; a single cutpoint has none
}

impl Cutpoints {
    /// Cutpoints whose gaps are known to more digits than their differences.
    pub(crate) fn with_gaps(values: Tensor<3>, gaps: Option<Tensor<3>>) -> Self {
        let [member, row, cut] = values.dims();
        assert!(cut >= 1, "a scale has at least one cutpoint, found shape {:?}", values.dims());
        let found = gaps.as_ref().map(|gaps| gaps.dims());
        let expected = (cut > 1).then_some([member, row, cut - 1]);
        assert!(
            found == expected,
            "gaps of shape {found:?}, but {cut} cutpoints need {expected:?}"
        );
        Self { values, gaps }
    }

    /// Cutpoints known by their values alone; narrow levels have the digits of a difference.
    ///
    /// # Shapes
    ///
    /// `[member, row, cut]`, rising along the last axis: the likelihoods give NaN for a level
    /// between cutpoints that fall.
    pub fn from_values(values: Tensor<3>) -> Self {
        let [_, _, cut] = values.dims();
        let gaps = (cut > 1)
            .then(|| values.clone().narrow(2, 1, cut - 1) - values.clone().narrow(2, 0, cut - 1));
        Self::with_gaps(values, gaps)
    }

    /// The rows of several scales, one after the other.
    ///
    /// # Panics
    ///
    /// If there is no scale, or they differ in members or in levels.
    pub fn stack(scales: Vec<Self>) -> Self {
        assert!(!scales.is_empty(), "there is no scale to stack");
        let gaps: Option<Vec<_>> = scales.iter().map(|scale| scale.gaps.clone()).collect();
        let values = scales.into_iter().map(|scale| scale.values).collect();
        Self::with_gaps(Tensor::cat(values, 1), gaps.map(|gaps| Tensor::cat(gaps, 1)))
    }

    /// The scale of each record, by its row.
    ///
    /// # Shapes
    ///
    /// `[batch]` indices of rows to `[member, batch, cut]`.
    pub fn select(self, rows: Tensor<1, Int>) -> Self {
        let gaps = self.gaps.map(|gaps| gaps.select(1, rows.clone()));
        Self { values: self.values.select(1, rows), gaps }
    }

    /// Every cutpoint times a positive factor: whoever uses the whole of a scale or its middle.
    ///
    /// # Shapes
    ///
    /// `[member, row, 1]`
    pub fn scale(self, factor: Tensor<3>) -> Self {
        let gaps = self.gaps.map(|gaps| gaps * factor.clone());
        Self { values: self.values * factor, gaps }
    }

    /// Every cutpoint moved by the same: whoever is stricter or milder. Gaps stay as they are.
    ///
    /// # Shapes
    ///
    /// `[member, row, 1]`
    pub fn shift(self, by: Tensor<3>) -> Self {
        Self { values: self.values + by, gaps: self.gaps }
    }

    /// The cutpoints.
    ///
    /// # Shapes
    ///
    /// `[member, row, cut]`
    pub fn values(&self) -> Tensor<3> {
        self.values.clone()
    }

    /// What each cutpoint but the first is above its lower neighbour; none of a single one.
    ///
    /// # Shapes
    ///
    /// `[member, row, cut - 1]`
    pub fn gaps(&self) -> Option<Tensor<3>> {
        self.gaps.clone()
    }

    /// Members, rows and cutpoints.
    pub fn dims(&self) -> [usize; 3] {
        self.values.dims()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, tensor};
    use burn::tensor::{Device, TensorData};

    fn check(cutpoints: &Cutpoints, values: &[f64], gaps: &[f64]) {
        assert_close(cutpoints.values(), values, 1e-12);
        assert_close(cutpoints.gaps().unwrap(), gaps, 1e-12);
    }

    #[test]
    fn gaps_follow_what_happens_to_cutpoints() {
        let first = Cutpoints::from_values(tensor(&[-1.0, 0.5, 3.0], [1, 1, 3]));
        let second = Cutpoints::from_values(tensor(&[0.0, 1.0, 5.0], [1, 1, 3]));
        let both = Cutpoints::stack(vec![first, second]);
        check(&both, &[-1.0, 0.5, 3.0, 0.0, 1.0, 5.0], &[1.5, 2.5, 1.0, 4.0]);
        let rows = Tensor::from_data(TensorData::from([1i32, 0]), &Device::flex());
        let picked = both.select(rows);
        check(&picked, &[0.0, 1.0, 5.0, -1.0, 0.5, 3.0], &[1.0, 4.0, 1.5, 2.5]);
        let moved = picked.scale(tensor(&[2.0, 3.0], [1, 2, 1])).shift(tensor(&[1.0], [1, 1, 1]));
        check(&moved, &[1.0, 3.0, 11.0, -2.0, 2.5, 10.0], &[2.0, 8.0, 4.5, 7.5]);
        assert_eq!(moved.dims(), [1, 2, 3]);
    }

    #[test]
    fn a_single_cutpoint_has_no_gap() {
        let threshold = Cutpoints::from_values(tensor(&[0.5], [1, 1, 1]));
        let two = Cutpoints::stack(vec![threshold.clone(), threshold]);
        let moved = two.scale(tensor(&[2.0], [1, 1, 1])).shift(tensor(&[1.0], [1, 1, 1]));
        assert!(moved.gaps().is_none());
        assert_close(moved.values(), &[2.0, 2.0], 0.0);
    }

    #[test]
    #[should_panic(expected = "gaps of shape None, but 2 cutpoints need Some([1, 1, 1])")]
    fn gaps_that_do_not_fit_are_refused() {
        Cutpoints::with_gaps(tensor(&[0.0, 1.0], [1, 1, 2]), None);
    }
}
