//! Orders of segments, by hand.

use super::*;
use crate::fixture::{World, assert_close, checked, control};
use crate::objective::choice::host;
use medley_feedback::Provenance;
use medley_likelihood::ranking::plackett_luce_ties;
use medley_likelihood::tie_orders::TieOrders;

/// Returns 2, 1, 0 and -1 for a, b, c and d.
fn world(rankings: &[(&[&str], &[u32])]) -> World {
    let mut builder = control(&[
        ("a", "e", &[0.5, 1.5]),
        ("b", "e", &[1.0]),
        ("c", "e", &[0.0]),
        ("d", "e", &[-1.0]),
    ]);
    let ranking = |(segments, ranks): &(&[&str], &[u32])| feedback::Ranking {
        segments: segments.iter().map(|&id| id.into()).collect(),
        ranks: ranks.to_vec(),
        reason: None,
        provenance: Provenance::default(),
    };
    builder.insert(checked(rankings.iter().map(ranking).collect()));
    World::new(builder)
}

#[test]
fn stages_by_hand() {
    let world = world(&[(&["c", "a", "b"], &[3, 1, 2])]);
    let objective = world.bind(&Ranking::default());
    let response = world.response(&*objective, &[]);
    let [two, one] = [2.0f64.exp(), 1.0f64.exp()];
    let expected = [(two + one + 1.0).ln() - 2.0, (one + 1.0).ln() - 1.0];
    assert_close(&world.losses(&*objective, &response), &expected);
    let judgements = world.judgements(&*objective, &response);
    assert_eq!(judgements[0].answer.observed, [1.0, 0.0, 0.0]);
    assert_eq!(judgements[1].answer.pair, Some((1, 2)));
    assert_eq!(judgements[0].predicted_value, Some(1.5));
}

#[test]
fn ties_by_hand() {
    // {a, b} before {c}: 1 - P(c first) - P(c second).
    let world = world(&[(&["a", "b", "c"], &[1, 1, 2]), (&["a", "d"], &[1, 2])]);
    let world = world.with_members(2);
    let objective = world.bind(&Ranking::default());
    let response = world.response(&*objective, &[]);
    let [a, b, c] = [2.0f64.exp(), 1.0f64.exp(), 1.0];
    let total = a + b + c;
    let both = a / total * b / (b + c) + b / total * a / (a + c);
    let pair = (-3.0f64).exp().ln_1p();
    assert_close(&world.losses(&*objective, &response), &[-both.ln(), pair]);
    let judgements = world.judgements(&*objective, &response);
    assert_eq!(judgements[0].answer.observed, [1.0, 0.0, 0.0]); // {a, b}, {a, c}, {b, c}
}

#[test]
fn stages_add_up_to_plackett_luce() {
    let orders: [&[u32]; 4] = [&[1, 2, 3, 4], &[2, 1, 2, 3], &[1, 1, 1, 2], &[3, 1, 3, 1]];
    for ranks in orders {
        let world = world(&[(&["d", "b", "a", "c"], ranks)]);
        let objective = world.bind(&Ranking::default());
        let set: [(&str, &[f32]); 1] = [(crate::RATIONALITY, &[0.5])];
        let response = world.response(&*objective, &set);
        let sum: f64 = world.losses(&*objective, &response).iter().sum();
        let place = crate::fixture::place();
        let returns = place.tensor(vec![-1.0, 1.0, 2.0, 0.0], [1, 1, 4]);
        let beta = response.rationality().unsqueeze_dim::<3>(2);
        let mask = place.tensor(vec![1.0; 4], [1, 4]);
        let allowed = TieOrders::new(&[ranks.to_vec()], 4, &place.device).unwrap();
        let direct = host(plackett_luce_ties(returns * beta, mask, &allowed))[0];
        assert!((sum + direct).abs() < 1e-9, "{ranks:?}: {sum} {direct}");
    }
}

/// Stages of more than 64 options are padded to be computed together, those of fewer are not.
#[test]
fn stages_of_a_long_ranking_by_hand() {
    let count = 140_u32;
    let returns: Vec<f32> = (0..count).map(|i| (i as f32 * 0.7).sin()).collect();
    let names: Vec<String> = (0..count).map(|i| format!("s{i:03}")).collect();
    let steps: Vec<[f32; 1]> = returns.iter().map(|&it| [it]).collect();
    let segments: Vec<(&str, &str, &[f32])> =
        names.iter().zip(&steps).map(|(name, steps)| (&**name, "e", &steps[..])).collect();
    let mut builder = control(&segments);
    builder.insert(checked(vec![feedback::Ranking {
        segments: names.iter().map(|name| name.as_str().into()).collect(),
        ranks: (1..=count).collect(),
        reason: None,
        provenance: Provenance::default(),
    }]));
    let world = World::new(builder);
    let objective = world.bind(&Ranking::default());
    let response = world.response(&*objective, &[]);
    let log_sum = |rest: &[f32]| rest.iter().map(|&it| f64::from(it).exp()).sum::<f64>().ln();
    let stage = |i: usize| log_sum(&returns[i..]) - f64::from(returns[i]);
    let expected: Vec<f64> = (0..count as usize - 1).map(stage).collect();
    assert_close(&world.losses(&*objective, &response), &expected);
    for judgement in world.judgements(&*objective, &response) {
        let total: f64 = judgement.log_probabilities.iter().map(|it| it.exp()).sum();
        assert!((total - 1.0).abs() < 1e-5, "{total}");
    }
}

#[test]
fn rankings_that_say_nothing_are_counted() {
    let all_tied: (&[&str], &[u32]) = (&["a", "b"], &[1, 1]);
    let error = world(&[all_tied]).refusal(&Ranking::default());
    assert!(error.contains("1 rank all segments the same"), "{error}");
    let objective = world(&[all_tied, (&["a", "b"], &[1, 2])]).bind(&Ranking::default());
    assert_eq!(objective.statements().dropped["rank all segments the same"], 1);
    assert_eq!(objective.statements().len(), 1);
}

#[test]
fn equal_choice_sets_are_one_item() {
    let world = world(&[(&["a", "b"], &[1, 2]), (&["b", "a"], &[1, 2])]);
    let objective = world.bind(&Ranking::default());
    let judgements = world.judgements(&*objective, &world.response(&*objective, &[]));
    assert_eq!(judgements[0].answer.item, judgements[1].answer.item);
    assert_eq!((judgements[0].answer.observed[0], judgements[1].answer.observed[0]), (1.0, 0.0));
}

#[test]
fn later_stages_are_less_careful_by_hand() {
    let world = world(&[(&["c", "a", "b"], &[3, 1, 2])]);
    let objective = world.bind(&Ranking { stages: Stages::Differ, ..Ranking::default() });
    let half = -std::f32::consts::LN_2;
    let response = world.response(&*objective, &[("stage-log-rationality", &[half])]);
    let [two, one] = [2.0f64.exp(), 1.0f64.exp()];
    let expected = [(two + one + 1.0).ln() - 2.0, (-0.5f64).exp().ln_1p()];
    assert_close(&world.losses(&*objective, &response), &expected);
}

/// After the first choice, which all make alike, ann is half as careful as others.
#[test]
fn personal_stages_by_hand() {
    let mut world = world(&[(&["c", "a", "b"], &[3, 1, 2])]);
    let again = feedback::Ranking {
        segments: ["c", "a", "b"].map(Into::into).to_vec(),
        ranks: vec![3, 1, 2],
        reason: None,
        provenance: crate::fixture::by("ann"),
    };
    let options = Ranking { stages: Stages::PerAnnotator, ..Ranking::default() };
    let error = world.refusal(&options);
    assert!(error.contains("`stages = \"per-annotator\"` needs annotators"), "{error}");
    world.dataset.insert(checked(vec![again])).unwrap();
    let objective = world.bind(&options);
    let half = -std::f32::consts::LN_2;
    let response = world.response(&*objective, &[(DEVIATION, &[half])]);
    let [two, one] = [2.0f64.exp(), 1.0f64.exp()];
    let first = (two + one + 1.0).ln() - 2.0;
    let later = |beta: f64| (-beta).exp().ln_1p();
    let expected = [first, later(1.0), first, later(0.5)];
    assert_close(&world.losses(&*objective, &response), &expected);
}

/// Stages are relative to the first one: a mixing that fixes rationality leaves them to be
/// learned, and would ignore `stages` in silence if they had its role.
#[test]
fn stages_are_no_rationality_to_be_fixed() {
    let world = world(&[(&["c", "a", "b"], &[3, 1, 2])]);
    let objective = world.bind(&Ranking { stages: Stages::Differ, ..Ranking::default() });
    let roles: Vec<_> = objective.parameters(&[0, 1]).into_iter().map(|p| p.role).collect();
    assert_eq!(roles, [ParameterRole::Rationality, ParameterRole::Other]);
}

/// What somebody said of pairs: `>`, `=` or `<`.
fn compared(who: Option<&str>, pairs: &[&str]) -> Vec<feedback::Comparison> {
    let pair = |text: &&str| {
        let (first, second) = (text[..1].into(), text[2..].into());
        let told = match &text[1..2] {
            ">" => feedback::Comparison::new(first, second, 1.0),
            "<" => feedback::Comparison::new(first, second, 0.0),
            _ => feedback::Comparison::tied(first, second),
        };
        let provenance = who.map(crate::fixture::by).unwrap_or_default();
        feedback::Comparison { provenance, ..told }
    };
    pairs.iter().map(pair).collect()
}

fn with_pairs(records: Vec<feedback::Comparison>) -> World {
    let mut world = world(&[]);
    world.dataset.insert(checked(records)).unwrap();
    world
}

const COMPARED: Ranking = Ranking {
    from: RankedBy::Comparisons,
    ties: TiedRanks::DavidsonLuce,
    rationality: Sharing::Shared,
    stages: Stages::Alike,
};

#[test]
fn ties_as_answers_by_hand() {
    // Returns 2, 1 and 0: a first alone, then b and c tied.
    let world = world(&[(&["c", "a", "b"], &[2, 1, 2])]);
    let options = Ranking { ties: TiedRanks::DavidsonLuce, ..Ranking::default() };
    let objective = world.bind(&options);
    let set: [(&str, &[f32]); 1] = [(TIE, &[0.5, -1.0])];
    let response = world.response(&*objective, &set);
    let e = |x: f64| x.exp();
    let all = e(2.0) + e(1.0) + 1.0 + e(0.5) * (e(1.5) + e(1.0) + e(0.5)) + e(-1.0) * e(1.0);
    let rest = e(1.0) + 1.0 + e(0.5) * e(0.5);
    let expected = [all.ln() - 2.0, rest.ln() - 1.0];
    assert_close(&world.losses(&*objective, &response), &expected);
    let judgements = world.judgements(&*objective, &response);
    // {a}, {b}, {a, b}, {c} and so on; {b}, {c}, {b, c}.
    assert_eq!(judgements[0].answer.observed, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(judgements[1].answer.observed, [0.0, 0.0, 1.0]);
    assert_eq!(objective.responses(), ResponseSet::TiedSets);
}

/// All six pairs of one person are one order of three stages, whatever their presentation, and say
/// what the ranking itself says.
#[test]
fn pairs_of_one_person_are_one_order() {
    let pairs = compared(None, &["b<a", "c=b", "d<a", "a>c", "b>d", "d<c"]);
    let world = with_pairs(pairs);
    let objective = world.bind(&COMPARED);
    let statements = objective.statements();
    assert_eq!((statements.len(), statements.notes.len(), statements.dropped.len()), (2, 0, 0));
    let [first, second] = &statements.origins[..] else { panic!() };
    assert_eq!((first.record, &first.segments[..]), (0, &[0, 1, 2, 3][..]));
    assert_eq!((second.record, &second.segments[..]), (0, &[1, 2, 3][..]));
    let told = self::world(&[(&["a", "b", "c", "d"], &[1, 2, 2, 3])]);
    let ranked = told.bind(&Ranking { from: RankedBy::Rankings, ..COMPARED });
    let losses = told.losses(&*ranked, &told.response(&*ranked, &[]));
    assert_close(&world.losses(&*objective, &world.response(&*objective, &[])), &losses);
}

#[test]
fn people_and_collections_are_kept_apart() {
    let mut pairs = compared(Some("ann"), &["a>b", "b>c", "a>c"]);
    pairs.extend(compared(Some("bob"), &["a<b", "b<c", "a<c"]));
    let elsewhere = |mut record: feedback::Comparison| {
        record.provenance.source = Some("elsewhere".into());
        record
    };
    pairs.extend(compared(Some("ann"), &["a=b"]).into_iter().map(elsewhere));
    let world = with_pairs(pairs);
    let objective = world.bind(&COMPARED);
    let records: Vec<u32> = objective.statements().origins.iter().map(|o| o.record).collect();
    assert_eq!(records, [0, 0, 3, 3, 6]);
    assert_eq!(objective.statements().notes.len(), 0);
}

/// Two segments are Davidson's comparison, and what is no order stays pairs.
#[test]
fn pairs_that_are_no_order_stay_pairs() {
    let said = [
        (&["a>b", "b>c", "a<c"][..], NO_ORDER),
        (&["a=b", "b=c", "a>c"], NO_ORDER),
        (&["a>b", "b>c"], "leave out a pair of their segments and are read as pairs"),
        (&["a>b", "b>c", "a>c", "b>a"], "compare a pair twice and are read as pairs"),
    ];
    for (pairs, note) in said {
        let world = with_pairs(compared(None, pairs));
        let objective = world.bind(&COMPARED);
        assert_eq!(objective.statements().notes, [(note.to_owned(), pairs.len())].into());
        let compare = world.bind(&crate::Comparison { offset: false, ..Default::default() });
        let losses = |objective: &dyn Objective| {
            let response = world.response(objective, &[(TIE, &[0.7])]);
            world.losses(objective, &response)
        };
        assert_close(&losses(&*objective), &losses(&*compare));
    }
    // The same pair twice is nothing that could be put together.
    let objective = with_pairs(compared(None, &["a>b", "b>a"])).bind(&COMPARED);
    assert_eq!((objective.statements().len(), objective.statements().notes.len()), (2, 0));
}

const NO_ORDER: &str = "are no order with ties, taken together, and are read as pairs";

#[test]
fn pooled_answers_are_nobodys_order() {
    let shared = feedback::Comparison::new("a".into(), "b".into(), 0.7);
    let votes = Provenance { votes: Some(5), ..Provenance::default() };
    let pooled = feedback::Comparison { provenance: votes, ..shared.clone() };
    let pooled = feedback::Comparison { preference: 1.0, ..pooled };
    let reason = "2 are shares of several answers, which are no one person's order";
    let error = with_pairs(vec![shared.clone(), pooled]).refusal(&COMPARED);
    assert!(error.contains(reason) && error.contains("comparison"), "{error}");
    let mut some = compared(None, &["a=c", "c=d", "a=d"]);
    some.push(shared);
    let objective = with_pairs(some.clone()).bind(&COMPARED);
    assert_eq!(objective.statements().dropped[&reason[2..]], 1);
    // A tie of all is an answer, and where the size of ties is given, it says nothing.
    assert_eq!(objective.statements().len(), 1);
    some.extend(compared(Some("ann"), &["a>b"]));
    let given = Ranking { ties: TiedRanks::UnobservedOrder, ..COMPARED };
    let objective = with_pairs(some).bind(&given);
    assert_eq!(objective.statements().dropped["rank all segments the same"], 3);
}

#[test]
fn the_time_of_an_order_is_that_of_all_its_pairs() {
    let timed = |mut record: feedback::Comparison| {
        record.provenance.seconds = Some(2.5);
        record
    };
    let pairs: Vec<_> = compared(None, &["a>b", "b>c", "a>c"]).into_iter().map(timed).collect();
    let objective = with_pairs(pairs.clone()).bind(&COMPARED);
    assert_eq!(objective.statements().origins[1].seconds, Some(7.5));
    let mut untimed = pairs;
    untimed[1].provenance.seconds = None;
    assert_eq!(with_pairs(untimed).bind(&COMPARED).statements().origins[0].seconds, None);
}

#[test]
fn thirteen_segments_have_too_many_sets() {
    let names: Vec<String> = (0..13).map(|i| format!("s{i}")).collect();
    let segments: Vec<(&str, &str, &[f32])> =
        names.iter().map(|name| (name.as_str(), "e", &[0.0f32][..])).collect();
    let mut builder = control(&segments);
    let ranked = |count: u32| feedback::Ranking {
        segments: names[..count as usize].iter().map(|name| name.as_str().into()).collect(),
        ranks: (1..=count).collect(),
        reason: None,
        provenance: Provenance::default(),
    };
    builder.insert(checked(vec![ranked(13), ranked(12)]));
    let world = World::new(builder);
    let objective = world.bind(&Ranking { ties: TiedRanks::DavidsonLuce, ..Ranking::default() });
    assert_eq!(objective.statements().len(), 11);
    let reason = "rank more than 12 segments, whose ties of every size are too many to sum over";
    assert_eq!(objective.statements().dropped[reason], 1);
}
