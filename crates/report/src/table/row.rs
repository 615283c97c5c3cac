//! How does a plain struct become a row of a table with a fixed schema?
//!
//! A row names its columns by its fields, and the type of a field decides the Parquet type. The
//! `row!` macro writes this down once, so that struct, schema, writer and reader cannot disagree.

use medley_evaluation::Direction;

/// One cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    Whole(u64),
    Float(f64),
}

/// Physical type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CellType {
    Text,
    Whole,
    Float,
}

impl CellType {
    /// As Polars and its users call it.
    pub fn name(self) -> &'static str {
        match self {
            CellType::Text => "String",
            CellType::Whole => "UInt64",
            CellType::Float => "Float64",
        }
    }
}

/// One column of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Column {
    pub name: &'static str,
    pub kind: CellType,
    pub may_be_null: bool,
}

/// A value that is not allowed, and where.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Flaw {
    pub column: &'static str,
    pub message: String,
}

/// A struct that is a row.
pub(crate) trait Row: Sized + PartialEq {
    /// The columns in order.
    const COLUMNS: &'static [Column];
    /// The values in the order of the columns.
    fn cells(&self) -> Vec<Option<Cell>>;
    /// The row of these cells, one per column and of its type.
    fn from_cells(cells: Vec<Option<Cell>>) -> Result<Self, Flaw>;
}

/// A type that a field of a row can have.
pub(crate) trait Value: Sized {
    const KIND: CellType;
    const MAY_BE_NULL: bool = false;
    fn cell(&self) -> Option<Cell>;
    fn from_cell(cell: Option<Cell>) -> Result<Self, String>;
}

macro_rules! row {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $($(#[$doc:meta])* pub $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $($(#[$doc])* pub $field: $type,)*
        }

        impl crate::row::Row for $name {
            const COLUMNS: &'static [crate::row::Column] = &[$(crate::row::Column {
                name: stringify!($field),
                kind: <$type as crate::row::Value>::KIND,
                may_be_null: <$type as crate::row::Value>::MAY_BE_NULL,
            }),*];

            fn cells(&self) -> Vec<Option<crate::row::Cell>> {
                vec![$(crate::row::Value::cell(&self.$field)),*]
            }

            fn from_cells(
                cells: Vec<Option<crate::row::Cell>>,
            ) -> Result<Self, crate::row::Flaw> {
                let mut cells = cells.into_iter();
                Ok($name {
                    $($field: crate::row::Value::from_cell(cells.next().flatten()).map_err(
                        |message| crate::row::Flaw { column: stringify!($field), message },
                    )?,)*
                })
            }
        }
    };
}
pub(crate) use row;

fn unexpected(expected: &str, cell: Option<Cell>) -> String {
    match cell {
        None => format!("expected {expected}, found null"),
        Some(Cell::Text(text)) => format!("expected {expected}, found {text:?}"),
        Some(Cell::Whole(whole)) => format!("expected {expected}, found {whole}"),
        Some(Cell::Float(float)) => format!("expected {expected}, found {float}"),
    }
}

impl Value for String {
    const KIND: CellType = CellType::Text;

    fn cell(&self) -> Option<Cell> {
        Some(Cell::Text(self.clone()))
    }

    fn from_cell(cell: Option<Cell>) -> Result<Self, String> {
        match cell {
            Some(Cell::Text(text)) => Ok(text),
            other => Err(unexpected("text", other)),
        }
    }
}

impl Value for u64 {
    const KIND: CellType = CellType::Whole;

    fn cell(&self) -> Option<Cell> {
        Some(Cell::Whole(*self))
    }

    fn from_cell(cell: Option<Cell>) -> Result<Self, String> {
        match cell {
            Some(Cell::Whole(whole)) => Ok(whole),
            other => Err(unexpected("a whole number", other)),
        }
    }
}

/// Infinities are numbers here (a log-likelihood can be minus infinity), NaN is not: an undefined
/// value is a null or an absent row.
impl Value for f64 {
    const KIND: CellType = CellType::Float;

    fn cell(&self) -> Option<Cell> {
        Some(Cell::Float(*self))
    }

    fn from_cell(cell: Option<Cell>) -> Result<Self, String> {
        match cell {
            Some(Cell::Float(float)) if !float.is_nan() => Ok(float),
            other => Err(unexpected("a number", other)),
        }
    }
}

/// Null for none.
impl<T: Value> Value for Option<T> {
    const KIND: CellType = T::KIND;
    const MAY_BE_NULL: bool = true;

    fn cell(&self) -> Option<Cell> {
        self.as_ref().and_then(Value::cell)
    }

    fn from_cell(cell: Option<Cell>) -> Result<Self, String> {
        cell.map(|cell| T::from_cell(Some(cell))).transpose()
    }
}

/// Names joined by `+`; the empty list is the empty text.
impl Value for Vec<String> {
    const KIND: CellType = CellType::Text;

    fn cell(&self) -> Option<Cell> {
        Some(Cell::Text(self.join("+")))
    }

    fn from_cell(cell: Option<Cell>) -> Result<Self, String> {
        let text = String::from_cell(cell)?;
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<String> = text.split('+').map(str::to_owned).collect();
        match names.iter().any(String::is_empty) {
            true => Err(format!("expected source names joined by `+`, found {text:?}")),
            false => Ok(names),
        }
    }
}

/// A finite set that stands as text in a table.
macro_rules! keyword {
    ($type:ty, $expected:literal, $($text:literal => $value:path),*) => {
        impl crate::row::Value for $type {
            const KIND: crate::row::CellType = crate::row::CellType::Text;

            fn cell(&self) -> Option<crate::row::Cell> {
                let text = match self {
                    $($value => $text),*
                };
                Some(crate::row::Cell::Text(text.to_owned()))
            }

            fn from_cell(cell: Option<crate::row::Cell>) -> Result<Self, String> {
                let text = <String as crate::row::Value>::from_cell(cell)?;
                match text.as_str() {
                    $($text => Ok($value),)*
                    _ => Err(format!("expected {}, found {text:?}", $expected)),
                }
            }
        }
    };
}
pub(crate) use keyword;

keyword!(
    Direction,
    "\"higher\", \"lower\" or \"nominal\"",
    "higher" => Direction::Higher,
    "lower" => Direction::Lower,
    "nominal" => Direction::Nominal
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_value_is_named() {
        let text = |text: &str| Some(Cell::Text(text.to_owned()));
        let flaw = Direction::from_cell(text("up")).unwrap_err();
        assert_eq!(flaw, r#"expected "higher", "lower" or "nominal", found "up""#);
        assert_eq!(u64::from_cell(None).unwrap_err(), "expected a whole number, found null");
        let nan = Some(Cell::Float(f64::NAN));
        assert_eq!(f64::from_cell(nan.clone()).unwrap_err(), "expected a number, found NaN");
        assert!(Option::<f64>::from_cell(nan).is_err());
        assert_eq!(Option::<f64>::from_cell(None), Ok(None));
        assert!(Vec::<String>::from_cell(text("a++b")).is_err());
        assert_eq!(Vec::<String>::from_cell(text("")), Ok(vec![]));
        assert_eq!(Vec::<String>::from_cell(text("a+b")), Ok(vec!["a".into(), "b".into()]));
    }
}
