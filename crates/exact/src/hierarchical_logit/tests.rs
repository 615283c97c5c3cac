//! A short posterior of real people, and tables that are none.

use super::*;

fn short() -> HierarchicalLogit {
    HierarchicalLogit {
        choices: PathBuf::from(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../datasets/bank_conjoint/choices.csv.gz"
        )),
        people: Some(100),
        chains: 2,
        warmup: 200,
        draws: 500,
        held_out_draws: 150,
        r_hat: 1.1,
        ess: 20.0,
        ..HierarchicalLogit::default()
    }
}

fn found(outcome: &ExactOutcome, quantity: &str) -> f64 {
    let is_it = |finding: &&ExactFinding| finding.quantity.starts_with(quantity);
    outcome.findings.iter().find(is_it).unwrap().found
}

#[test]
fn a_hundred_people_are_near_the_population_of_all() {
    let outcome = short().compute().unwrap();
    // Their own posterior is wide: about 0.4 for a mean, and weights grow with what few answers leave open.
    for (attribute, expect) in [("Low_FInt", 4.88), ("Low_Fee", 4.15), ("Out_State", -3.61)] {
        let mean = found(&outcome, &format!("mean of {attribute}"));
        assert!((mean - expect).abs() < 2.0, "{attribute}: {mean}");
        let sd = found(&outcome, &format!("sd of {attribute}"));
        assert!((1.0..8.0).contains(&sd), "{attribute}: {sd}");
    }
    // Nothing known: log 2. The pooled logit of all people has 0.538.
    let loss = found(&outcome, "negative log-likelihood");
    assert!((0.35..0.53).contains(&loss), "{loss}");
    // One answer in five of those whose number is that of the person modulo five.
    assert_eq!(found(&outcome, "answers held out"), 312.0);
    assert!(outcome.findings.iter().all(|finding| finding.expected.is_none()));
}

#[test]
fn the_same_options_give_the_same_bits() {
    let tiny = HierarchicalLogit {
        people: Some(15),
        warmup: 150,
        draws: 40,
        held_out_draws: 40,
        r_hat: 100.0,
        ess: 0.0,
        ..short()
    };
    let outcome = tiny.compute().unwrap();
    assert_eq!(outcome, tiny.compute().unwrap());
    let other = HierarchicalLogit { seed: 1, ..tiny };
    assert_ne!(outcome, other.compute().unwrap());
}

#[test]
fn chains_that_have_not_mixed_give_no_answer() {
    let few = HierarchicalLogit {
        people: Some(30),
        warmup: 20,
        draws: 20,
        held_out_draws: 20,
        r_hat: 1.01,
        ess: 400.0,
        ..short()
    };
    let error = few.compute().unwrap_err().to_string();
    for part in ["`exact.hierarchical-logit`: ", "2 chains have not mixed", "R-hat", "at most 1.01"]
    {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn tables_that_are_no_panel_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("choices.csv");
    let check = |text: &str, expect: &str| {
        std::fs::write(&path, text).unwrap();
        let error = Panel::read(&path).unwrap_err().to_string();
        assert_eq!(error, format!("{}{expect}", path.display()));
    };
    check("", ": expected columns `id`, `choice` and attributes, found ");
    check("id,choice\n", ": expected a column for each attribute, found none");
    check("id,choice,a\n", ": expected at least one row, found none");
    check("id,choice,a\n1,2,0\n", ", row 1: expected 0 or 1 as `choice`, found `2`");
    check("id,choice,a\n1,1,0\n1,0,x\n", ", row 2: expected a finite number as `a`, found `x`");
    check("id,choice,a\n1,1,inf\n", ", row 1: expected a finite number as `a`, found `inf`");
    check("id,choice,a\nb,1,0\n", ", row 1: expected a whole number as `id`, found b");
    let absent = folder.path().join("absent");
    assert!(Panel::read(&absent).unwrap_err().to_string().contains("expected a file, found "));
}

#[test]
fn answers_are_held_out_by_their_number() {
    // Answers of person 7 are numbered 0 to 5 by their attribute; 7 mod 5 = 2.
    let answers = vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
    let panel = Panel { attributes: vec!["n".to_owned()], ids: vec![7], people: vec![answers] };
    let [train, test] = panel.hold_out(5);
    assert_eq!(test.people, [[2.0]]);
    assert_eq!(train.people, [[0.0, 1.0, 3.0, 4.0, 5.0]]);
}
