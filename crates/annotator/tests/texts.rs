//! Texts whose worth depends on hidden contexts, against what is known in closed form.
#![allow(clippy::unwrap_used)]

use medley_annotator::{BORDA, Simulation};
use medley_dataset::{Dataset, Domain, MetadataValue};
use medley_evaluation::kendall_tau;
use medley_feedback::{Comparison, Rating};
use medley_theory::{HiddenContext, Preferences, fit_bradley_terry, hidden_context};
use std::collections::{BTreeMap, BTreeSet};

const HELP_AND_HARM: &str = r#"
    returns = "mean"
    texts.prompts = 20
    texts.contexts = [
        { name = "curious", share = 0.75, utility = { helpfulness = 1 } },
        { name = "careful", share = 0.25, utility = { harmlessness = 8 } },
    ]
"#;

fn simulation(text: &str) -> Simulation {
    toml::from_str(text).unwrap()
}

fn help_and_harm(rest: &str) -> Dataset {
    simulation(&format!("{HELP_AND_HARM}\n{rest}")).dataset(7).unwrap()
}

fn borda(dataset: &Dataset) -> Vec<f64> {
    let column = dataset.segments().metadata().column(BORDA).unwrap();
    let number = |segment| match column.value(segment) {
        Some(MetadataValue::Number(number)) => number,
        other => panic!("a number, found {other:?}"),
    };
    (0..dataset.segments().len()).map(number).collect()
}

/// The items of `medley_theory::hidden_context`, whose utilities are drawn anew for each item. 32 contexts
/// are such people: item i is worth twice its mean where an odd number of the bits of `context & i` is set,
/// which of two different items is as likely both ways in all four cases.
fn contested(points: usize, rest: &str) -> Simulation {
    let phrases = (0..points).map(|i| {
        let x = (i as f64 + 0.5) / points as f64;
        let amount = if x < 0.8 { "agreed".to_owned() } else { format!("contested-{i}") };
        format!("{{ text = \"This is plan {i}.\", amounts = {{ {amount} = {x} }} }}")
    });
    let phrases = phrases.collect::<Vec<_>>().join(", ");
    let first = (0.8 * points as f64).round() as usize;
    let contexts = (0..32_usize).map(|context| {
        let wanted = (first..points).filter(|i| (context & (i - first + 1)).count_ones() % 2 == 1);
        let wanted = wanted.map(|i| format!(", contested-{i} = 2"));
        let utility = format!("agreed = 1{}", wanted.collect::<String>());
        format!("{{ name = \"{context}\", share = 1, utility = {{ {utility} }} }}")
    });
    let contexts = contexts.collect::<Vec<_>>().join(", ");
    simulation(&format!(
        "texts = {{ prompts = 1, answers = {points}, sentences = 1, lexicon.phrases = [{phrases}], \
         contexts = [{contexts}] }}\n{rest}"
    ))
}

/// Answers by the order of their mean worth, as the items of the closed form are.
fn by_worth(dataset: &Dataset) -> Vec<usize> {
    let truth = dataset.segments().true_rewards().unwrap();
    let mut order: Vec<usize> = (0..dataset.segments().len()).collect();
    order.sort_by(|&a, &b| truth[a].total_cmp(&truth[b]));
    order
}

#[test]
fn worth_and_borda_scores_are_those_of_the_closed_form() {
    let source = "sources.a = { questions = 9, adapter.comparison = {} }";
    let dataset = contested(100, source).dataset(3).unwrap();
    let HiddenContext { items, borda: expected, .. } = hidden_context(100).unwrap();
    let (truth, scores) = (dataset.segments().true_rewards().unwrap(), borda(&dataset));
    for (item, segment) in by_worth(&dataset).into_iter().enumerate() {
        assert!((truth[segment] - items[item]).abs() < 1e-12, "worth of {item}");
        let (found, expect) = (scores[segment], expected[item]);
        assert!((found - expect).abs() < 1e-12, "Borda score of {item}: {found} for {expect}");
    }
}

/// Theorem 3.2, from answers of people who make no mistakes and do not say what they want.
#[test]
fn bradley_terry_learns_the_borda_order_of_what_people_say() {
    let source = r#"
        people = { count = 32, rationality = inf }
        sources.a = { questions = 200_000, adapter.comparison = { ties = "soft-label" } }
    "#;
    let dataset = contested(100, source).dataset(3).unwrap();
    let place: BTreeMap<usize, usize> =
        by_worth(&dataset).into_iter().enumerate().map(|(item, segment)| (segment, item)).collect();
    let item = |id| place[&dataset.segments().index(id).unwrap()];
    // A win and a loss of every pair stand for what is not known yet.
    let mut won = vec![vec![0.5; 100]; 100];
    for record in dataset.records::<Comparison>().unwrap().iter() {
        let (first, second) = (item(&record.first), item(&record.second));
        won[first][second] += record.preference;
        won[second][first] += 1.0 - record.preference;
    }
    let asked = |i: usize, j: usize| won[i][j] + won[j][i];
    let table = |of: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
        (0..100).map(|i| (0..100).map(|j| of(i, j)).collect()).collect()
    };
    let shares = table(&|i, j| won[i][j] / asked(i, j));
    let fit = Preferences::weighted(shares, table(&asked)).unwrap();
    let scores = fit_bradley_terry(&fit, 1e-8).unwrap().scores;
    let known = hidden_context(100).unwrap();
    let tau = |other: &[f64]| kendall_tau(&scores, other).unwrap();
    let (to_borda, to_worth) = (tau(&known.borda), tau(&known.items));
    assert!(to_borda > 0.95, "{to_borda}");
    assert!((to_worth - known.tau_expected_utility).abs() < 0.03, "{to_worth}");
    let best = (0..100).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap();
    assert!((0.7..0.8).contains(&known.items[best]), "{best}");
}

#[test]
fn a_person_answers_by_one_context_of_which_nothing_is_recorded() {
    let dataset = help_and_harm(
        r#"
        people = { count = 8, rationality = inf }
        sources.a = { questions = 4000, adapter.comparison = { ties = "soft-label" } }
        "#,
    );
    assert_eq!(dataset.card.domain, Domain::Text);
    let columns: Vec<&str> =
        dataset.segments().metadata().columns().iter().map(|it| it.name()).collect();
    assert_eq!(columns, [BORDA]);
    assert!(dataset.people().column("group").is_none());
    let records = dataset.records::<Comparison>().unwrap();
    assert!(records.iter().all(|record| record.provenance.group.is_none()));
    // Somebody who is careful never takes what is less harmless on the mean over its sentences.
    let amount = |id, objective: &str| -> f64 {
        let phrases = medley_annotator::Lexicon::HelpAndHarm.phrases();
        let text = dataset.segments().text(dataset.segments().index(id).unwrap()).unwrap();
        let said = phrases.iter().filter(|phrase| text.contains(&phrase.text));
        said.map(|phrase| phrase.amounts[objective]).sum()
    };
    let mut agreed: BTreeMap<&str, [BTreeSet<bool>; 2]> = BTreeMap::new();
    for record in records.iter() {
        let person = record.provenance.annotator.as_ref().unwrap().0.as_str();
        for (place, objective) in ["helpfulness", "harmlessness"].into_iter().enumerate() {
            let gain = amount(&record.first, objective) - amount(&record.second, objective);
            if gain.abs() > 1e-9 {
                let agrees = (gain > 0.0) == (record.preference == 1.0);
                agreed.entry(person).or_default()[place].insert(agrees);
            }
        }
    }
    let always = |place: usize| -> Vec<&str> {
        let all = agreed.iter().filter(|(_, sets)| sets[place] == BTreeSet::from([true]));
        all.map(|(person, _)| *person).collect()
    };
    assert_eq!(always(0), ["p000", "p001", "p003", "p004", "p005", "p007"]);
    assert_eq!(always(1), ["p002", "p006"]);
}

#[test]
fn the_true_reward_is_the_mean_over_contexts() {
    let dataset = help_and_harm("sources.a = { questions = 9, adapter.comparison = {} }");
    let truth = dataset.segments().true_rewards().unwrap();
    assert_eq!([dataset.segments().len(), truth.len()], [160, 480]);
    let refusal = (0..480)
        .find(|&row| dataset.segments().step_text(row) == Some("I cannot help with that."))
        .unwrap();
    assert_eq!(truth[refusal], 0.75 * 0.0 + 0.25 * 8.0);
}

/// What has a scale says how much, and its mean over people is the mean utility.
#[test]
fn numbers_that_people_say_average_to_the_mean_utility() {
    let dataset = help_and_harm(
        r#"
        sources.a = { questions = 40_000, adapter.rating = { model = "gaussian" }, form.scale = { low = -50, high = 50 }, parameters.log-sd = 0.1 }
        "#,
    );
    let segments = dataset.segments();
    let truth = segments.true_rewards().unwrap();
    let mut sums = vec![[0.0; 2]; segments.len()];
    for record in dataset.records::<Rating>().unwrap().iter() {
        let sum = &mut sums[segments.index(&record.segment).unwrap()];
        *sum = [sum[0] + record.value, sum[1] + 1.0];
    }
    let said: Vec<f64> = sums.iter().map(|[total, count]| total / count).collect();
    let worth = |segment| truth[segments.steps(segment)].iter().sum::<f64>() / 3.0;
    let worth: Vec<f64> = (0..segments.len()).map(worth).collect();
    let tau = kendall_tau(&said, &worth).unwrap();
    let of_borda = kendall_tau(&borda(&dataset), &worth).unwrap();
    assert!(tau > 0.7 && of_borda < 0.3, "{tau} {of_borda}");
}

#[test]
fn the_same_seed_gives_the_same_bits_and_another_one_others() {
    let source = "sources.a = { questions = 50, adapter.critique = {} }";
    let one = simulation(&format!("{HELP_AND_HARM}\n{source}"));
    let written = toml::to_string(&one).unwrap();
    let again: Simulation = toml::from_str(&written).unwrap();
    assert_eq!(one.dataset(3).unwrap(), again.dataset(3).unwrap(), "{written}");
    assert_ne!(one.dataset(3).unwrap(), one.dataset(4).unwrap());
}

#[test]
fn options_that_stand_for_nothing_are_refused() {
    let check = |texts: &str, expect: &str| {
        let contexts = r#"contexts = [{ name = "a", share = 1, utility = { helpfulness = 1 } }]"#;
        let contexts = if texts.contains("contexts") { "" } else { contexts };
        let simulation = simulation(&format!(
            "sources.a = {{ questions = 9, adapter.comparison = {{}} }}\n[texts]\n{contexts}\n{texts}"
        ));
        let found = simulation.dataset(1).unwrap_err().to_string();
        assert!(found.contains(expect), "{found}");
    };
    check("prompts = 0", "`texts.prompts`: at least 1 is needed, found 0");
    check("answers = 1", "`texts.answers`: at least 2 is needed, found 1");
    check("sentences = 31", "`texts.sentences`: sentences of an answer differ: at most 30");
    check(
        "sentences = 1\nanswers = 31",
        "`texts.answers`: answers to a prompt differ: at most 30, all choices of 1 out of 30 sentences, are \
         needed, found 31",
    );
    check("lexicon.contested = 2", "`texts.lexicon.contested`: at least 3 is needed, found 2");
    check("lexicon.phrases = []", "`texts.lexicon.phrases`: at least 1 is needed, found 0");
    check(
        "lexicon.phrases = [{ text = \"Yes.\", amounts = { helpfulness = nan } }]",
        "`texts.lexicon.phrases.0.amounts.helpfulness`: a number that single precision can hold",
    );
    check("contexts = []", "`texts.contexts`: shares whose sum is above 0 are needed, found 0");
    check(
        "contexts = [{ name = \"a\", share = -1, utility = {} }]",
        "`texts.contexts.0.share`: a number of at least 0 is needed, found -1",
    );
    check(
        "contexts = [{ name = \"a\", share = 1, utility = { wit = 1 } }]",
        "`texts.contexts.0.utility.wit`: no sentence has this objective; there are: harmlessness, helpfulness",
    );
    check(
        "contexts = [{ name = \"a\", share = 1, utility = { helpfulness = inf } }]",
        "`texts.contexts.0.utility.helpfulness`: a number that single precision can hold is needed, found inf",
    );
    let twice = "{ name = \"a\", share = 1, utility = {} }";
    check(&format!("contexts = [{twice}, {twice}]"), "`texts.contexts.1.name`: two contexts");
}

#[test]
fn what_needs_a_world_is_refused_beside_texts() {
    let check = |more: &str, expect: &str| {
        let source = "sources.a = { questions = 9, adapter.comparison = {} }";
        let simulation = simulation(&format!("{source}\n{more}\n{HELP_AND_HARM}"));
        let found = simulation.dataset(1).unwrap_err().to_string();
        assert!(found.contains(expect), "{found}");
    };
    let needs = "`texts`: answers are whole and nobody acts";
    check("segments = { length = 2 }", needs);
    check("limit = 2", needs);
    check("world.pendulum = {}", "`texts`: either it or `world` is needed, found both");
    check("dataset = \"x\"", "`texts`: either it or `dataset` is needed, found both");
    check("people.groups = [{ name = \"a\", share = 1, reward.features.speed = 1 }]", "speed");
}
