//! Lower triangular matrices, row by row, as densities of populations have them: the factor `L` of a covariance
//! `V = L L'`, sampled as its rows up to the diagonal, whose logarithm is taken.

/// Sum of products.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `L` of entries up to the diagonal, row by row, whose logarithm they have. `[p, p]`
pub fn of_entries(entries: &[f64], p: usize) -> Vec<f64> {
    let mut factor = vec![0.0; p * p];
    let mut entries = entries.iter();
    for i in 0..p {
        let row = &mut factor[i * p..][..=i];
        row.iter_mut().zip(entries.by_ref()).for_each(|(entry, &value)| *entry = value);
        row[i] = row[i].exp();
    }
    factor
}

/// Slopes in entries, put into `entries`, from those in `L`; to a log-density the logarithm of how volumes
/// change with the diagonal is added.
pub fn into_entries(
    factor: &[f64],
    of_factor: &mut [f64],
    entries: &mut [f64],
    mut log_density: f64,
) -> f64 {
    let p = factor.len().isqrt();
    let mut entries = entries.iter_mut();
    for i in 0..p {
        let diagonal = factor[i * p + i];
        log_density += diagonal.ln();
        of_factor[i * p + i] = of_factor[i * p + i] * diagonal + 1.0;
        let row = &of_factor[i * p..][..=i];
        row.iter().zip(entries.by_ref()).for_each(|(&of, slope)| *slope = of);
    }
    log_density
}

/// `L^-1`. `[p, p]`
pub fn inverse_of_lower(lower: &[f64], p: usize) -> Vec<f64> {
    let mut inverse = vec![0.0; p * p];
    for j in 0..p {
        for i in j..p {
            let rest: f64 = (j..i).map(|k| lower[i * p + k] * inverse[k * p + j]).sum();
            let one = if i == j { 1.0 } else { 0.0 };
            inverse[i * p + j] = (one - rest) / lower[i * p + i];
        }
    }
    inverse
}

/// `L x`.
pub fn lower_times(lower: &[f64], x: &[f64]) -> Vec<f64> {
    lower.chunks(x.len()).map(|row| dot(row, x)).collect()
}

/// `L' x`.
pub fn transposed_times(lower: &[f64], x: &[f64]) -> Vec<f64> {
    let p = x.len();
    (0..p).map(|j| (j..p).map(|i| lower[i * p + j] * x[i]).sum()).collect()
}
