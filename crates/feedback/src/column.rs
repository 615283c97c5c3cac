//! How a record lies in a table: its columns, their types and their meaning.

/// Type of one column of a feedback table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// UTF-8 text.
    Text,
    /// 64-bit float.
    Float,
    /// 64-bit signed integer.
    Integer,
    /// Truth value.
    Boolean,
    /// List of UTF-8 texts.
    TextList,
    /// List of 64-bit floats.
    FloatList,
    /// List of 64-bit signed integers.
    IntegerList,
}

impl ColumnType {
    /// What a cell has to be, as messages say it.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Float => "a number",
            Self::Integer => "a whole number",
            Self::Boolean => "true or false",
            Self::TextList => "a list of texts",
            Self::FloatList => "a list of numbers",
            Self::IntegerList => "a list of whole numbers",
        }
    }
}

/// One column of a feedback table. Its name is the serde name of the record's field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Serde name of the field.
    pub name: &'static str,
    /// Type of the values.
    pub kind: ColumnType,
    /// Whether a value may be missing.
    pub nullable: bool,
    /// What a value means, with unit and range.
    pub meaning: &'static str,
}

impl Column {
    /// A column that holds a value in every row.
    pub const fn required(name: &'static str, kind: ColumnType, meaning: &'static str) -> Self {
        Self { name, kind, nullable: false, meaning }
    }

    /// A column whose value may be missing.
    pub const fn optional(name: &'static str, kind: ColumnType, meaning: &'static str) -> Self {
        Self { name, kind, nullable: true, meaning }
    }
}
