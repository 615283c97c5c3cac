//! The arrows between crates, as `docs/ARCHITECTURE.md` draws them, over `cargo metadata`; and between
//! the files of each crate, which make no circle.
#![allow(clippy::unwrap_used)]

#[path = "arrows/circles.rs"]
mod circles;
#[path = "arrows/features.rs"]
mod features;

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};

/// Which crates each crate names directly. A new arrow is a decision: it is written here and in
/// `docs/ARCHITECTURE.md`.
const ALLOWED: &[(&str, &[&str])] = &[
    ("random", &[]),
    ("whole-file", &[]),
    ("feedback", &[]),
    ("evaluation", &["toml-file"]),
    ("likelihood", &[]),
    ("reward-model", &["toml-file"]),
    ("dataset", &["feedback", "whole-file"]),
    ("encoder", &["dataset", "toml-file"]),
    ("formats", &["feedback", "dataset", "whole-file"]),
    ("sentence-encoder", &["dataset", "encoder", "whole-file"]),
    (
        "adapter",
        &[
            "random",
            "feedback",
            "dataset",
            "encoder",
            "likelihood",
            "reward-model",
            "evaluation",
            "people",
        ],
    ),
    (
        "training",
        &[
            "random",
            "toml-file",
            "evaluation",
            "adapter",
            "dataset",
            "encoder",
            "reward-model",
            "whole-file",
            "sampler",
        ],
    ),
    ("theory", &["random", "evaluation"]),
    ("report", &["evaluation", "whole-file"]),
    ("doctor", &["feedback", "dataset", "evaluation", "theory", "report"]),
    ("tensorboard", &[]),
    ("toml-file", &[]),
    ("cluster", &["toml-file", "whole-file"]),
    ("toml-schema", &[]),
    (
        "plan",
        &[
            "cluster",
            "toml-file",
            "dataset",
            "encoder",
            "reward-model",
            "evaluation",
            "adapter",
            "training",
            "world",
            "querying",
        ],
    ),
    (
        "saved-model",
        &["toml-file", "dataset", "encoder", "reward-model", "adapter", "training", "whole-file"],
    ),
    (
        "run",
        &[
            "whole-file",
            "plan",
            "saved-model",
            "dataset",
            "encoder",
            "reward-model",
            "evaluation",
            "adapter",
            "training",
            "report",
            "toml-file",
            "world",
            "policy",
            "behaviour",
            "querying",
            "random",
        ],
    ),
    ("exact", &["random", "toml-file", "theory", "report", "sampler", "people"]),
    ("sampler", &["random"]),
    ("world", &["random", "toml-file", "dataset"]),
    ("mujoco", &["random", "toml-file", "world"]),
    ("policy", &["random", "world"]),
    ("querying", &["random", "toml-file"]),
    ("aggregation", &["random", "evaluation", "theory", "toml-file"]),
    ("people", &["aggregation", "evaluation", "random", "sampler", "theory", "toml-file"]),
    (
        "study",
        &[
            "adapter",
            "aggregation",
            "dataset",
            "encoder",
            "evaluation",
            "people",
            "plan",
            "report",
            "reward-model",
            "saved-model",
            "theory",
            "toml-file",
        ],
    ),
    (
        "behaviour",
        &[
            "random",
            "feedback",
            "dataset",
            "encoder",
            "likelihood",
            "reward-model",
            "evaluation",
            "adapter",
            "toml-file",
            "world",
            "policy",
        ],
    ),
    (
        "annotator",
        &[
            "random",
            "toml-file",
            "feedback",
            "dataset",
            "encoder",
            "reward-model",
            "adapter",
            "world",
            "policy",
            "behaviour",
            "ppo",
        ],
    ),
    ("ppo", &["random", "toml-file", "whole-file", "reward-model", "world"]),
    (
        "optimize",
        &[
            "toml-file",
            "dataset",
            "evaluation",
            "theory",
            "report",
            "world",
            "policy",
            "ppo",
            "saved-model",
        ],
    ),
];

/// Heavy dependencies that a crate must not even reach through others.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("feedback", &["burn", "polars"]),
    ("evaluation", &["burn", "polars"]),
    ("theory", &["burn", "polars"]),
    ("likelihood", &["polars", "medley-feedback"]),
    ("reward-model", &["polars", "medley-feedback"]),
    ("dataset", &["burn"]),
    ("encoder", &["burn"]),
    ("formats", &["burn"]),
    ("sentence-encoder", &["medley-adapter", "medley-reward-model"]),
    ("training", &["plotters", "medley-report"]),
    ("report", &["burn", "medley-training"]),
    ("doctor", &["burn"]),
    ("tensorboard", &["burn", "polars", "serde"]),
    ("toml-file", &["burn", "polars"]),
    ("toml-schema", &["burn", "polars", "toml"]),
    ("plan", &["plotters", "medley-report", "medley-saved-model"]),
    ("saved-model", &["medley-plan", "medley-run"]),
    ("exact", &["medley-plan", "medley-run"]),
    ("world", &["burn", "medley-encoder", "medley-evaluation"]),
    ("mujoco", &["burn", "medley-encoder", "medley-evaluation"]),
    ("policy", &["burn", "medley-encoder", "medley-evaluation"]),
    ("annotator", &["plotters", "medley-training", "medley-report", "medley-plan"]),
    ("ppo", &["medley-training", "medley-evaluation"]),
    ("optimize", &["medley-plan", "medley-run"]),
    ("sampler", &["burn", "polars"]),
    ("querying", &["burn", "polars", "medley-dataset"]),
    ("aggregation", &["burn", "polars", "medley-dataset"]),
    ("people", &["burn", "polars", "medley-dataset"]),
];

struct Graph(BTreeMap<String, BTreeSet<String>>);

impl Graph {
    /// Normal dependencies of every package in the build.
    fn read() -> Self {
        let metadata = MetadataCommand::new().exec().unwrap();
        let name = |id| metadata[id].name.to_string();
        let resolve = metadata.resolve.as_ref().unwrap();
        let edges = resolve.nodes.iter().map(|node| {
            let normal = node
                .deps
                .iter()
                .filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal));
            (name(&node.id), normal.map(|dep| name(&dep.pkg)).collect())
        });
        Self(edges.collect())
    }

    fn reach(&self, from: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut open = vec![from];
        while let Some(package) = open.pop() {
            for next in self.0.get(package).into_iter().flatten() {
                if reached.insert(next.as_str()) {
                    open.push(next);
                }
            }
        }
        reached
    }
}

#[test]
fn crates_depend_along_the_arrows() {
    let graph = Graph::read();
    for (package, allowed) in ALLOWED {
        let allowed: BTreeSet<String> =
            allowed.iter().map(|name| format!("medley-{name}")).collect();
        let found: BTreeSet<String> = graph.0[&format!("medley-{package}")]
            .iter()
            .filter(|name| name.starts_with("medley"))
            .cloned()
            .collect();
        assert_eq!(found, allowed, "what medley-{package} names, and its arrows");
    }
}

#[test]
fn heavy_dependencies_stay_where_they_belong() {
    let graph = Graph::read();
    let of_binary = graph.reach("medley");
    for (package, forbidden) in FORBIDDEN {
        let package = format!("medley-{package}");
        assert!(graph.0.contains_key(&package), "there is no {package}");
        let reached = graph.reach(&package);
        for heavy in *forbidden {
            // A name that nothing reaches is misspelt, or is no dependency of ours any more.
            assert!(of_binary.contains(heavy), "nothing reaches {heavy}");
            assert!(!reached.contains(heavy), "{package} reaches {heavy}");
        }
    }
}

/// The map of `docs/ARCHITECTURE.md`, from each crate to those that it may name.
fn map() -> Graph {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/ARCHITECTURE.md")).unwrap();
    let (_, below) = page.split_once("`tests/arrows.rs` holds the arrows").unwrap();
    let (section, _) = below.split_once("\n## ").unwrap();
    let drawn = section.lines().filter_map(|line| line.strip_prefix("    "));
    let mut map: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for chain in drawn.flat_map(|line| line.split("   ")) {
        let groups: Vec<Vec<&str>> =
            chain.trim().split(" -> ").map(|group| group.split(", ").collect()).collect();
        for pair in groups.windows(2) {
            for &to in &pair[1] {
                let named = map.entry(to.to_owned()).or_default();
                named.extend(pair[0].iter().map(|&from| from.to_owned()));
            }
        }
    }
    Graph(map)
}

#[test]
fn the_map_draws_every_arrow_or_implies_it() {
    let map = map();
    for (package, allowed) in ALLOWED {
        let reached = map.reach(package);
        let absent: Vec<_> = allowed.iter().filter(|name| !reached.contains(*name)).collect();
        assert!(absent.is_empty(), "the map leads from {absent:?} to {package} in no way");
        for drawn in map.0.get(*package).into_iter().flatten() {
            assert!(allowed.contains(&drawn.as_str()), "no arrow from {drawn} to {package}");
        }
    }
}

#[test]
fn every_crate_is_in_the_table_and_none_is_a_drawer() {
    let listed: BTreeSet<String> =
        ALLOWED.iter().map(|(name, _)| format!("medley-{name}")).collect();
    let found: BTreeSet<String> =
        Graph::read().0.into_keys().filter(|name| name.starts_with("medley-")).collect();
    assert_eq!(found, listed);
    for drawer in ["core", "common", "utils", "base", "helpers"] {
        assert!(!found.iter().any(|name| name.ends_with(drawer)), "{drawer}");
    }
}
