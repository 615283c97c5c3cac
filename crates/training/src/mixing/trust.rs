//! Which sources agree with most of the others?
//!
//! ```text
//! A_kj = (n_k R_kj + n_j R_jk) / (n_k + n_j)      agreement of two sources
//! W_kj = n_k n_j / (n_k + n_j)                    roughly one over its variance
//! support_k = sum_j W_kj A_kj / sqrt(sum_j W_kj)  in standard errors
//! ```
//!
//! `R_kj` is how well the reward of `k` predicts source `j`, and `n` the number of statements that were
//! judged; a pair that nothing is known of counts nothing, and of one direction alone, that one. While
//! the lowest support is below -2, that source is dropped. That takes a majority: more sources have to
//! stand against it than beside it, with itself. Beside it is who agrees with it (by a standard error).
//! Against it is who opposes it and was kept, and who is kept and agrees with one of these, unless it
//! is beside it. Otherwise nothing says which camp is right, and none is trusted.

/// What the test says of each source.
#[derive(Clone, Debug, PartialEq)]
pub struct Trust {
    /// Whether it agrees with the others, by position.
    pub trusted: Vec<bool>,
    /// Whether sources oppose each other without a majority; then none is trusted.
    pub is_split: bool,
}

/// Standard errors below which a source opposes the others.
const OPPOSED: f64 = -2.0;

/// Standard errors beyond which one source takes a side for or against another.
const LEANING: f64 = 1.0;

impl Trust {
    /// From `matrix` `[learned from][judged]`, in [-1, 1] or none, and numbers of statements.
    pub fn of(matrix: &[Vec<Option<f64>>], statements: &[usize]) -> Self {
        let count = matrix.len();
        let mut kept: Vec<usize> = (0..count).collect();
        while kept.len() > 1 {
            let supports = kept.iter().map(|&k| (k, support(k, &kept, matrix, statements)));
            let lowest = supports.min_by(|a, b| a.1.total_cmp(&b.1));
            match lowest {
                Some((source, support)) if support < OPPOSED => kept.retain(|&k| k != source),
                _ => break,
            }
        }
        let dropped: Vec<usize> = (0..count).filter(|k| !kept.contains(k)).collect();
        let errors = |k: usize, j: usize| support(k, &[k, j], matrix, statements);
        let agree = |k: usize, j: usize| k != j && errors(k, j) > LEANING;
        let is_split = dropped.iter().any(|&out| {
            let opposes = |k: usize| errors(out, k) < -LEANING;
            let opposing: Vec<usize> = kept.iter().copied().filter(|&k| opposes(k)).collect();
            let sides = |k: usize| opposing.iter().any(|&other| agree(k, other)) && !agree(out, k);
            let against = kept.iter().filter(|&&k| opposes(k) || sides(k)).count();
            let beside = (0..count).filter(|&k| agree(out, k)).count();
            against <= beside + 1
        });
        let trusted = (0..count).map(|k| !is_split && kept.contains(&k)).collect();
        Self { trusted, is_split }
    }
}

fn support(k: usize, kept: &[usize], matrix: &[Vec<Option<f64>>], statements: &[usize]) -> f64 {
    let (mut sum, mut mass) = (0.0, 0.0);
    for &j in kept.iter().filter(|&&j| j != k) {
        let (n_k, n_j) = (statements[k] as f64, statements[j] as f64);
        let agreement = match (matrix[k][j], matrix[j][k]) {
            (Some(forth), Some(back)) => (n_k * forth + n_j * back) / (n_k + n_j),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => continue,
        };
        let weight = n_k * n_j / (n_k + n_j);
        if weight > 0.0 {
            sum += weight * agreement;
            mass += weight;
        }
    }
    if mass > 0.0 { sum / mass.sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(matrix: &[Vec<f64>], statements: &[usize]) -> Trust {
        let known: Vec<Vec<Option<f64>>> =
            matrix.iter().map(|row| row.iter().copied().map(Some).collect()).collect();
        Trust::of(&known, statements)
    }

    /// What was never judged is no agreement of 0, which would dilute the opposition of others.
    #[test]
    fn what_is_not_known_counts_nothing() {
        let opposed = [[Some(0.5), Some(-0.4)], [Some(-0.4), Some(0.5)]].map(Vec::from);
        assert!(Trust::of(&opposed, &[100, 100]).is_split);
        let mut with_unknown: Vec<Vec<Option<f64>>> =
            opposed.iter().map(|row| [row.clone(), vec![None]].concat()).collect();
        with_unknown.push(vec![None; 3]);
        assert!(Trust::of(&with_unknown, &[100, 100, 400]).is_split);
        // Nor does one that says nothing of either make a majority.
        let aloof = [[0.5, -0.4, 0.01], [-0.4, 0.5, 0.0], [0.0, 0.01, 0.6]].map(Vec::from);
        assert!(of(&aloof, &[400, 400, 400]).is_split);
        let one_way = vec![vec![Some(0.5), Some(-0.6)], vec![None, Some(0.5)]];
        assert!(Trust::of(&one_way, &[100, 100]).is_split);
    }

    /// QA-Feedback: comparisons, critiques, corrections, demonstrations.
    #[test]
    fn references_are_dropped_where_three_kinds_agree() {
        let matrix = vec![
            vec![0.19, 0.06, 0.11, -0.79],
            vec![0.14, 0.22, 0.25, -0.67],
            vec![0.11, 0.17, 0.38, -0.43],
            vec![-0.17, -0.14, -0.04, 0.64],
        ];
        let trust = of(&matrix, &[1800, 1320, 290, 300]);
        assert_eq!(trust.trusted, [true, true, true, false]);
        assert!(!trust.is_split);
    }

    /// Few comparisons do not say by a standard error that references oppose them, but they do say that
    /// they agree with critiques, which references do oppose.
    #[test]
    fn who_agrees_with_an_opponent_stands_beside_it() {
        let matrix = vec![
            vec![0.2, 0.5, 0.1, -0.1],
            vec![0.2, 0.2, 0.25, -0.7],
            vec![0.1, 0.2, 0.4, -0.05],
            vec![-0.1, -0.2, -0.02, 0.6],
        ];
        let trust = of(&matrix, &[25, 1320, 290, 300]);
        assert_eq!(trust, Trust { trusted: vec![true, true, true, false], is_split: false });
        // Unless it agrees with what is opposed as well.
        let mut torn = matrix;
        (torn[0][3], torn[3][0]) = (0.3, 0.3);
        (torn[2][3], torn[3][2]) = (0.2, 0.2);
        assert!(of(&torn, &[25, 1320, 290, 300]).is_split);
    }

    #[test]
    fn two_that_oppose_each_other_are_both_refused() {
        let trust = of(&[vec![0.5, -0.4], vec![-0.4, 0.5]], &[500, 500]);
        assert_eq!(trust, Trust { trusted: vec![false; 2], is_split: true });
        // As are two camps of two.
        let camps: Vec<Vec<f64>> = (0..4)
            .map(|k| (0..4).map(|j| if k / 2 == j / 2 { 0.3 } else { -0.5 }).collect())
            .collect();
        assert!(of(&camps, &[400; 4]).is_split);
    }

    #[test]
    fn what_says_nothing_is_kept() {
        let trust = of(&[vec![0.5, 0.02], vec![-0.03, 0.5]], &[500, 500]);
        assert_eq!(trust.trusted, [true, true]);
        // Disagreement of few statements is noise.
        let few = of(&[vec![0.5, -0.4], vec![-0.4, 0.5]], &[10, 500]);
        assert_eq!(few.trusted, [true, true]);
        assert_eq!(of(&[vec![0.1]], &[3]).trusted, [true]);
    }

    #[test]
    fn the_order_of_sources_changes_nothing() {
        let matrix = vec![vec![0.2, 0.3, -0.6], vec![0.3, 0.2, -0.5], vec![-0.6, -0.5, 0.4]];
        let order = [2, 0, 1];
        let turned: Vec<Vec<f64>> =
            order.iter().map(|&k| order.iter().map(|&j| matrix[k][j]).collect()).collect();
        let one = of(&matrix, &[300, 200, 400]).trusted;
        let other = of(&turned, &[400, 300, 200]).trusted;
        assert_eq!(one, [true, true, false]);
        assert_eq!(other, [false, true, true]);
    }
}
