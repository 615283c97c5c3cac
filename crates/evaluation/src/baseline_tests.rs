use super::*;
use crate::judgement::tests::judged;

fn comparison(judgements: Vec<Judgement>) -> Answers {
    crate::judgement::tests::comparison(judgements).answers()
}

fn exchangeable(judgements: Vec<Judgement>) -> Answers {
    let responses = ResponseSet::Exchangeable;
    Scored { responses, judgements, returns: BTreeMap::new() }.answers()
}

#[test]
fn labelled_is_the_smoothed_marginal() {
    let train = comparison(vec![
        judged(0, &[0.2, 0.3, 0.5], &[1.0, 0.0, 0.0]),
        judged(1, &[0.2, 0.3, 0.5], &[0.5, 0.0, 0.5]),
    ]);
    let test = comparison(vec![judged(9, &[0.2, 0.3, 0.5], &[0.0, 1.0, 0.0])]);
    let trivial = majority(&train, &test).unwrap();
    let judgement = &trivial.judgements[0];
    for (log_p, expect) in judgement.log_probabilities.iter().zip([2.5, 1.0, 1.5]) {
        assert!((log_p.exp() - expect / 5.0).abs() < 1e-12);
    }
    assert!((judgement.log_likelihood - 0.2_f64.ln()).abs() < 1e-12);
    assert_eq!((trivial.check(), &judgement.answer.clusters[..]), (Ok(()), &[9][..]));
}

#[test]
fn exchangeable_is_uniform_for_each_size() {
    let answers = exchangeable(vec![
        judged(0, &[0.7, 0.3], &[1.0, 0.0]),
        judged(1, &[0.5, 0.2, 0.2, 0.1], &[0.0, 0.5, 0.5, 0.0]),
    ]);
    let trivial = majority(&answers, &answers).unwrap();
    assert!((trivial.judgements[0].log_likelihood - 0.5_f64.ln()).abs() < 1e-12);
    assert!((trivial.judgements[1].log_likelihood - 0.25_f64.ln()).abs() < 1e-12);
}

#[test]
fn tied_sets_are_alike_within_a_size() {
    let tied = |judgements| {
        let returns = BTreeMap::new();
        Scored { responses: ResponseSet::TiedSets, judgements, returns }.answers()
    };
    let even = [1.0 / 3.0; 3];
    // One alone first, and both.
    let train = tied(vec![
        judged(0, &even, &[0.0, 1.0, 0.0]),
        judged(1, &even, &[0.0, 0.0, 1.0]),
        judged(2, &even, &[1.0, 0.0, 0.0]),
    ]);
    let of_three = [1.0 / 7.0; 7];
    let test = tied(vec![
        judged(9, &even, &[0.0, 1.0, 0.0]),
        judged(9, &of_three, &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]),
    ]);
    let trivial = majority(&train, &test).unwrap();
    let found = |i: usize| -> Vec<f64> {
        trivial.judgements[i].log_probabilities.iter().map(|log| log.exp()).collect()
    };
    let close = |found: Vec<f64>, expected: &[f64]| {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
    };
    // Sizes 1 and 2 have 2 + 1 and 1 + 1 of 5.
    close(found(0), &[0.3, 0.3, 0.4]);
    // Nothing is known of three: a third for each size.
    let (one, two, three) = (1.0 / 9.0, 1.0 / 9.0, 1.0 / 3.0);
    close(found(1), &[one, one, two, one, two, two, three]);
    assert_eq!(trivial.check(), Ok(()));

    let broken = tied(vec![judged(0, &[0.25; 4], &[1.0, 0.0, 0.0, 0.0])]);
    let expected = BaselineError::Length { index: 0, expected: 7, found: 4 };
    assert_eq!(majority(&broken, &broken), Err(expected));
}

fn density(values: &[Option<f64>]) -> Answers {
    let answer = |value: &Option<f64>| {
        let said = judged(0, &[0.5, 0.5], &[1.0, 0.0]).answer;
        Answer { value: *value, observed: Vec::new(), ..said }
    };
    Answers { responses: ResponseSet::Density, list: values.iter().map(answer).collect() }
}

#[test]
fn density_is_a_gaussian_of_the_training_values() {
    let train = density(&[Some(1.0), Some(5.0)]);
    let trivial = majority(&train, &density(&[Some(3.0), Some(5.0)])).unwrap();
    let at_mean = -2.0_f64.ln() - 0.5 * std::f64::consts::TAU.ln();
    assert!((trivial.judgements[0].log_likelihood - at_mean).abs() < 1e-12);
    assert!((trivial.judgements[1].log_likelihood - (at_mean - 0.5)).abs() < 1e-12);
}

#[test]
fn there_is_no_baseline_without_data() {
    let train = density(&[Some(1.0), Some(1.0)]);
    let one = density(&[Some(1.0)]);
    assert_eq!(majority(&train, &one), Err(BaselineError::Constant { value: 1.0 }));
    assert_eq!(majority(&density(&[None]), &one), Err(BaselineError::NoTraining));
    let without = density(&[Some(1.0), None]);
    assert_eq!(majority(&train, &without), Err(BaselineError::NoValue { index: 1 }));
    let labelled = comparison(vec![judged(0, &[0.5, 0.5], &[1.0, 0.0])]);
    assert_eq!(majority(&train, &labelled), Err(BaselineError::Responses));
    let mut short = labelled.clone();
    short.list[0].observed.pop();
    let length = BaselineError::Length { index: 0, expected: 2, found: 1 };
    assert_eq!(majority(&labelled, &short), Err(length));
    let mut empty = Answers { responses: ResponseSet::Exchangeable, ..labelled };
    empty.list[0].observed.clear();
    assert_eq!(majority(&empty, &empty), Err(BaselineError::Empty { index: 0 }));
}
