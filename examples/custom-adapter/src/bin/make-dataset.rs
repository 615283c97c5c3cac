//! Writes a small dataset with best-worst answers of simulated people, to try the adapter on.
//!
//!     cargo run --release --bin make-dataset -- <folder>

use custom_adapter::BestWorst;
use medley::dataset::{Card, DatasetBuilder, Domain};
use medley::feedback::{Checked, Provenance, SegmentId};
use medley::training::stream;
use rand::RngExt;
use std::path::Path;

const GROUPS: usize = 120;
const SHOWN: usize = 4;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: make-dataset <folder>")?;
    let rng = &mut stream(0, "make-dataset");
    let mut card = Card::new("best-worst", Domain::Control);
    card.features = ["x", "y", "z"].map(str::to_owned).to_vec();
    let mut builder = DatasetBuilder::new(card);
    let mut records = Vec::new();
    for group in 0..GROUPS {
        let name = format!("g{group}");
        builder.add_group(&name, None, None);
        let mut scored: Vec<(f64, SegmentId)> = Vec::new();
        for shown in 0..SHOWN {
            let x: [f32; 3] = std::array::from_fn(|_| rng.random::<f32>() * 2.0 - 1.0);
            let row = group * SHOWN + shown;
            builder.add_steps(&x);
            let id = format!("{name}/{shown}");
            builder.add_window(&id, &[&name], row, 1);
            let noise = rng.random::<f64>() - 0.5;
            let reward = f64::from(2.0 * x[0] - x[1]) + noise;
            scored.push((reward, id.as_str().into()));
        }
        let segments = scored.iter().map(|(_, id)| id.clone()).collect();
        scored.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (worst, best) = (scored[0].1.clone(), scored[SHOWN - 1].1.clone());
        let provenance = Provenance::from_source("simulated");
        records.push(Checked::new(BestWorst { segments, best, worst, provenance })?);
    }
    builder.insert(records);
    builder.build()?.write(Path::new(&folder))?;
    Ok(())
}
