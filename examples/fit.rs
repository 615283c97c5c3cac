//! A reward from records in memory, without TOML: `cargo run --release --example fit`.
//!
//! Ann compared drives of a car in pairs, Bo gave thumbs; both teach one reward.

use burn::tensor::Device;
use medley::adapter::{Adapter, Approval, Comparison, Objective, Scorer, Select, Selection};
use medley::dataset::{Card, Dataset, DatasetBuilder, Domain};
use medley::encoder::{Encoder, StoredSteps};
use medley::feedback::{self, Checked, Provenance};
use medley::reward_model::{HeadLayout, Linear, ModelShape, Placement, Returns};
use medley::training::{Fit, Inference, Joint, Map, Options, Source, Task};
use std::{error::Error, sync::Arc};

/// Speed and bumps of each drive, one step each.
const DRIVES: [[f32; 2]; 5] = [[0.9, 0.1], [0.8, 0.6], [0.5, 0.2], [0.4, 0.9], [0.1, 0.3]];
/// The better and the worse drive.
const PAIRS: [(&str, &str); 6] =
    [("0", "1"), ("0", "2"), ("2", "3"), ("2", "4"), ("1", "3"), ("0", "4")];
/// Drive, and 1 for a thumb up.
const THUMBS: [(&str, f64); 4] = [("0", 1.0), ("2", 1.0), ("3", 0.0), ("4", 0.0)];

fn main() -> Result<(), Box<dyn Error>> {
    for (drive, value) in fit(&dataset()?)?.into_iter().enumerate() {
        println!("drive {drive}: {value:+.2}");
    }
    Ok(())
}

fn dataset() -> Result<Dataset, Box<dyn Error>> {
    let features = vec!["speed".to_owned(), "bumps".to_owned()];
    let mut builder =
        DatasetBuilder::new(Card { features, ..Card::new("drives", Domain::Control) });
    for (step, features) in DRIVES.iter().enumerate() {
        let drive = step.to_string();
        builder.add_group(&drive, None, None);
        builder.add_steps(features);
        builder.add_window(&drive, &[&drive], step, 1);
    }
    let by = |name: &str| Provenance { annotator: Some(name.into()), ..Provenance::default() };
    let pairs = PAIRS.map(|(better, worse)| {
        let record = feedback::Comparison::new(better.into(), worse.into(), 1.0);
        Checked::new(feedback::Comparison { provenance: by("ann"), ..record })
    });
    let thumbs = THUMBS.map(|(drive, approval)| {
        let (segment, provenance) = (drive.into(), by("bo"));
        Checked::new(feedback::Approval { segment, approval, reason: None, provenance })
    });
    builder.insert(pairs.into_iter().collect::<Result<Vec<_>, _>>()?);
    builder.insert(thumbs.into_iter().collect::<Result<Vec<_>, _>>()?);
    Ok(builder.build()?)
}

/// Returns of all drives, under a linear reward fitted to both sources jointly.
fn fit(dataset: &Dataset) -> Result<Vec<f64>, Box<dyn Error>> {
    let features = StoredSteps {}.encode(dataset)?;
    let source = |name: &str, adapter: &dyn Adapter| -> Result<Source, Box<dyn Error>> {
        let objective: Arc<dyn Objective> = Arc::from(adapter.bind(&Selection {
            source: name,
            dataset,
            features: &features,
            standardizer: None,
            select: &Select::default(),
            partition: None,
            layout: &HeadLayout::shared(),
            seed: 0,
        })?);
        let train = objective.statements().fitted();
        Ok(Source { name: name.to_owned(), objective, train, validation: Vec::new() })
    };
    let pairs = Comparison { offset: false, ..Comparison::default() };
    let layout = HeadLayout::shared();
    let task = Task {
        mixing: &Joint::default(),
        fit: &Fit::of(&["pairs", "thumbs"]),
        sources: &[source("pairs", &pairs)?, source("thumbs", &Approval::default())?],
        tie: None,
        features: &features,
        returns: Returns::Mean,
        backbone: &Linear::default(),
        shape: &ModelShape { features: features.feature_count(), layout, members: 1 },
        seed: 0,
        place: &Placement::single(Device::flex().autodiff()),
    };
    let options = Options { epochs: 300, learning_rate: 0.03, ..Options::default() };
    let model = Map::default().infer(&task, &options, None, &mut |_| {})?.model.frozen();
    let place = Placement::single(Device::flex());
    let scorer = Scorer::new(model.as_ref(), &features, Returns::Mean, &place);
    let all: Vec<usize> = (0..dataset.segments().len()).collect();
    Ok(scorer.returns(&all).into_data().iter::<f64>().collect())
}

#[cfg(test)]
#[test]
fn better_drives_get_higher_rewards() {
    let values = fit(&dataset().expect("valid records")).expect("a fit");
    let value = |drive: &str| values[drive.parse::<usize>().expect("a number")];
    assert!(PAIRS.iter().all(|(better, worse)| value(better) > value(worse)), "{values:?}");
}
