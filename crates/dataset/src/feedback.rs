//! Feedback of one kind: tables in memory, or shards on disk that are read one at a time.

use crate::DatasetError;
use crate::decoded::Decoded;
use crate::hash::Hasher;
use crate::people::NamedGroup;
use crate::shard::read_table;
use crate::table::Table;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The tables of one kind, in order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Feedback {
    shards: Vec<Shard>,
    rows: usize,
    said: Said,
    decoded: Decoded,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shard {
    /// In memory.
    Loaded(Arc<Table>),
    /// On disk, as its card has it.
    Stored {
        /// The file.
        file: PathBuf,
        /// Its blake3 hash, if the card lists it.
        hash: Option<String>,
    },
}

/// What is known of all rows without having them in memory.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said {
    /// Blake3 hash of all rows.
    pub digest: [u8; 32],
    /// Everyone who gave feedback, and the groups that their records name.
    pub annotators: BTreeMap<String, NamedGroup>,
    /// First row without an annotator.
    pub anonymous: Option<usize>,
}

impl Shard {
    pub fn load(&self) -> Result<Arc<Table>, DatasetError> {
        match self {
            Self::Loaded(table) => Ok(table.clone()),
            Self::Stored { file, hash } => read_table(file, hash.as_deref()).map(Arc::new),
        }
    }
}

impl Feedback {
    /// Goes through all rows once.
    pub fn new(shards: Vec<Shard>) -> Result<Self, DatasetError> {
        let mut rows = 0;
        let mut hasher = Hasher::default();
        let (mut annotators, mut anonymous) = (BTreeMap::new(), None);
        for shard in &shards {
            let table = shard.load()?;
            table.hash(&mut hasher);
            table.each_person(|name, group| {
                match name {
                    Some(name) => see(&mut annotators, name, group),
                    None => anonymous = anonymous.or(Some(rows)),
                }
                rows += 1;
            });
        }
        let said = Said { digest: hasher.digest(), annotators, anonymous };
        Ok(Self { shards, rows, said, decoded: Decoded::default() })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// What is known of all rows.
    pub fn said(&self) -> &Said {
        &self.said
    }

    /// Where the tables are, in order.
    pub fn shards(&self) -> &[Shard] {
        &self.shards
    }

    /// The tables, each in memory only while it is looked at.
    pub fn tables(&self) -> impl Iterator<Item = Result<Arc<Table>, DatasetError>> {
        self.shards.iter().map(Shard::load)
    }

    /// Where decoded records are kept; none if the rows themselves are too many for memory.
    pub fn decoded(&self) -> Option<&Decoded> {
        let in_memory = self.shards.iter().all(|shard| matches!(shard, Shard::Loaded(_)));
        in_memory.then_some(&self.decoded)
    }

    /// All rows as one table.
    pub fn whole(&self) -> Result<Arc<Table>, DatasetError> {
        if let [Shard::Loaded(table)] = &self.shards[..] {
            return Ok(table.clone());
        }
        let mut whole: Option<Table> = None;
        for table in self.tables() {
            let table = table?;
            match &mut whole {
                Some(whole) => whole.append(&table)?,
                None => whole = Some((*table).clone()),
            }
        }
        Ok(Arc::new(whole.unwrap_or_else(Table::empty)))
    }
}

/// Notes that a person said something, as a member of this group.
fn see(annotators: &mut BTreeMap<String, NamedGroup>, name: &str, group: Option<&str>) {
    if !annotators.contains_key(name) {
        annotators.insert(name.to_owned(), NamedGroup::None);
    }
    if let (Some(groups), Some(group)) = (annotators.get_mut(name), group) {
        groups.see(group);
    }
}
