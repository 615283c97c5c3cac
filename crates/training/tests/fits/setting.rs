//! A small known problem: what careful and hasty people say about 80 segments.

use medley_adapter::{Adapter, Comparison, Description, Objective, Select, Selection};
use medley_dataset::{Card, Dataset, DatasetBuilder, Domain};
use medley_encoder::{Encoder, Features, StoredSteps};
use medley_feedback::{Checked, Comparison as Answer, Description as Region, Provenance};
use medley_reward_model::HeadLayout;
use medley_training::{Source, stream};
use rand::RngExt;
use std::collections::BTreeSet;
use std::sync::Arc;

pub const WEIGHTS: [f64; 3] = [1.5, -1.0, 0.5];

/// 80 one-step segments, each a group; 600 comparisons from each of some people, sampled from the
/// likelihood with their rationality.
fn builder(people: &[(&str, f64)], reward: fn([f64; 3]) -> f64, seed: u64) -> DatasetBuilder {
    let rng = &mut stream(seed, "test-dataset");
    let mut card = Card::new("known", Domain::Control);
    card.features = ["a", "b", "c"].map(str::to_owned).to_vec();
    let mut builder = DatasetBuilder::new(card);
    let mut returns = Vec::new();
    for i in 0..80 {
        let x: [f32; 3] = std::array::from_fn(|_| rng.random::<f32>() * 4.0 - 2.0);
        builder.add_group(&format!("g{i}"), None, None);
        builder.add_steps(&x);
        builder.add_window(&format!("s{i}"), &[&format!("g{i}")], i, 1);
        returns.push(reward(x.map(f64::from)));
    }
    let mut records = Vec::new();
    for &(source, rationality) in people {
        for _ in 0..600 {
            let (i, j) = (rng.random_range(0..80), rng.random_range(0..79));
            let j = if j >= i { j + 1 } else { j };
            let p = 1.0 / (1.0 + (-rationality * (returns[i] - returns[j])).exp());
            let first = f64::from(u8::from(rng.random::<f64>() < p));
            let (a, b) = (format!("s{i}"), format!("s{j}"));
            let provenance = Provenance::from_source(source);
            let answer = Answer::new(a.as_str().into(), b.as_str().into(), first);
            records.push(Checked::new(Answer { provenance, ..answer }).unwrap());
        }
    }
    builder.insert(records);
    builder
}

pub struct Setting {
    pub features: Features,
    pub sources: Vec<Source>,
}

/// "Careful" people have rationality 2 and "hasty" ones 0.3.
pub fn setting() -> Setting {
    setting_of([("careful", 2.0), ("hasty", 0.3)])
}

fn linear(x: [f64; 3]) -> f64 {
    x.iter().zip(WEIGHTS).map(|(x, w)| x * w).sum()
}

/// The first 500 statements of each are learned from; all are held out.
pub fn setting_of<const N: usize>(people: [(&str, f64); N]) -> Setting {
    rewarded(people, linear, 11)
}

/// The same of people who want what `reward` says of the features of a segment.
pub fn rewarded<const N: usize>(
    people: [(&str, f64); N],
    reward: fn([f64; 3]) -> f64,
    seed: u64,
) -> Setting {
    let dataset = builder(&people, reward, seed).build().unwrap();
    let features = StoredSteps {}.encode(&dataset).unwrap();
    let adapter = Comparison { offset: false, ..Comparison::default() };
    let sources = people.map(|(name, _)| source(name, &adapter, &dataset, &features, 500));
    Setting { features, sources: sources.into() }
}

/// Comparisons by "careful" people, and what someone says that 60 points between the segments are
/// worth, 40 of them to learn from.
pub fn described(reward: fn([f64; 3]) -> f64) -> Setting {
    let mut builder = builder(&[("careful", 2.0)], reward, 11);
    let rng = &mut stream(12, "test-regions");
    let regions = (0..60).map(|_| {
        let center: [f64; 3] = std::array::from_fn(|_| rng.random::<f64>() * 4.0 - 2.0);
        let value = reward(center) + rng.random::<f64>() - 0.5;
        let provenance = Provenance::from_source("described");
        let center = center.to_vec();
        Checked::new(Region { center, value, text: None, provenance }).unwrap()
    });
    builder.insert(regions.collect());
    let dataset = builder.build().unwrap();
    let features = StoredSteps {}.encode(&dataset).unwrap();
    let comparison = Comparison { offset: false, ..Comparison::default() };
    let sources = vec![
        source("careful", &comparison, &dataset, &features, 500),
        source("described", &Description::default(), &dataset, &features, 40),
    ];
    Setting { features, sources }
}

/// The same people, where feature a is in a unit that is `unit` times as small and, in `blocks`, by itself.
pub fn in_units(setting: Setting, unit: f32, blocks: bool) -> Setting {
    let Setting { features, sources } = setting;
    let mut values = features.rows(0..features.row_count()).into_owned();
    values.chunks_mut(3).for_each(|row| row[0] *= unit);
    let features = Features::new(features.names, values, features.windows);
    let own = [("a".to_owned(), 0..1), ("b".to_owned(), 1..3)];
    let features = if blocks { features.with_blocks(own.to_vec()) } else { features };
    Setting { features, sources }
}

/// A source of the dataset that learns from the first `count` of its statements; all are held out.
fn source(
    name: &str,
    adapter: &dyn Adapter,
    dataset: &Dataset,
    features: &Features,
    count: usize,
) -> Source {
    let selection = Selection {
        source: name,
        dataset,
        features,
        standardizer: None,
        select: &Select::source(name),
        partition: None,
        layout: &HeadLayout::shared(),
        seed: 0,
    };
    let objective: Arc<dyn Objective> = Arc::from(adapter.bind(&selection).unwrap());
    let validation = (0..objective.statements().len()).collect();
    Source { name: name.to_owned(), objective, train: (0..count).collect(), validation }
}

pub fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// Root mean square length of the segments that `sources` learn from, which have one step each.
pub fn typical_length(setting: &Setting, sources: &[Source]) -> f64 {
    let read: BTreeSet<u32> = sources
        .iter()
        .flat_map(|source| {
            let origins = &source.objective.statements().origins;
            source.train.iter().flat_map(|&s| origins[s].segments.clone())
        })
        .collect();
    let squares = |&s: &u32| {
        let values = setting.features.segment(s as usize);
        values.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>()
    };
    (read.iter().map(squares).sum::<f64>() / read.len() as f64).sqrt()
}
