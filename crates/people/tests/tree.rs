//! Trees of people on real panels, against the printed reference output of R's `psychotree`.
#![allow(clippy::unwrap_used)]

mod support;

use medley_people::{FittedTree, Tree};
use support::{Background, Ties, with_background};

fn grow(name: &str, background: &Background<'_>, ties: Ties) -> (FittedTree, Vec<String>) {
    let (panel, items) = with_background(name, background, ties);
    let all: Vec<usize> = (0..panel.statements().len()).collect();
    let start = std::time::Instant::now();
    let tree = Tree { people: Some(5), ..Tree::default() }.fit_tree(&panel, &all).unwrap();
    println!("{name}: {:?}", start.elapsed());
    (tree, items)
}

/// Worths that sum to 1, the first item's weight being 0.
fn worths(view: &[f64], items: usize) -> Vec<f64> {
    let own: Vec<f64> = [0.0].iter().chain(&view[..items - 1]).map(|w| w.exp()).collect();
    let sum: f64 = own.iter().sum();
    own.iter().map(|w| w / sum).collect()
}

#[test]
fn the_tree_of_topmodel2007() {
    let background = Background { numbers: &["age"], factors: &["gender", "q1", "q2", "q3"] };
    let (tree, items) = grow("topmodel2007", &background, Ties::Half);
    assert_eq!(items, ["Barbara", "Anni", "Hana", "Fiona", "Mandy", "Anja"]);
    let root = &tree.nodes[0];
    assert!((root.log_likelihood + 1912.0548).abs() < 1e-3, "{}", root.log_likelihood);
    // p-values among five tests. That of age is exact here (a series of Kummer's functions says the same);
    // by Hansen's approximation `psychotree` prints 0.00079.
    for (name, statistic, p, within) in [
        ("gender", 17.08798, 0.02149, 5e-6),
        ("age", 32.36, 1.39e-3, 3e-6),
        ("q1", 12.6320, 0.1283, 5e-5),
        ("q2", 19.83922, 0.00668, 5e-6),
        ("q3", 6.7586, 0.7452, 5e-5),
    ] {
        let test = root.tests.iter().find(|test| test.name.starts_with(name)).unwrap();
        let found = test.p_among(5);
        assert!((test.statistic - statistic).abs() < 5e-3, "{test:?}");
        assert!((found - p).abs() < within, "{name}: {found} {p}");
    }
    let splits: Vec<&str> =
        tree.nodes.iter().filter_map(|node| Some(node.split.as_ref()?.name.as_str())).collect();
    assert_eq!(splits[0], "age <= 52");
    let leaves: Vec<_> = tree.leaves().collect();
    let expect = [
        (56, -530.2829, [0.2659, 0.21278, 0.1609, 0.1945, 0.06275, 0.10310]),
        (71, -700.2343, [0.1746, 0.12305, 0.2625, 0.2254, 0.10188, 0.11259]),
        (35, -312.7584, [0.1889, 0.16993, 0.3851, 0.1142, 0.09232, 0.04958]),
        (30, -285.3573, [0.2585, 0.05573, 0.1531, 0.1605, 0.16427, 0.20792]),
    ];
    assert_eq!(leaves.len(), 4);
    for (leaf, (people, value, expect)) in leaves.iter().zip(expect) {
        assert_eq!(leaf.people, people);
        assert!((leaf.log_likelihood - value).abs() < 1e-3, "{} {value}", leaf.log_likelihood);
        for (found, expect) in worths(&leaf.view, 6).iter().zip(expect) {
            assert!((found - expect).abs() < 6e-5, "{found} {expect}");
        }
    }
}

#[test]
fn the_tree_of_cems_choice() {
    let factors = &["french", "spanish", "italian", "study", "work", "gender", "intdegree"];
    let background = Background { numbers: &[], factors };
    let (tree, items) = grow("cems_choice", &background, Ties::Davidson);
    assert_eq!(items, ["London", "Paris", "Milano", "StGallen", "Barcelona", "Stockholm"]);
    let expect = [
        [0.2083, 0.12682, 0.15936, 0.06905, 0.42506, 0.01135],
        [0.4315, 0.08630, 0.34017, 0.05205, 0.06060, 0.02939],
        [0.3325, 0.42215, 0.05478, 0.06144, 0.09252, 0.03656],
        [0.3989, 0.22586, 0.08578, 0.13480, 0.09108, 0.06360],
        [0.4104, 0.09624, 0.07697, 0.15767, 0.16424, 0.09451],
    ];
    let leaves: Vec<Vec<f64>> = tree.leaves().map(|leaf| worths(&leaf.view, 6)).collect();
    assert_eq!(leaves.len(), 5);
    for expect in expect {
        let is = |leaf: &&Vec<f64>| leaf.iter().zip(expect).all(|(w, e)| (w - e).abs() < 6e-5);
        assert_eq!(leaves.iter().filter(is).count(), 1, "{expect:?}");
    }
}

/// Ties as half a vote for either side: other worths than with a parameter of their own.
#[test]
fn ties_as_half_a_vote() {
    let factors = &["french", "spanish", "italian", "study", "work", "gender", "intdegree"];
    let background = Background { numbers: &[], factors };
    let (tree, _) = grow("cems_choice", &background, Ties::Half);
    let leaves: Vec<Vec<f64>> = tree.leaves().map(|leaf| worths(&leaf.view, 6)).collect();
    assert!((tree.nodes[0].log_likelihood + 2802.1955).abs() < 1e-3);
    let london: Vec<f64> = leaves.iter().map(|leaf| leaf[0]).collect();
    assert_eq!(london.len(), 5);
    for (found, expect) in london.iter().zip([0.2094, 0.3892, 0.3207, 0.3625, 0.3744]) {
        assert!((found - expect).abs() < 6e-5, "{london:?}");
    }
}
