//! Chains as a Markdown table: a line for each mix.

use std::collections::{BTreeMap, BTreeSet};

use crate::ChainRow;

/// What is said of the chains of one mix, over its fits and seeds.
#[derive(Default)]
struct Worst<'a> {
    fits: BTreeSet<(&'a str, &'a str)>,
    divergences: BTreeMap<(&'a str, &'a str), u64>,
    draws: u64,
    r_hat: Option<&'a ChainRow>,
    ess: f64,
}

/// The worst R-hat and the smallest effective sample size of each mix; nothing if nothing was sampled.
pub fn chains_summary(rows: &[ChainRow]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut mixes: BTreeMap<(&str, &str), Worst<'_>> = BTreeMap::new();
    for row in rows {
        let empty = || Worst { ess: f64::INFINITY, ..Worst::default() };
        let worst = mixes.entry((&row.mix, &row.setting)).or_insert_with(empty);
        let fit = (row.run.as_str(), row.fit.as_str());
        worst.fits.insert(fit);
        worst.divergences.insert(fit, row.divergences);
        worst.draws = worst.draws.max(row.draws);
        // A quantity that never varies has no R-hat, which is the worst.
        let key = |row: &ChainRow| if row.r_hat.is_nan() { f64::INFINITY } else { row.r_hat };
        if worst.r_hat.is_none_or(|other| key(row) > key(other)) {
            worst.r_hat = Some(row);
        }
        worst.ess = worst.ess.min(row.bulk_ess.min(row.tail_ess));
    }
    let mut text = "\n## Chains\n\nThe posterior was sampled: for each mix the worst R-hat and the \
                    smallest effective sample size (of bulk and tails, all chains together) of any \
                    parameter in any fit. `chains.parquet` has all of them.\n\n\
                    | mix | fits | draws of a fit | worst R-hat | of | smallest effective size | divergences |\n\
                    |---|---:|---:|---:|---|---:|---:|\n"
        .to_owned();
    for ((mix, setting), worst) in &mixes {
        let Some(row) = worst.r_hat else { continue };
        let label =
            if setting.is_empty() { (*mix).to_owned() } else { format!("{mix} ({setting})") };
        let divergences: u64 = worst.divergences.values().sum();
        text += &format!(
            "| {label} | {} | {} | {:.4} | {} | {:.0} | {divergences} |\n",
            worst.fits.len(),
            worst.draws,
            row.r_hat,
            row.parameter,
            worst.ess,
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::chain;

    fn row(run: &str, parameter: &str, r_hat: f64, ess: f64) -> ChainRow {
        ChainRow { run: run.into(), ..chain(parameter, r_hat, ess) }
    }

    #[test]
    fn the_worst_of_each_mix_is_said() {
        assert_eq!(chains_summary(&[]), "");
        let rows =
            [row("r", "w", 1.001, 900.0), row("r", "v", 1.02, 800.0), row("s", "w", 1.003, 700.0)];
        let line = "| a + b | 2 | 2000 | 1.0200 | v | 700 | 6 |\n";
        assert!(chains_summary(&rows).ends_with(line), "{}", chains_summary(&rows));
        let stuck = chains_summary(&[rows[1].clone(), row("r", "still", f64::NAN, 5.0)]);
        assert!(stuck.contains("| NaN | still |"), "{stuck}");
    }
}
