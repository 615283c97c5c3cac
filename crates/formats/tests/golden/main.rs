//! The committed datasets: equal to a new import of their sources, with the published counts.
#![allow(clippy::unwrap_used)]

mod adroit_door;
mod crehate;
mod defacto;
mod hh_rlhf;
mod overcooked;
mod qa_feedback;
mod wmt_mqm;

use medley_dataset::Dataset;
use medley_feedback::Record;
use medley_formats::{Importer, Reading};
use std::path::PathBuf;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../datasets").join(name)
}

fn check_import(importer: &dyn Importer, name: &str, source: &str) -> Dataset {
    let imported =
        importer.import(&folder(name).join("source").join(source), &Reading::default()).unwrap();
    let committed = Dataset::open(&folder(name)).unwrap();
    assert_eq!(imported.dataset.hash(), committed.hash());
    assert_eq!(imported.dataset.people(), committed.people());
    let (mut fresh, mut card) = (imported.dataset.card.clone(), committed.card.clone());
    let listed = usize::from(card.files.contains_key("people.parquet"));
    assert_eq!(card.files.len(), 3 + listed + committed.kinds().len());
    card.files.clear();
    fresh.files.clear();
    assert_eq!(fresh, card);
    assert_eq!(imported.dataset.kinds(), committed.kinds());
    committed
}

fn by_source<'a, R: Record>(records: &'a [R], source: &str) -> Vec<&'a R> {
    let of = |record: &&R| record.provenance().source.as_deref() == Some(source);
    records.iter().filter(of).collect()
}

fn records<R: Record>(dataset: &Dataset) -> Vec<R> {
    dataset.records::<R>().unwrap().iter().map(|record| (**record).clone()).collect()
}
