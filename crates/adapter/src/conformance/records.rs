//! Records of any kind, of which a law may take some, in another order or by other people.

use medley_dataset::{Dataset, Part, Partition};
use medley_feedback::{AnnotatorId, Checked, Provenance, Record, SegmentId};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// Records of one kind or of several, in an order.
#[derive(Clone, Default)]
pub struct RecordSet(Vec<Arc<dyn AnyRecords>>);

impl RecordSet {
    /// These records. Whoever is anonymous gets a name from the suite, and a record without a
    /// source one too, so that every fixture can be divided by people and selected by source. All
    /// remarks on one segment get the same.
    pub fn new<R: Record>(records: Vec<R>) -> Self {
        Self(vec![Arc::new(List(records))])
    }

    /// These records and then those.
    pub fn and(&self, others: &Self) -> Self {
        Self(self.0.iter().chain(&others.0).cloned().collect())
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.0.iter().map(|list| list.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `segments` with these records and no others.
    pub(super) fn on(&self, segments: &Dataset) -> Result<Dataset, String> {
        let mut dataset = segments.clone();
        self.0.iter().try_for_each(|list| list.insert(&mut dataset))?;
        Ok(dataset)
    }

    /// The records at these positions, in their order.
    pub(super) fn some(&self, positions: &[usize]) -> Self {
        let pick = |&position: &usize| {
            let (list, place) = self.find(position);
            (list, place)
        };
        let picked: Vec<(usize, usize)> = positions.iter().map(pick).collect();
        let runs = picked.chunk_by(|one, other| one.0 == other.0);
        let taken = runs.map(|run| {
            let places: Vec<usize> = run.iter().map(|(_, place)| *place).collect();
            self.0[run[0].0].some(&places)
        });
        Self(taken.collect())
    }

    /// The same records with another provenance: what `change` makes of position, provenance and
    /// segments.
    pub(super) fn by(
        &self,
        change: &dyn Fn(usize, Provenance, &[SegmentId]) -> Provenance,
    ) -> Result<Self, String> {
        let mut before = 0;
        let each = self.0.iter().map(|list| {
            let from = before;
            before += list.len();
            list.by(&|place, told, about| change(from + place, told, about))
        });
        each.collect::<Result<_, _>>().map(Self)
    }

    /// Provenance without gaps.
    pub(super) fn completed(&self, segments: &Dataset) -> Result<Self, String> {
        self.by(&|place, told, about| {
            let first = about.first().and_then(|id| segments.segments().index(id)).unwrap_or(place);
            let annotator = told.annotator.or_else(|| Some(AnnotatorId(format!("p{}", first % 3))));
            let source = told.source.or_else(|| Some(format!("half-{}", first / 2 % 2)));
            Provenance { annotator, source, ..told }
        })
    }

    /// The same said by other people.
    pub(super) fn repeated(&self) -> Result<Self, String> {
        self.by(&|_, told, _| {
            let other = |AnnotatorId(id)| AnnotatorId(format!("{id} again"));
            Provenance { annotator: told.annotator.map(other), ..told }
        })
    }

    pub(super) fn provenance(&self, position: usize) -> &Provenance {
        let (list, place) = self.find(position);
        self.0[list].provenance(place)
    }

    /// Segments of a record, by index in the dataset.
    pub(super) fn segments(&self, position: usize, dataset: &Dataset) -> Vec<u32> {
        let (list, place) = self.find(position);
        let ids = self.0[list].segments(place);
        ids.iter().filter_map(|id| dataset.segments().index(id)).map(|i| i as u32).collect()
    }

    pub(super) fn part(
        &self,
        position: usize,
        dataset: &Dataset,
        partition: &Partition,
    ) -> Option<Part> {
        let (list, place) = self.find(position);
        self.0[list].part(place, dataset, partition)
    }

    /// The list of a record, and its place there.
    fn find(&self, position: usize) -> (usize, usize) {
        let mut place = position;
        for (number, list) in self.0.iter().enumerate() {
            if place < list.len() {
                return (number, place);
            }
            place -= list.len();
        }
        panic!("record {position} of {}", self.len())
    }
}

impl fmt::Debug for RecordSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordSet of {}", self.len())
    }
}

/// Records of one kind that is not known.
trait AnyRecords: Send + Sync {
    fn len(&self) -> usize;
    fn insert(&self, dataset: &mut Dataset) -> Result<(), String>;
    fn some(&self, places: &[usize]) -> Arc<dyn AnyRecords>;
    fn by(
        &self,
        change: &dyn Fn(usize, Provenance, &[SegmentId]) -> Provenance,
    ) -> Result<Arc<dyn AnyRecords>, String>;
    fn provenance(&self, place: usize) -> &Provenance;
    fn segments(&self, place: usize) -> Vec<SegmentId>;
    fn part(&self, place: usize, dataset: &Dataset, partition: &Partition) -> Option<Part>;
}

struct List<R>(Vec<R>);

impl<R: Record> AnyRecords for List<R> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn insert(&self, dataset: &mut Dataset) -> Result<(), String> {
        let checked = self.0.iter().cloned().map(Checked::new);
        let checked = checked.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
        dataset.insert(checked).map_err(|error| error.to_string())
    }

    fn some(&self, places: &[usize]) -> Arc<dyn AnyRecords> {
        Arc::new(Self(places.iter().map(|&place| self.0[place].clone()).collect()))
    }

    fn by(
        &self,
        change: &dyn Fn(usize, Provenance, &[SegmentId]) -> Provenance,
    ) -> Result<Arc<dyn AnyRecords>, String> {
        let changed = (0..self.0.len()).map(|place| {
            let provenance = change(place, self.provenance(place).clone(), &self.segments(place));
            told_as(&self.0[place], &provenance)
        });
        Ok(Arc::new(Self(changed.collect::<Result<Vec<R>, String>>()?)))
    }

    fn provenance(&self, place: usize) -> &Provenance {
        self.0[place].provenance()
    }

    fn segments(&self, place: usize) -> Vec<SegmentId> {
        self.0[place].segments().into_iter().cloned().collect()
    }

    fn part(&self, place: usize, dataset: &Dataset, partition: &Partition) -> Option<Part> {
        partition.of_record(dataset, &self.0[place])
    }
}

/// A record with another provenance, through the flat map that every record is.
fn told_as<R: Record>(record: &R, provenance: &Provenance) -> Result<R, String> {
    let map = |value: serde_json::Result<Value>| match value {
        Ok(Value::Object(map)) => Ok(map),
        other => Err(format!("a {} record is no flat map: {other:?}", R::KIND)),
    };
    let mut flat = map(serde_json::to_value(record))?;
    Provenance::COLUMNS.iter().for_each(|column| drop(flat.remove(column.name)));
    flat.extend(map(serde_json::to_value(provenance))?);
    serde_json::from_value(Value::Object(flat)).map_err(|error| error.to_string())
}
