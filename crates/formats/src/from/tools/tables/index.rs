//! Which column numbers the rows of a table, and tells nothing of them?

use crate::{Draft, Row};

/// Whether pandas wrote the column by itself, with or without a name.
pub(super) fn is_index(name: &str) -> bool {
    let number = name.strip_prefix("__index_level_").and_then(|rest| rest.strip_suffix("__"));
    let number = number.or_else(|| name.strip_prefix("Unnamed: "));
    name.is_empty() || number.is_some_and(|number| number.parse::<u32>().is_ok())
}

/// Counts such columns of a row.
pub(super) fn drop_index(draft: &mut Draft<'_>, row: &Row) {
    row.fields.keys().filter(|name| is_index(name)).for_each(|name| {
        draft.drop(&format!("field `{name}`"));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_pandas_numbers_rows_by_are_told() {
        for name in ["__index_level_0__", "__index_level_12__", "Unnamed: 0", ""] {
            assert!(is_index(name), "{name}");
        }
        for name in ["index", "__index_level__", "__index_level_x__", "Unnamed: x", "x0"] {
            assert!(!is_index(name), "{name}");
        }
    }
}
