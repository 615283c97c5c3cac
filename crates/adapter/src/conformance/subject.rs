//! An adapter under test with the records of its fixture, completed.

use super::probe::{Probe, Setting};
use super::{Fixture, RecordSet};
use crate::{Adapter, Select};
use medley_dataset::Dataset;

/// What a law is asked about.
pub(super) struct Subject<'a> {
    pub adapter: &'a dyn Adapter,
    pub fixture: &'a Fixture,
    /// The fixture's, everybody named.
    pub records: RecordSet,
    /// The segments with these records.
    pub dataset: Dataset,
    everything: Select,
}

impl<'a> Subject<'a> {
    pub fn new(adapter: &'a dyn Adapter, fixture: &'a Fixture) -> Result<Self, String> {
        let records = fixture.records.completed(&fixture.segments)?;
        let dataset = records.on(&fixture.segments)?;
        Ok(Self { adapter, fixture, records, dataset, everything: Select::default() })
    }

    /// All records, without a split.
    pub fn setting(&self) -> Setting<'_> {
        Setting {
            dataset: &self.dataset,
            features: &self.fixture.features,
            returns: self.fixture.returns,
            select: &self.everything,
            partition: None,
            layout: None,
        }
    }

    pub fn bind(&self) -> Result<Probe<'_>, String> {
        self.bind_as(self.setting())
    }

    pub fn bind_as<'s>(&'s self, setting: Setting<'s>) -> Result<Probe<'s>, String> {
        Probe::bind(self.adapter, setting, &self.fixture.device)
    }

    /// The segments with these records.
    pub fn with(&self, records: &RecordSet) -> Result<Dataset, String> {
        records.on(&self.fixture.segments)
    }

    /// The segments with the mirrored records, each by whoever the record itself is by.
    pub fn mirrored(&self) -> Result<Option<Dataset>, String> {
        let Some(mirrored) = &self.fixture.mirrored else { return Ok(None) };
        let (expected, found) = (self.records.len(), mirrored.len());
        if found != expected {
            return Err(format!("the fixture has {expected} records, and {found} mirrored"));
        }
        let told = mirrored.by(&|position, _, _| self.records.provenance(position).clone())?;
        self.with(&told).map(Some)
    }

    /// The dataset of all records and of one response more, by somebody who is known.
    pub fn answered(&self, response: &RecordSet) -> Result<Dataset, String> {
        let known =
            (!self.records.is_empty()).then(|| self.records.provenance(0).annotator.clone());
        let response = response.by(&|_, told, _| medley_feedback::Provenance {
            annotator: told.annotator.or_else(|| known.clone().flatten()),
            ..told
        })?;
        self.with(&self.records.and(&response.completed(&self.fixture.segments)?))
    }
}
