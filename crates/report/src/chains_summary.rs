//! Chains as a Markdown table: a line for each mix.

use std::collections::{BTreeMap, BTreeSet};

use crate::ChainRow;
use crate::summary::{cell, row_name};

/// What is said of the chains of one mix, over its fits and seeds.
#[derive(Default)]
struct Worst<'a> {
    fits: BTreeSet<(&'a str, &'a str)>,
    divergences: BTreeMap<(&'a str, &'a str), u64>,
    draws: u64,
    r_hat: Option<&'a ChainRow>,
    /// None if that of some quantity is unknown.
    ess: Option<f64>,
}

/// The worst R-hat and the smallest effective sample size of each mix; nothing if nothing was sampled.
pub fn chains_summary(rows: &[ChainRow]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut mixes: BTreeMap<(&str, &str), Worst<'_>> = BTreeMap::new();
    for row in rows {
        let empty = || Worst { ess: Some(f64::INFINITY), ..Worst::default() };
        let worst = mixes.entry((&row.mix, &row.setting)).or_insert_with(empty);
        let fit = (row.run.as_str(), row.fit.as_str());
        worst.fits.insert(fit);
        worst.divergences.insert(fit, row.divergences);
        worst.draws = worst.draws.max(row.draws);
        // What is unknown, as of a quantity that never varies, is the worst.
        let key = |row: &ChainRow| row.r_hat.map_or((1, 0.0), |r_hat| (0, r_hat));
        if worst.r_hat.is_none_or(|other| key(row) > key(other)) {
            worst.r_hat = Some(row);
        }
        let least = |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| a.min(b));
        worst.ess = least(worst.ess, least(row.bulk_ess, row.tail_ess));
    }
    let mut text = "## Chains\n\nThe posterior was sampled: for each mix the worst R-hat and the \
                    smallest effective sample size (of bulk and tails, all chains together) of any \
                    parameter in any fit; unknown, and so no sign of mixing, where draws are too few or a \
                    parameter never varies. `chains.parquet` has all of them.\n\n\
                    | mix | fits | draws of a fit | worst R-hat | of | smallest effective size | divergences |\n\
                    |---|---:|---:|---:|---|---:|---:|\n"
        .to_owned();
    for ((mix, setting), worst) in &mixes {
        let Some(row) = worst.r_hat else { continue };
        let divergences: u64 = worst.divergences.values().sum();
        text += &format!(
            "| {} | {} | {} | {} | {} | {} | {divergences} |\n",
            row_name(mix, setting),
            worst.fits.len(),
            worst.draws,
            row.r_hat.map_or_else(unknown, |r_hat| format!("{r_hat:.4}")),
            cell(&row.parameter),
            worst.ess.map_or_else(unknown, |ess| format!("{ess:.0}")),
        );
    }
    text.push('\n');
    text
}

fn unknown() -> String {
    "unknown".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::chain;

    fn row(run: &str, parameter: &str, r_hat: f64, ess: f64) -> ChainRow {
        ChainRow { run: run.into(), ..chain(parameter, Some(r_hat), Some(ess)) }
    }

    #[test]
    fn the_worst_of_each_mix_is_said() {
        assert_eq!(chains_summary(&[]), "");
        let rows =
            [row("r", "w", 1.001, 900.0), row("r", "v", 1.02, 800.0), row("s", "w", 1.003, 700.0)];
        let line = "| a + b | 2 | 2000 | 1.0200 | v | 700 | 6 |\n\n";
        assert!(chains_summary(&rows).ends_with(line), "{}", chains_summary(&rows));
        let still = ChainRow { r_hat: None, ..row("r", "still", 1.0, 5.0) };
        let stuck = chains_summary(&[rows[1].clone(), still, rows[0].clone()]);
        assert!(stuck.contains("| unknown | still | 5 |"), "{stuck}");
        // Whatever is known of others.
        let few = ChainRow { tail_ess: None, ..row("r", "few", 1.0, 5.0) };
        let few = chains_summary(&[rows[1].clone(), few, rows[0].clone()]);
        assert!(few.contains("| 1.0200 | v | unknown |"), "{few}");
    }

    #[test]
    fn a_name_does_not_end_a_cell() {
        let named = ChainRow { mix: "a | b".into(), ..row("r", "w | v", 1.0, 5.0) };
        let text = chains_summary(&[named]);
        assert!(text.contains("| a \\| b | 1 | 2000 | 1.0000 | w \\| v | 5 |"), "{text}");
    }
}
