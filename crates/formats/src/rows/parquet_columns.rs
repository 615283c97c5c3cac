//! Cells of flat Parquet, some rows of a column at a time: no record is put together out of pages that are
//! columns anyway.

use crate::rows::numbers::{float, single};
use parquet::basic::{ConvertedType, LogicalType, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::record::Field;
use parquet::schema::types::ColumnDescriptor;
use serde_json::Value;

/// Rows that are decoded at a time.
const AT_ONCE: usize = 1024;

/// Whether all columns are texts, numbers or truth values, as pandas writes them.
pub(super) fn is_flat(metadata: &ParquetMetaData) -> bool {
    let schema = metadata.file_metadata().schema_descr();
    schema.num_columns() > 0 && schema.columns().iter().all(|column| is_plain(column))
}

fn is_plain(column: &ColumnDescriptor) -> bool {
    let is_single = column.max_rep_level() == 0
        && column.max_def_level() <= 1
        && column.path().parts().len() == 1;
    let converted = column.converted_type();
    let is_known = match column.physical_type() {
        Type::BOOLEAN | Type::FLOAT | Type::DOUBLE => converted == ConvertedType::NONE,
        Type::INT32 => matches!(converted, ConvertedType::NONE | ConvertedType::INT_32),
        Type::INT64 => matches!(converted, ConvertedType::NONE | ConvertedType::INT_64),
        Type::BYTE_ARRAY => matches!(converted, ConvertedType::NONE | ConvertedType::UTF8),
        _ => false,
    };
    let logical = column.logical_type_ref();
    let is_usual = matches!(logical, None | Some(LogicalType::String | LogicalType::Integer(_)));
    is_single && is_known && is_usual
}

/// The names of the columns.
pub(super) fn columns(metadata: &ParquetMetaData) -> Vec<String> {
    let schema = metadata.file_metadata().schema_descr();
    schema.columns().iter().map(|column| column.name().to_owned()).collect()
}

/// Rows of a flat file, in order.
pub(super) struct FlatRows<'a> {
    file: &'a dyn FileReader,
    /// The next row group.
    group: usize,
    columns: Vec<Column>,
    /// Rows of this group that are not decoded yet.
    rest: usize,
    /// Cells of rows that are, by column. Texts are copied when their row is asked for: one that the
    /// file has once may stand in all of them.
    decoded: Vec<std::vec::IntoIter<Raw>>,
    rows: usize,
}

/// A cell as the file has it.
enum Raw {
    Null,
    Boolean(bool),
    Whole(i64),
    Single(f32),
    Float(f64),
    Bytes(ByteArray),
}

struct Column {
    reader: ColumnReader,
    is_optional: bool,
    is_text: bool,
}

impl<'a> FlatRows<'a> {
    pub fn new(file: &'a dyn FileReader) -> Self {
        Self { file, group: 0, columns: Vec::new(), rest: 0, decoded: Vec::new(), rows: 0 }
    }

    /// The cells of the next row.
    pub fn next(&mut self) -> Result<Option<Vec<Value>>> {
        while self.rows == 0 {
            if self.rest == 0 && !self.open()? {
                return Ok(None);
            }
            self.decode()?;
        }
        self.rows -= 1;
        let ends = || ParquetError::General("a column has fewer rows than its group".to_owned());
        let columns = self.columns.iter().zip(&mut self.decoded);
        let cells = columns.map(|(column, raw)| column.cell(raw.next().ok_or_else(ends)?));
        cells.collect::<Result<_>>().map(Some)
    }

    /// Begins the next row group; false if there is none.
    fn open(&mut self) -> Result<bool> {
        if self.group == self.file.num_row_groups() {
            return Ok(false);
        }
        let group = self.file.get_row_group(self.group)?;
        self.group += 1;
        self.rest = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let column = |i| column(&*group, i);
        self.columns = (0..group.num_columns()).map(column).collect::<Result<_>>()?;
        Ok(true)
    }

    fn decode(&mut self) -> Result<()> {
        self.rows = self.rest.min(AT_ONCE);
        self.rest -= self.rows;
        let rows = self.rows;
        let cells = self.columns.iter_mut().map(|column| Ok(column.read(rows)?.into_iter()));
        self.decoded = cells.collect::<Result<_>>()?;
        Ok(())
    }
}

fn column(group: &dyn RowGroupReader, i: usize) -> Result<Column> {
    let descriptor = group.metadata().column(i).column_descr();
    Ok(Column {
        reader: group.get_column_reader(i)?,
        is_optional: descriptor.max_def_level() > 0,
        is_text: descriptor.converted_type() == ConvertedType::UTF8,
    })
}

impl Column {
    fn read(&mut self, rows: usize) -> Result<Vec<Raw>> {
        let is_optional = self.is_optional;
        match &mut self.reader {
            ColumnReader::BoolColumnReader(it) => read(it, rows, is_optional, Raw::Boolean),
            ColumnReader::Int32ColumnReader(it) => {
                read(it, rows, is_optional, |x| Raw::Whole(x.into()))
            }
            ColumnReader::Int64ColumnReader(it) => read(it, rows, is_optional, Raw::Whole),
            ColumnReader::FloatColumnReader(it) => read(it, rows, is_optional, Raw::Single),
            ColumnReader::DoubleColumnReader(it) => read(it, rows, is_optional, Raw::Float),
            ColumnReader::ByteArrayColumnReader(it) => read(it, rows, is_optional, Raw::Bytes),
            _ => Err(ParquetError::NYI("a column that is not plain".to_owned())),
        }
    }

    fn cell(&self, raw: Raw) -> Result<Value> {
        Ok(match raw {
            Raw::Null => Value::Null,
            Raw::Boolean(truth) => truth.into(),
            Raw::Whole(whole) => whole.into(),
            Raw::Single(number) => single(number),
            Raw::Float(number) => float(number),
            Raw::Bytes(bytes) => text(bytes, self.is_text)?,
        })
    }
}

/// Bytes that are UTF-8 are text, and others, where the file does not say that they are, base64.
fn text(bytes: ByteArray, is_text: bool) -> Result<Value> {
    match std::str::from_utf8(bytes.data()) {
        Ok(text) => Ok(text.into()),
        Err(error) if is_text => {
            Err(ParquetError::General(format!("a text that is not UTF-8: {error}")))
        }
        Err(_) => Ok(Field::Bytes(bytes).to_json_value()),
    }
}

fn read<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    is_optional: bool,
    raw: impl Fn(T::T) -> Raw,
) -> Result<Vec<Raw>> {
    let (mut values, mut levels) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let mut read = 0;
    while read < rows {
        let told = is_optional.then_some(&mut levels);
        let (more, _, _) = reader.read_records(rows - read, told, None, &mut values)?;
        if more == 0 {
            break;
        }
        read += more;
    }
    let mut values = values.into_iter();
    let mut next = || values.next().map_or(Raw::Null, &raw);
    Ok(match is_optional {
        false => (0..read).map(|_| next()).collect(),
        true => levels.iter().map(|&level| if level == 0 { Raw::Null } else { next() }).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::parquet_rows::json;
    use bytes::Bytes;
    use medley_dataset::parquet::{Cells, encode};
    use parquet::file::reader::SerializedFileReader;

    /// More rows than are decoded at a time, with nulls in some columns.
    #[test]
    fn columns_tell_what_rows_tell() {
        let rows = 2 * AT_ONCE + 17;
        let there = |i: usize| i % 3 != 1;
        let columns = vec![
            ("text", Cells::Text((0..rows).map(|i| Some(format!("text {i}"))).collect())),
            ("gaps", Cells::Text((0..rows).map(|i| there(i).then_some("ß")).collect())),
            ("whole", Cells::Integer((0..rows).map(|i| Some(i as i64 - 9)).collect())),
            (
                "float",
                Cells::Float((0..rows).map(|i| there(i).then_some(0.1 * i as f64)).collect()),
            ),
            ("single", Cells::Single((0..rows).map(|i| Some(0.1 * i as f32)).collect())),
            ("truth", Cells::Boolean((0..rows).map(|i| there(i).then_some(i % 2 == 0)).collect())),
        ];
        let bytes = Bytes::from(encode(rows, columns).unwrap());
        let file = SerializedFileReader::new(bytes).unwrap();
        assert!(is_flat(file.metadata()));
        let mut flat = FlatRows::new(&file);
        for row in file.get_row_iter(None).unwrap() {
            let row = row.unwrap();
            let expect: Vec<Value> = row.get_column_iter().map(|(_, field)| json(field)).collect();
            assert_eq!(flat.next().unwrap(), Some(expect));
        }
        assert_eq!(flat.next().unwrap(), None);
    }

    #[test]
    fn lists_are_not_flat() {
        let lists = Cells::IntegerList(vec![Some(vec![1, 2])]);
        let bytes = Bytes::from(encode(1, vec![("list", lists)]).unwrap());
        assert!(!is_flat(SerializedFileReader::new(bytes).unwrap().metadata()));
    }
}
