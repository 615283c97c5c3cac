//! Rows of Arrow: a file (Feather version 2) or a stream, as `datasets` of Hugging Face saves it.

use crate::rows::arrow_messages::Messages;
use crate::rows::arrow_values::{Unread, value};
use crate::rows::named::{FieldNames, Fields};
use crate::rows::refusal::guarded;
use crate::rows::row::{Found, Take};
use crate::{ImportError, Place, Row};
use arrow_array::RecordBatch;
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

/// What a damaged file was to be.
const WHAT: &str = "Arrow";

/// One batch of rows is in memory at a time. One that unpacks to more than `most` bytes and to 200 times
/// its size is refused.
pub(crate) fn rows(
    file: &Path,
    (reader, is_file): (Box<dyn BufRead>, bool),
    most: u64,
    take: Take<'_>,
) -> Result<(), ImportError> {
    let damaged = |message| ImportError::Damaged { file: file.to_owned(), what: WHAT, message };
    let mut messages = Messages::new(reader, is_file, most);
    let mut place = Place::new(file, "row", 0);
    while let Some(batch) = guarded(file, WHAT, || messages.next())?.map_err(damaged)? {
        let names = batch.schema_ref().fields().iter().map(|field| field.name().clone());
        let names = FieldNames::new(names.collect());
        for i in 0..batch.num_rows() {
            place.number += 1;
            take(Found::Row(guarded(file, WHAT, || row(&batch, i, &place, &names))?))?;
        }
    }
    Ok(())
}

fn row(
    batch: &RecordBatch,
    i: usize,
    place: &Place,
    names: &Arc<FieldNames>,
) -> Result<Row, ImportError> {
    let mut values = Vec::with_capacity(batch.num_columns());
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        let Unread { expected, found } = match value(column, i) {
            Ok(value) => {
                values.push(value);
                continue;
            }
            Err(unread) => unread,
        };
        return Err(place.wrong(field.name(), expected, found));
    }
    Ok(Row::new(place.clone(), Fields::new(names, values)))
}
