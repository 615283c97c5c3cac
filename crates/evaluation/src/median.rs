//! What is in the middle of some numbers?

/// The middle of `values`, the mean of the two middle ones of an even number; none of none.
///
/// ```
/// assert_eq!(medley_evaluation::median(vec![4.0, 1.0, 3.0, 2.0]), Some(2.5));
/// ```
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = values.len() / 2;
    let above = *values.get(upper)?;
    Some(if values.len() % 2 == 1 { above } else { (values[upper - 1] + above) / 2.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![5.0, 1.0, 3.0]), Some(3.0));
        assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(Vec::new()), None);
    }
}
