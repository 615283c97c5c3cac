//! Rows of Arrow: a file (Feather version 2) or a stream, as `datasets` of Hugging Face saves it.

use crate::rows::arrow_messages::Messages;
use crate::rows::arrow_values::value;
use crate::rows::named::{FieldNames, Fields};
use crate::rows::names::Names;
use crate::rows::refusal::guarded;
use crate::rows::row::{Found, Take};
use crate::{ImportError, Place, Row};
use arrow_array::RecordBatch;
use arrow_schema::{DataType, Fields as Columns};
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
        let columns = batch.schema_ref().fields();
        if place.number == 0 {
            names(columns).check(file)?;
        }
        let names = FieldNames::new(columns.iter().map(|it| it.name().clone()).collect());
        for i in 0..batch.num_rows() {
            place.number += 1;
            take(Found::Row(Ok(guarded(file, WHAT, || row(&batch, i, &place, &names))?)))?;
        }
    }
    Ok(())
}

fn row(batch: &RecordBatch, i: usize, place: &Place, names: &Arc<FieldNames>) -> Row {
    let values = batch.columns().iter().map(|column| value(column, i));
    Row::new(place.clone(), Fields::new(names, values.collect()))
}

fn names(fields: &Columns) -> Names {
    let within = |kind: &DataType| match kind {
        DataType::Struct(fields) => names(fields),
        DataType::List(inner) | DataType::LargeList(inner) | DataType::FixedSizeList(inner, _) => {
            names(&Columns::from(vec![inner.clone()]))
        }
        DataType::Map(inner, _) => names(&Columns::from(vec![inner.clone()])),
        _ => Names(Vec::new()),
    };
    Names(fields.iter().map(|it| (it.name().clone(), within(it.data_type()))).collect())
}
