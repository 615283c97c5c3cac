//! Golden counts of `datasets/overcooked_hh`.

use crate::{by_source, check_import, folder, records};
use medley_dataset::*;
use medley_encoder::*;
use medley_feedback::*;
use medley_formats::Overcooked;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn overcooked_is_as_published() {
    let dataset = check_import(&Overcooked::default(), "overcooked_hh", "");
    let (groups, segments) = (dataset.groups(), dataset.segments());
    assert_eq!(groups.len(), 39);
    assert_eq!(dataset.people().len(), 16);
    let rewards = segments.true_rewards().unwrap();
    let (mut loops, mut scores) = (BTreeMap::<&str, usize>::new(), Vec::new());
    for trial in 0..39 {
        let rows = segments.steps(segments.index(&groups.id(trial).into()).unwrap());
        assert!((1136..=1204).contains(&rows.len()));
        *loops.entry(groups.prompt(trial).unwrap()).or_default() += rows.len();
        scores.push(rewards[rows].iter().sum::<f64>());
    }
    let expected = [
        ("asymmetric_advantages", 10_768),
        ("coordination_ring", 9_619),
        ("cramped_room", 9_564),
        ("random0", 7_151),
        ("random3", 9_627),
    ];
    assert_eq!(Vec::from_iter(loops), expected);
    assert_eq!(expected.iter().map(|(_, count)| count).sum::<usize>(), 46_729);
    let extreme = |pick: fn(f64, f64) -> f64| scores.iter().copied().reduce(pick).unwrap();
    assert_eq!((extreme(f64::min), extreme(f64::max)), (45.0, 205.0));
    assert_eq!((scores.iter().sum::<f64>() / 39.0 * 10.0).round(), 888.0);

    let demonstrations: Vec<Demonstration> = records(&dataset);
    let trials = by_source(&demonstrations, "trial");
    let people: BTreeSet<_> = trials.iter().map(|d| d.provenance.annotator.clone()).collect();
    assert_eq!((trials.len(), people.len()), (39, 16));
    assert!(trials.iter().all(|d| d.alternatives.is_empty()));
    let endings = by_source(&demonstrations, "ending");
    assert_eq!(endings.len(), 39);
    assert!(endings.iter().all(|d| [10, 11].contains(&d.alternatives.len())));
    // Both players at each twentieth loop, and those of them who did not wait.
    let (actions, acts) = (by_source(&demonstrations, "action"), by_source(&demonstrations, "act"));
    assert_eq!((actions.len(), acts.len()), (4_728, 1_968));
    assert!(actions.iter().all(|d| d.alternatives.len() == 5));
    assert!(acts.iter().all(|d| d.alternatives.len() == 4));

    let comparisons: Vec<Comparison> = records(&dataset);
    assert_eq!(by_source(&comparisons, "score-trial").len(), 135);
    let windows = by_source(&comparisons, "score-window");
    let count = |shares: [f64; 3]| windows.iter().filter(|c| c.distribution() == shares).count();
    let decided = [count([1., 0., 0.]), count([0., 0., 1.])];
    assert_eq!((windows.len(), count([0., 1., 0.])), (2_497, 1_041));
    // The order tells nothing, although later windows earn more in 70 % of the decided pairs.
    assert!(decided[0].abs_diff(decided[1]) < 60, "{decided:?}");
}

#[test]
fn overcooked_pairs_wait_in_a_third_of_all_loops() {
    let dataset = Dataset::open(&folder("overcooked_hh")).unwrap();
    let names = ["p1-acts-wait", "p2-acts-wait", "p1-holds-soup", "p1-interacts-serving"];
    let features = StoredSteps {}.encode(&dataset).unwrap();
    let features = features.project(&names.map(str::to_owned)).unwrap();
    let (mut waiting, mut served, mut earned) = (0, 0, 0.0);
    let (segments, rewards) = (dataset.segments(), dataset.segments().true_rewards().unwrap());
    for trial in 0..39 {
        let i = segments.index(&dataset.groups().id(trial).into()).unwrap();
        let values = features.segment(i);
        let rows = values.chunks_exact(names.len());
        waiting += rows.clone().filter(|row| row[0] == 1.0 && row[1] == 1.0).count();
        served += rows.filter(|row| row[2] == 1.0 && row[3] == 1.0).count();
        earned += rewards[segments.steps(i)].iter().sum::<f64>();
    }
    assert_eq!((waiting, (waiting as f64 / 467.29).round()), (16_296, 35.0));
    // 693 soups in all, each worth 5 points.
    assert_eq!(earned, 5.0 * 693.0);
    assert!(served < 693 && served > 0, "{served}");
}
