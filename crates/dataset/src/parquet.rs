//! The one place that knows Polars: columns of plain values to and from the bytes of a Parquet file.
//!
//! Polars' reader panics on some damaged files instead of returning an error, so [`decode`] catches
//! the unwinding here and nowhere else; the panic hook may still print a line. Files listed in the
//! card have their hash checked before they get here.

use crate::texts::Texts;
use polars::prelude::*;
use std::fs::File;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Values of one column; none is a missing value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Texts.
    Text(Texts),
    /// Numbers of 32 bits.
    Single(Vec<Option<f32>>),
    /// Numbers of 64 bits.
    Float(Vec<Option<f64>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// True or false.
    Boolean(Vec<Option<bool>>),
    /// Lists of texts.
    TextList(Vec<Option<Vec<String>>>),
    /// Lists of numbers.
    FloatList(Vec<Option<Vec<f64>>>),
    /// Lists of whole numbers.
    IntegerList(Vec<Option<Vec<i64>>>),
    /// A column without type, which holds no value.
    Missing,
}

impl Cells {
    /// Number of cells.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(cells) => cells.len(),
            Self::Single(cells) => cells.len(),
            Self::Float(cells) => cells.len(),
            Self::Integer(cells) => cells.len(),
            Self::Boolean(cells) => cells.len(),
            Self::TextList(cells) => cells.len(),
            Self::FloatList(cells) => cells.len(),
            Self::IntegerList(cells) => cells.len(),
            Self::Missing => 0,
        }
    }

    /// Whether a row has a value.
    pub(crate) fn has(&self, row: usize) -> bool {
        match self {
            Self::Text(cells) => cells.has(row),
            Self::Single(cells) => cells[row].is_some(),
            Self::Float(cells) => cells[row].is_some(),
            Self::Integer(cells) => cells[row].is_some(),
            Self::Boolean(cells) => cells[row].is_some(),
            Self::TextList(cells) => cells[row].is_some(),
            Self::FloatList(cells) => cells[row].is_some(),
            Self::IntegerList(cells) => cells[row].is_some(),
            Self::Missing => false,
        }
    }

    /// Adds rows without a value.
    pub(crate) fn push_missing(&mut self, count: usize) {
        match self {
            Self::Text(cells) => (0..count).for_each(|_| cells.push(None)),
            Self::Single(cells) => cells.resize(cells.len() + count, None),
            Self::Float(cells) => cells.resize(cells.len() + count, None),
            Self::Integer(cells) => cells.resize(cells.len() + count, None),
            Self::Boolean(cells) => cells.resize(cells.len() + count, None),
            Self::TextList(cells) => cells.resize(cells.len() + count, None),
            Self::FloatList(cells) => cells.resize(cells.len() + count, None),
            Self::IntegerList(cells) => cells.resize(cells.len() + count, None),
            Self::Missing => {}
        }
    }

    /// Adds the cells of another column; false if they are of another type.
    pub(crate) fn append(&mut self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(cells), Self::Text(more)) => cells.extend(more.iter()),
            (Self::Single(cells), Self::Single(more)) => cells.extend(more),
            (Self::Float(cells), Self::Float(more)) => cells.extend(more),
            (Self::Integer(cells), Self::Integer(more)) => cells.extend(more),
            (Self::Boolean(cells), Self::Boolean(more)) => cells.extend(more),
            (Self::TextList(cells), Self::TextList(more)) => cells.extend_from_slice(more),
            (Self::FloatList(cells), Self::FloatList(more)) => cells.extend_from_slice(more),
            (Self::IntegerList(cells), Self::IntegerList(more)) => cells.extend_from_slice(more),
            _ => return false,
        }
        true
    }

    /// Name of the type, for messages.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Text(_) => "Text",
            Self::Single(_) => "Float32",
            Self::Float(_) => "Float64",
            Self::Integer(_) => "Integer",
            Self::Boolean(_) => "Boolean",
            Self::TextList(_) => "TextList",
            Self::FloatList(_) => "FloatList",
            Self::IntegerList(_) => "IntegerList",
            Self::Missing => "a column of nulls without type",
        }
    }
}

/// Bytes of a Parquet file with these columns, of `rows` values each.
///
/// # Errors
/// The columns differ in length, or two have one name.
pub fn encode(rows: usize, columns: Vec<(&str, Cells)>) -> Result<Vec<u8>, String> {
    let columns = columns.into_iter().map(|(name, cells)| column(name, cells)).collect();
    let mut bytes = Vec::new();
    DataFrame::new(rows, columns)
        .and_then(|mut frame| ParquetWriter::new(&mut bytes).finish(&mut frame))
        .map_err(|error| error.to_string())?;
    Ok(bytes)
}

fn column(name: &str, cells: Cells) -> Column {
    let name = PlSmallStr::from_str(name);
    match cells {
        Cells::Text(texts) => texts.iter().collect::<StringChunked>().with_name(name).into_series(),
        Cells::Single(values) => Series::new(name, values),
        Cells::Float(values) => Series::new(name, values),
        Cells::Integer(values) => Series::new(name, values),
        Cells::Boolean(values) => Series::new(name, values),
        Cells::FloatList(rows) => numbers::<Float64Type>(name, &rows, DataType::Float64),
        Cells::IntegerList(rows) => numbers::<Int64Type>(name, &rows, DataType::Int64),
        Cells::TextList(rows) => {
            let mut builder = ListStringChunkedBuilder::new(name, rows.len(), rows.len());
            for row in &rows {
                match row {
                    Some(row) => builder.append_values_iter(row.iter().map(String::as_str)),
                    None => builder.append_null(),
                }
            }
            builder.finish().into_series()
        }
        Cells::Missing => Series::new_null(name, 0),
    }
    .into()
}

fn numbers<T: PolarsNumericType>(
    name: PlSmallStr,
    rows: &[Option<Vec<T::Native>>],
    inner: DataType,
) -> Series {
    let mut builder = ListPrimitiveChunkedBuilder::<T>::new(name, rows.len(), rows.len(), inner);
    rows.iter().for_each(|row| builder.append_opt_slice(row.as_deref()));
    builder.finish().into_series()
}

/// Number of rows, and the columns in order.
///
/// # Errors
/// The bytes are no Parquet file that can be read, or a column is of a type that has no [`Cells`].
pub fn decode(bytes: Vec<u8>) -> Result<(usize, Vec<(String, Cells)>), String> {
    let read = || {
        let frame = ParquetReader::new(Cursor::new(bytes)).finish().map_err(|e| e.to_string())?;
        let rows = frame.height();
        let columns = frame.columns().iter().map(|column| {
            let name = column.name().to_string();
            let cells = cells(column.as_materialized_series())
                .map_err(|error| format!("column `{name}`: {error}"))?;
            // The reader does not compare the columns of a damaged file.
            match column.len() {
                count if count == rows => Ok((name, cells)),
                count => Err(format!("column `{name}`: expected {rows} rows, found {count}")),
            }
        });
        Ok((rows, columns.collect::<Result<_, String>>()?))
    };
    guarded(read)
}

/// Number of rows of a Parquet file, from its end alone.
pub(crate) fn count_rows(file: &Path) -> Result<usize, String> {
    let opened = File::open(file).map_err(|error| error.to_string())?;
    guarded(|| ParquetReader::new(opened).num_rows().map_err(|error| error.to_string()))
}

fn guarded<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("the reader gave up: {}", message.unwrap_or("without a message")))
    })
}

fn cells(series: &Series) -> Result<Cells, String> {
    values(series)
        .map_err(|error| error.to_string())?
        .ok_or_else(|| format!("type {} is not one that a dataset can hold", series.dtype()))
}

/// None for a type that a dataset has no use for.
fn values(series: &Series) -> PolarsResult<Option<Cells>> {
    Ok(Some(match series.dtype() {
        DataType::Null => Cells::Missing,
        DataType::String => Cells::Text(series.str()?.iter().collect()),
        DataType::Float32 => Cells::Single(series.f32()?.to_vec()),
        DataType::Float64 => Cells::Float(series.f64()?.to_vec()),
        DataType::Boolean => Cells::Boolean(series.bool()?.iter().collect()),
        dtype if dtype.is_integer() => Cells::Integer(whole(series)?),
        DataType::List(inner) => match &**inner {
            DataType::String => Cells::TextList(text_lists(series)?),
            DataType::Float32 | DataType::Float64 => Cells::FloatList(lists(series, |row| {
                row.cast(&DataType::Float64)?.f64()?.iter().map(present).collect()
            })?),
            inner if inner.is_integer() => Cells::IntegerList(lists(series, |row| {
                whole(row)?.into_iter().map(present).collect()
            })?),
            // An empty list of no type, as some writers give a column of empty lists.
            DataType::Null => Cells::TextList(lists(series, |row| match row.len() {
                0 => Ok(Vec::new()),
                _ => present(None),
            })?),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

/// Lists of texts, of which the words are read as one column: a series for each list takes longer than
/// what it holds.
fn text_lists(series: &Series) -> PolarsResult<Vec<Option<Vec<String>>>> {
    let list = series.list()?;
    let is_there = series.is_not_null();
    let mut is_there = is_there.iter();
    let mut rows = Vec::with_capacity(list.len());
    for chunk in list.downcast_iter() {
        let words = Series::from_arrow(PlSmallStr::EMPTY, chunk.values().clone())?;
        let words: Texts = words.str()?.iter().collect();
        for ends in chunk.offsets().windows(2) {
            if is_there.next().flatten() != Some(true) {
                rows.push(None);
                continue;
            }
            let word = |i| present(words.get(i).map(str::to_owned));
            rows.push(Some(
                (ends[0] as usize..ends[1] as usize).map(word).collect::<Result<_, _>>()?,
            ));
        }
    }
    Ok(rows)
}

fn whole(series: &Series) -> PolarsResult<Vec<Option<i64>>> {
    Ok(series.strict_cast(&DataType::Int64)?.i64()?.to_vec())
}

fn present<T>(value: Option<T>) -> PolarsResult<T> {
    value.ok_or_else(|| PolarsError::InvalidOperation("a list holds a null".into()))
}

fn lists<T>(
    series: &Series,
    read: impl Fn(&Series) -> PolarsResult<Vec<T>>,
) -> PolarsResult<Vec<Option<Vec<T>>>> {
    let list = series.list()?;
    (0..list.len()).map(|i| list.get_as_series(i).map(|row| read(&row)).transpose()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_round_trips() {
        let columns = vec![
            ("text", Cells::Text([Some("é\n"), None, Some("")].into_iter().collect())),
            ("single", Cells::Single(vec![Some(0.1), Some(-0.0), None])),
            ("float", Cells::Float(vec![Some(0.1), Some(f64::MAX), None])),
            ("integer", Cells::Integer(vec![Some(i64::MIN), None, Some(3)])),
            ("boolean", Cells::Boolean(vec![Some(true), None, Some(false)])),
            (
                "texts",
                Cells::TextList(vec![Some(vec!["a".into(), "ß".into()]), Some(vec![]), None]),
            ),
            ("floats", Cells::FloatList(vec![Some(vec![]), Some(vec![1.5]), None])),
            ("integers", Cells::IntegerList(vec![None, Some(vec![1, 2]), Some(vec![])])),
        ];
        let (rows, back) = decode(encode(3, columns.clone()).unwrap()).unwrap();
        assert_eq!(rows, 3);
        let back: Vec<(&str, Cells)> = back.iter().map(|(n, c)| (n.as_str(), c.clone())).collect();
        assert_eq!(back, columns);
        let none = vec![("t", Cells::Text(Texts::default())), ("l", Cells::TextList(vec![]))];
        assert_eq!(decode(encode(0, none).unwrap()).unwrap().0, 0);
    }

    #[test]
    fn every_truncation_is_an_error() {
        let texts = (0..40).map(|i| Some(format!("row {i}"))).collect();
        let bytes = encode(40, vec![("text", Cells::Text(texts))]).unwrap();
        for end in (0..bytes.len()).step_by(7) {
            assert!(decode(bytes[..end].to_vec()).is_err(), "{end} of {} bytes", bytes.len());
        }
    }
}
