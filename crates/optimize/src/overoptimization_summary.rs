//! What is said of overoptimization at the end?

use crate::names::distinct;
use crate::overoptimization::Overoptimization;
use crate::text_table::text_table;
use medley_report::OveroptimizationRow;

const HEADS: [&str; 9] =
    ["reward", "alpha", "beta", "peak", "proxy", "gold", "gap", "lost", "alarm"];

/// A line for each label; empty where nothing was optimized step by step.
pub fn overoptimization_summary(found: &Overoptimization) -> String {
    let Some(first) = found.labels.first() else { return String::new() };
    let form = match first.method.as_str() {
        "best-of-n" => "gold = d (alpha - beta d)",
        _ => "gold = d (alpha - beta ln d)",
    };
    let mut table = vec![HEADS.map(str::to_owned)];
    for label in distinct(found.labels.iter().map(|row| row.label.as_str())) {
        let own: Vec<&OveroptimizationRow> =
            found.labels.iter().filter(|row| row.label == label).collect();
        let row = |quantity: &str| own.iter().find(|row| row.quantity == quantity).copied();
        let cell = |quantity: &str| row(quantity).map_or("none".to_owned(), told);
        let count = |quantity: &str| row(quantity).map_or(0.0, |row| row.value);
        let runs = row("peaks").map_or(0, |row| row.runs);
        let peak = match row("peak") {
            Some(peak) => format!("{} ({} of {runs} runs)", told(peak), count("peaks")),
            None => format!("none within reach ({} of {runs} runs)", count("peaks")),
        };
        let alarms = ["raised", "quiet", "undecided"].map(|kind| (kind, count(kind)));
        let alarms: Vec<String> = alarms
            .into_iter()
            .filter(|(_, count)| *count > 0.0)
            .map(
                |(kind, count)| if runs == 1 { kind.to_owned() } else { format!("{kind} {count}") },
            )
            .collect();
        let [alpha, beta, proxy, gold, gap, lost] =
            ["alpha", "beta", "proxy", "gold", "gap", "lost"].map(cell);
        let label = label.to_owned();
        table.push([label, alpha, beta, peak, proxy, gold, gap, lost, alarms.join(", ")]);
    }
    format!(
        "\noveroptimization: {form}, d = sqrt(KL) from the first policy in roots of nats; gains over it in sd of \
         its returns\n{}{}",
        text_table(&table),
        reasons(found)
    )
}

fn told(row: &OveroptimizationRow) -> String {
    match (row.low, row.high) {
        (Some(low), Some(high)) => format!("{:.2} [{low:.2}, {high:.2}]", row.value),
        _ => format!("{:.2}", row.value),
    }
}

/// Why, each reason once with the runs that have it; of labels with one run, whose it is.
fn reasons(found: &Overoptimization) -> String {
    let mut text = String::new();
    for label in distinct(found.runs.iter().map(|run| run.label.as_str())) {
        let own = || found.runs.iter().filter(|run| run.label == label);
        let alarm = |reason: &str| reason.split("; ").next().unwrap_or_default().to_owned();
        let all: Vec<String> = own().map(|run| alarm(&run.reason)).collect();
        for reason in distinct(all.iter().map(String::as_str)) {
            let (count, runs) = (all.iter().filter(|other| *other == reason).count(), all.len());
            let share = if runs == 1 { String::new() } else { format!(" ({count} of {runs})") };
            text += &format!("{label}: {reason}{share}\n");
        }
    }
    text
}
