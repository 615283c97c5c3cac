//! Kinds about sets of segments: rankings and demonstrations.

use crate::{
    by, drawn, fixture, id, keeps, keeps_beyond_sums, keeps_unfitted, keeps_unfitted_beyond_sums,
    queries,
};
use burn::tensor::Device;
use medley_adapter::conformance::{Fixture, Law, RecordSet, Truth};
use medley_adapter::{
    ChoiceSet, Demonstration, DemonstrationLikelihood, RankedBy, Ranking, Sharing, Stages,
    TiedRanks,
};
use medley_dataset::{Card, Dataset, DatasetBuilder, Domain};
use medley_feedback as feedback;
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

fn ranking(segments: &[usize], ranks: &[u32]) -> feedback::Ranking {
    feedback::Ranking {
        segments: segments.iter().map(|&segment| id(segment)).collect(),
        ranks: ranks.to_vec(),
        reason: None,
        provenance: feedback::Provenance::default(),
    }
}

fn rank(truth: &Truth, rng: &mut ChaCha8Rng) -> RecordSet {
    let records = (0..150).map(|_| {
        let mut left: Vec<usize> = (0..4).map(|i| 15 * i + rng.random_range(0..15)).collect();
        let shown = left.clone();
        let mut ranks = vec![0; 4];
        for rank in 1..=4 {
            let weights: Vec<f64> = left.iter().map(|&s| (3.0 * truth.mean(s)).exp()).collect();
            let best = left.remove(drawn(&weights, rng));
            ranks[shown.iter().position(|&s| s == best).unwrap()] = rank;
        }
        ranking(&shown, &ranks)
    });
    RecordSet::new(records.collect())
}

const LISTS: [&[u32]; 6] = [&[2, 0, 1], &[4, 7, 5, 6], &[3, 1], &[11, 9, 10], &[8, 2, 5], &[6, 0]];

const SKIPPED: [Law; 1] = [Law::Mirror];
/// Of rankings, whose later stages are about what is left by those before.
const OF_STAGES: [Law; 2] = [Law::Mirror, Law::Drawn];
/// Of those that nobody is asked for.
const OF_STAGES_UNASKED: [Law; 3] = [Law::Mirror, Law::Drawn, Law::Calibrated];

#[test]
fn ranking_keeps_all_laws() {
    let orders: [[u32; 3]; 6] = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]];
    let answers = orders.iter().map(|ranks| vec![ranking(&[8, 9, 10], ranks)]).collect();
    // Stages: two for three distinct ranks, three for four, one for two.
    let records = vec![
        ranking(&[0, 1, 2], &[2, 1, 3]),
        ranking(&[4, 5, 6, 7], &[1, 2, 4, 3]),
        ranking(&[3, 1], &[2, 1]),
        ranking(&[11, 10, 9], &[1, 3, 2]),
    ];
    let fixture =
        Fixture { shift_invariant: true, simulate: Some(rank), ..fixture(records, 8, answers) };
    let fixture = Fixture { queries: queries(&LISTS), ..fixture };
    keeps(&Ranking::default(), &fixture, &OF_STAGES);
    let each = Sharing::PerAnnotator;
    keeps(&Ranking { rationality: each, ..Ranking::default() }, &fixture, &OF_STAGES);
    for stages in [Stages::Differ, Stages::PerAnnotator] {
        keeps(&Ranking { stages, rationality: each, ..Ranking::default() }, &fixture, &OF_STAGES);
    }
}

#[test]
fn ranking_with_ties_keeps_all_laws() {
    // Any two of three first, then the third; or the other way round.
    let first: [[u32; 3]; 3] = [[1, 1, 2], [1, 2, 1], [2, 1, 1]];
    let answers = first.iter().map(|ranks| vec![ranking(&[8, 9, 10], ranks)]).collect();
    let records = vec![
        ranking(&[0, 1, 2], &[1, 1, 2]),
        ranking(&[4, 5, 6, 7], &[1, 2, 2, 3]),
        ranking(&[3, 2], &[2, 1]),
        ranking(&[11, 10, 9], &[2, 1, 2]),
    ];
    let fixture = Fixture { shift_invariant: true, ..fixture(records, 5, answers) };
    keeps_unfitted_beyond_sums(&Ranking::default(), &fixture, &OF_STAGES_UNASKED);
}

/// The 13 orders with ties of three segments.
const ORDERS: [[u32; 3]; 13] = [
    [1, 2, 3],
    [1, 3, 2],
    [2, 1, 3],
    [2, 3, 1],
    [3, 1, 2],
    [3, 2, 1],
    [1, 1, 2],
    [1, 2, 1],
    [2, 1, 1],
    [1, 2, 2],
    [2, 1, 2],
    [2, 2, 1],
    [1, 1, 1],
];

/// Ranks of four, each stage drawn out of all sets of what is left, with all sizes of ties as likely
/// in weight.
fn rank_with_ties(truth: &Truth, rng: &mut ChaCha8Rng) -> Vec<(Vec<usize>, Vec<u32>)> {
    let one = |_| {
        let shown: Vec<usize> = (0..4).map(|i| 15 * i + rng.random_range(0..15)).collect();
        let mut ranks = vec![0; 4];
        for rank in 1.. {
            let left: Vec<usize> = (0..4).filter(|&i| ranks[i] == 0).collect();
            let sets = 1..1_usize << left.len();
            let members =
                |set: usize| left.iter().enumerate().filter(move |(i, _)| set >> i & 1 == 1);
            let weight = |set: usize| {
                let sum: f64 = members(set).map(|(_, &i)| 3.0 * truth.mean(shown[i])).sum();
                (sum / f64::from(set.count_ones())).exp()
            };
            let set = drawn(&sets.map(weight).collect::<Vec<_>>(), rng) + 1;
            members(set).for_each(|(_, &i)| ranks[i] = rank);
            if ranks.iter().all(|&rank| rank > 0) {
                break;
            }
        }
        (shown, ranks)
    };
    (0..150).map(one).collect()
}

fn rank_tied(truth: &Truth, rng: &mut ChaCha8Rng) -> RecordSet {
    let orders = rank_with_ties(truth, rng);
    RecordSet::new(orders.iter().map(|(shown, ranks)| ranking(shown, ranks)).collect())
}

#[test]
fn ranking_with_ties_as_answers_keeps_all_laws() {
    let answers = ORDERS.iter().map(|ranks| vec![ranking(&[8, 9, 10], ranks)]).collect();
    // Stages: two, one after which one is left, three, one, one.
    let records = vec![
        ranking(&[0, 1, 2], &[2, 1, 3]),
        ranking(&[11, 10, 9], &[1, 1, 2]),
        ranking(&[4, 5, 6, 7], &[1, 2, 4, 3]),
        ranking(&[3, 1], &[2, 1]),
        ranking(&[2, 3], &[1, 1]),
    ];
    let fixture = Fixture {
        shift_invariant: true,
        simulate: Some(rank_tied),
        queries: queries(&LISTS),
        ..fixture(records, 8, answers)
    };
    let tied = Ranking { ties: TiedRanks::DavidsonLuce, ..Ranking::default() };
    keeps_beyond_sums(&tied, &fixture, &OF_STAGES);
    // How many stages there are follows from the answers, so that parameters of stages do too.
    let fixture = Fixture { queries: Vec::new(), ..fixture };
    let each = Sharing::PerAnnotator;
    for stages in [Stages::Differ, Stages::PerAnnotator] {
        let tied = Ranking { stages, rationality: each, ..tied.clone() };
        keeps_beyond_sums(&tied, &fixture, &OF_STAGES_UNASKED);
    }
}

/// The pairs of an order, by somebody, in some collection.
fn pairs(
    segments: &[usize],
    ranks: &[u32],
    (who, part): (usize, &str),
) -> Vec<feedback::Comparison> {
    let pairs = (1..segments.len()).flat_map(|j| (0..j).map(move |i| (i, j)));
    let told = |(i, j): (usize, usize)| {
        // Every other pair is presented the other way round.
        let (i, j) = if (i + j) % 2 == 0 { (i, j) } else { (j, i) };
        let (first, second) = (id(segments[i]), id(segments[j]));
        let said = match ranks[i].cmp(&ranks[j]) {
            std::cmp::Ordering::Less => feedback::Comparison::new(first, second, 1.0),
            std::cmp::Ordering::Equal => feedback::Comparison::tied(first, second),
            std::cmp::Ordering::Greater => feedback::Comparison::new(first, second, 0.0),
        };
        let provenance = feedback::Provenance { source: Some(part.to_owned()), ..by(who) };
        feedback::Comparison { provenance, ..said }
    };
    pairs.map(told).collect()
}

/// Orders of the two segments of a group, each of an occasion of its own.
fn rank_in_pairs(truth: &Truth, rng: &mut ChaCha8Rng) -> RecordSet {
    let told = (0..300).flat_map(|occasion| {
        let first = 2 * rng.random_range(0..30);
        let (one, other) = (3.0 * truth.mean(first), 3.0 * truth.mean(first + 1));
        let weights = [one, other, (one + other) / 2.0].map(f64::exp);
        let ranks = [[1, 2], [2, 1], [1, 1]][drawn(&weights, rng)];
        pairs(&[first, first + 1], &ranks, (occasion % 3, &format!("occasion {occasion}")))
    });
    RecordSet::new(told.collect())
}

/// Twelve segments of 1 to 4 steps, four in a group.
fn groups_of_four() -> Dataset {
    let rng = &mut ChaCha8Rng::seed_from_u64(3);
    let mut card = Card::new("groups of four", Domain::Control);
    card.features = ["x", "y", "z"].map(str::to_owned).to_vec();
    let mut builder = DatasetBuilder::new(card);
    for number in 0..12 {
        let group = format!("g{}", number / 4);
        if number % 4 == 0 {
            builder.add_group(&group, None, None);
        }
        let steps = 1 + number % 4;
        let rows: Vec<f32> = (0..3 * steps).map(|_| rng.random::<f32>() * 2.0 - 1.0).collect();
        let end = builder.add_steps(&rows);
        builder.add_window(&format!("s{number}"), &[&group], end - steps, steps);
    }
    builder.build().unwrap()
}

#[test]
fn pairs_of_one_order_keep_all_laws() {
    let ann = (0, "one");
    let answers = ORDERS.iter().map(|ranks| RecordSet::new(pairs(&[8, 9, 10], ranks, ann)));
    // Stages: two, two (after which one is left), one, two, one.
    let mut records = [
        pairs(&[0, 1, 2], &[2, 1, 3], ann),
        pairs(&[4, 5, 6, 7], &[1, 2, 2, 3], (1, "one")),
        pairs(&[9, 11], &[1, 2], (2, "other")),
        pairs(&[0, 1, 3], &[1, 3, 2], (2, "other")),
        pairs(&[5, 6, 7], &[1, 1, 1], (0, "other")),
    ]
    .concat();
    // Two of three pairs stay pairs.
    records.extend(pairs(&[1, 2, 3], &[1, 2, 3], (1, "other")).into_iter().skip(1));
    let fixture = Fixture {
        responses: answers.collect(),
        shift_invariant: true,
        simulate: Some(rank_in_pairs),
        ..Fixture::new(groups_of_four(), RecordSet::new(records), 10, Device::flex())
    };
    let compared = Ranking {
        from: RankedBy::Comparisons,
        ties: TiedRanks::DavidsonLuce,
        ..Ranking::default()
    };
    keeps_beyond_sums(&compared, &fixture, &OF_STAGES_UNASKED);
    let each = Sharing::PerAnnotator;
    keeps_beyond_sums(
        &Ranking { rationality: each, stages: Stages::Differ, ..compared },
        &fixture,
        &OF_STAGES_UNASKED,
    );
}

fn demonstration(shown: usize, instead: &[usize]) -> feedback::Demonstration {
    feedback::Demonstration {
        segment: id(shown),
        alternatives: instead.iter().map(|&segment| id(segment)).collect(),
        provenance: feedback::Provenance::default(),
    }
}

fn demonstrate(truth: &Truth, rng: &mut ChaCha8Rng) -> RecordSet {
    let records = (0..200).map(|_| {
        let mut options: Vec<usize> = (0..4).map(|i| 15 * i + rng.random_range(0..15)).collect();
        let weights: Vec<f64> = options.iter().map(|&s| (3.0 * truth.mean(s)).exp()).collect();
        let shown = options.remove(drawn(&weights, rng));
        demonstration(shown, &options)
    });
    RecordSet::new(records.collect())
}

#[test]
fn demonstration_keeps_all_laws() {
    let records = vec![
        demonstration(0, &[1, 2]),
        demonstration(3, &[2]),
        demonstration(5, &[4, 7, 6]),
        demonstration(2, &[0]),
    ];
    let answers = vec![
        vec![demonstration(8, &[9, 10])],
        vec![demonstration(9, &[8, 10])],
        vec![demonstration(10, &[8, 9])],
    ];
    let fixture = Fixture {
        shift_invariant: true,
        simulate: Some(demonstrate),
        queries: queries(&LISTS),
        ..fixture(records, 4, answers)
    };
    keeps(&Demonstration::default(), &fixture, &SKIPPED);
    let by_annotator =
        Demonstration { rationality: Sharing::PerAnnotator, ..Demonstration::default() };
    keeps(&by_annotator, &fixture, &SKIPPED);
}

/// The other segment of the group: `s8` and `s9` are one.
#[test]
fn demonstration_of_a_group_keeps_all_laws() {
    let records: Vec<_> = [0, 3, 6].map(|shown| demonstration(shown, &[])).to_vec();
    let answers = vec![vec![demonstration(8, &[])], vec![demonstration(9, &[])]];
    let fixture = Fixture { shift_invariant: true, ..fixture(records, 3, answers) };
    let group = Demonstration { choice_set: ChoiceSet::Group, ..Demonstration::default() };
    keeps_unfitted(&group, &fixture, &SKIPPED);
    let pair = Demonstration { likelihood: DemonstrationLikelihood::Pair, ..group };
    keeps_unfitted(&pair, &fixture, &SKIPPED);
}

/// A sampled set depends on what was shown, so that no list of answers has one choice set.
#[test]
fn demonstration_of_a_sample_keeps_all_laws() {
    let records: Vec<_> = [0, 3, 6, 9].map(|shown| demonstration(shown, &[])).to_vec();
    let fixture = Fixture { shift_invariant: true, ..fixture(records, 4, Vec::new()) };
    let sampled =
        Demonstration { choice_set: ChoiceSet::Sampled, samples: 3, ..Demonstration::default() };
    keeps_unfitted(&sampled, &fixture, &[Law::Normalization, Law::Mirror, Law::Pair]);
    let pair = Demonstration { likelihood: DemonstrationLikelihood::Pair, ..sampled };
    keeps_unfitted(&pair, &fixture, &[Law::Normalization, Law::Mirror]);
}
