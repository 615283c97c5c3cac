//! Did everybody say the same?

/// The value of all of several numbers; none if they differ, or are fewer than two.
pub(crate) fn one_value(mut values: impl Iterator<Item = f64>) -> Option<f64> {
    let first = values.next()?;
    let mut others = 0;
    let same = values.inspect(|_| others += 1).all(|value| value == first);
    (same && others > 0).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_that_are_equal_have_one_value() {
        let of = |values: &[f64]| one_value(values.iter().copied());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[1.0]), None);
        assert_eq!(of(&[1.0, 1.0]), Some(1.0));
        assert_eq!(of(&[1.0, 1.0, 0.0]), None);
    }
}
