//! Rows of Arrow: a file (Feather version 2) or a stream, as `datasets` of Hugging Face saves it.

use crate::rows::arrow_messages::Messages;
use crate::rows::arrow_values::value;
use crate::rows::names::Names;
use crate::rows::refusal::guarded;
use crate::rows::row::{Found, Take};
use crate::{ImportError, Place, Row};
use arrow_array::RecordBatch;
use arrow_schema::{DataType, Fields};
use std::io::BufRead;
use std::path::Path;

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
        if place.number == 0 {
            names(batch.schema_ref().fields()).check(file)?;
        }
        for i in 0..batch.num_rows() {
            place.number += 1;
            take(Found::Row(Ok(guarded(file, WHAT, || row(&batch, i, &place))?)))?;
        }
    }
    Ok(())
}

fn row(batch: &RecordBatch, i: usize, place: &Place) -> Row {
    let columns = batch.schema_ref().fields().iter().zip(batch.columns());
    let fields = columns.map(|(field, column)| (field.name().clone(), value(column, i)));
    Row::new(place.clone(), fields.collect())
}

fn names(fields: &Fields) -> Names {
    let within = |kind: &DataType| match kind {
        DataType::Struct(fields) => names(fields),
        DataType::List(inner) | DataType::LargeList(inner) | DataType::FixedSizeList(inner, _) => {
            names(&Fields::from(vec![inner.clone()]))
        }
        DataType::Map(inner, _) => names(&Fields::from(vec![inner.clone()])),
        _ => Names(Vec::new()),
    };
    Names(fields.iter().map(|it| (it.name().clone(), within(it.data_type()))).collect())
}
