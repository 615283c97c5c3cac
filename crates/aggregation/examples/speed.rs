//! How long does each rule take for 10,000 people and 1,000 options?
//!
//!     cargo run --release -p medley-aggregation --example speed -- [PEOPLE] [OPTIONS] [RULE]
//!
//! From a society with its utilities to a decision; pairs are counted anew for each rule that needs them.

use medley_aggregation::{
    Borda, BradleyTerry, Copeland, Jury, Kemeny, Leximin, MaximalLottery, Nash, Over, Quantile,
    RandomDictator, Rule, Scale, Society, Utilitarian, one_each,
};
use medley_random::{normals, stream};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut numbers = std::env::args().skip(1).take(2).map(|number| number.parse::<usize>());
    let people = numbers.next().transpose()?.unwrap_or(10_000);
    let options = numbers.next().transpose()?.unwrap_or(1_000);
    let utilities = utilities(people, options);
    // Everybody gains by every other option over the first.
    let mut with_status_quo = utilities.clone();
    for own in &mut with_status_quo {
        own[0] = own.iter().copied().fold(f64::INFINITY, f64::min) - 1.0;
    }
    let groups: Vec<usize> = (0..people).map(|person| person % 3).collect();
    let jury = Jury { seats: vec![4, 4, 4], ..Jury::default() };
    let rules: [(&str, &dyn Rule); 13] = [
        ("borda", &Borda {}),
        ("bradley-terry", &BradleyTerry {}),
        ("copeland", &Copeland {}),
        ("kemeny", &Kemeny {}),
        ("maximal-lottery", &MaximalLottery {}),
        ("utilitarian", &Utilitarian::default()),
        ("utilitarian, range", &Utilitarian { scale: Scale::Range }),
        ("leximin over groups", &Leximin::default()),
        ("leximin over people", &Leximin { over: Over::People, ..Leximin::default() }),
        ("quantile", &Quantile::default()),
        ("nash", &Nash::default()),
        ("random-dictator", &RandomDictator {}),
        ("jury", &jury),
    ];
    let only = std::env::args().nth(3);
    for (name, rule) in rules {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        let start = Instant::now();
        let utilities = if name == "nash" { &with_status_quo } else { &utilities };
        let society = Society::new(utilities, &one_each(people), &groups)?;
        let told = match rule.decide(&society) {
            Ok(decision) => format!("{:?} wins", decision.winners()),
            Err(error) => error.to_string(),
        };
        println!("{name:20} {:7.3} s  {told}", start.elapsed().as_secs_f64());
    }
    Ok(())
}

/// What options are worth to all, and to each beyond that.
fn utilities(people: usize, options: usize) -> Vec<Vec<f64>> {
    let rng = &mut stream(0, "utilities");
    let mut common = vec![0.0; options];
    normals(rng, &mut common);
    let person = |_| {
        let mut own = vec![0.0; options];
        normals(rng, &mut own);
        own.iter_mut().zip(&common).for_each(|(own, common)| *own += common);
        own
    };
    (0..people).map(person).collect()
}
