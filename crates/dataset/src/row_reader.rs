//! A row of columns as serde reads it: a flat map of the cells that are not missing, in the order of the
//! columns, as a JSON object of them would be.

use crate::parquet::Cells;
use crate::table_column::TableColumn;
use serde::de::value::{SeqDeserializer, StrDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Error;

/// One row.
#[derive(Clone, Copy)]
pub(crate) struct RowReader<'a> {
    pub columns: &'a [TableColumn],
    pub row: usize,
}

impl<'a> RowReader<'a> {
    /// Columns with a cell in this row.
    pub fn filled(self) -> impl Iterator<Item = &'a TableColumn> {
        self.columns.iter().filter(move |column| column.cells.has(self.row))
    }
}

impl<'de> Deserializer<'de> for RowReader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Entries { row: self, next: 0 })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

struct Entries<'a> {
    row: RowReader<'a>,
    next: usize,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let RowReader { columns, row } = self.row;
        while let Some(column) = columns.get(self.next) {
            self.next += 1;
            if column.cells.has(row) {
                return seed
                    .deserialize(de::value::BorrowedStrDeserializer::new(&column.name))
                    .map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let RowReader { columns, row } = self.row;
        seed.deserialize(CellReader { cells: &columns[self.next - 1].cells, row })
    }
}

/// One cell that is there.
struct CellReader<'a> {
    cells: &'a Cells,
    row: usize,
}

impl<'de> Deserializer<'de> for CellReader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let row = self.row;
        match self.cells {
            Cells::Text(texts) => match texts.get(row) {
                Some(text) => visitor.visit_borrowed_str(text),
                None => visitor.visit_unit(),
            },
            Cells::Float(cells) => or_unit(cells[row], visitor, |x, visitor| visitor.visit_f64(x)),
            Cells::Single(cells) => {
                or_unit(cells[row], visitor, |x, visitor| visitor.visit_f64(f64::from(x)))
            }
            Cells::Integer(cells) => or_unit(cells[row], visitor, whole),
            Cells::Boolean(cells) => or_unit(cells[row], visitor, |x, it| it.visit_bool(x)),
            Cells::TextList(cells) => or_unit(cells[row].as_ref(), visitor, |list, visitor| {
                visitor.visit_seq(SeqDeserializer::new(list.iter().map(String::as_str)))
            }),
            Cells::FloatList(cells) => or_unit(cells[row].as_ref(), visitor, |list, visitor| {
                visitor.visit_seq(SeqDeserializer::new(list.iter().copied()))
            }),
            Cells::IntegerList(cells) => or_unit(cells[row].as_ref(), visitor, |list, visitor| {
                visitor.visit_seq(SeqDeserializer::new(list.iter().copied().map(Whole)))
            }),
            Cells::Missing => visitor.visit_unit(),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.cells {
            Cells::Text(texts) => {
                let text = texts.get(self.row).unwrap_or_default();
                StrDeserializer::new(text).deserialize_enum(name, variants, visitor)
            }
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

fn or_unit<'de, T, V: Visitor<'de>>(
    value: Option<T>,
    visitor: V,
    visit: impl FnOnce(T, V) -> Result<V::Value, Error>,
) -> Result<V::Value, Error> {
    match value {
        Some(value) => visit(value, visitor),
        None => visitor.visit_unit(),
    }
}

/// As JSON has it, where a number without a sign is an unsigned one.
fn whole<'de, V: Visitor<'de>>(number: i64, visitor: V) -> Result<V::Value, Error> {
    match u64::try_from(number) {
        Ok(number) => visitor.visit_u64(number),
        Err(_) => visitor.visit_i64(number),
    }
}

struct Whole(i64);

impl<'de> de::IntoDeserializer<'de, Error> for Whole {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Whole {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        whole(self.0, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}
