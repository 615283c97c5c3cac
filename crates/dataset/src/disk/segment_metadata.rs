//! Which columns of a segment table tell what is known of segments beside their content?

use super::columns::Columns;
use super::people::whole;
use crate::metadata::MetadataRows;
use crate::parquet::Cells;
use crate::{DatasetError, MetadataValue};

/// The columns that are left when a segment has its own.
pub(super) fn read_metadata(
    table: &mut Columns,
    first: usize,
    metadata: &mut MetadataRows,
) -> Result<(), DatasetError> {
    let place = table.file.display().to_string();
    for (name, cells) in std::mem::take(&mut table.columns) {
        let cells = match cells {
            Cells::Integer(cells) => Cells::Integer(whole(table, &name, cells)?),
            other => other,
        };
        let Some(values) = metadata_values(&cells) else {
            let expected = "text or numbers, as metadata of segments is";
            return Err(table.wrong(&name, expected, Some(&cells)));
        };
        for (row, value) in values.iter().enumerate() {
            if let Some(value) = value {
                let set = metadata.set(first + row, &name, value);
                set.map_err(|unfit| unfit.at(&place, row))?;
            }
        }
    }
    Ok(())
}

/// None for a column that is neither texts nor numbers.
fn metadata_values(cells: &Cells) -> Option<Vec<Option<MetadataValue>>> {
    fn each<T>(
        cells: &[Option<T>],
        value: impl Fn(&T) -> MetadataValue,
    ) -> Option<Vec<Option<MetadataValue>>> {
        Some(cells.iter().map(|cell| cell.as_ref().map(&value)).collect())
    }
    match cells {
        Cells::Text(cells) => {
            Some(cells.iter().map(|text| text.map(MetadataValue::from)).collect())
        }
        Cells::Single(cells) => each(cells, |x| f64::from(*x).into()),
        Cells::Float(cells) => each(cells, |x| (*x).into()),
        Cells::Integer(cells) => each(cells, |x| (*x as f64).into()),
        Cells::Boolean(cells) => each(cells, |truth| truth.to_string().into()),
        Cells::Missing => Some(Vec::new()),
        Cells::TextList(_) | Cells::FloatList(_) | Cells::IntegerList(_) => None,
    }
}
