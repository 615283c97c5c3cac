//! Rows of a file of any kind, and recordings of robots: read whole, or refused by name.

use medley_formats::{D4rl, Dialect, ImportError, Importer, Reading, each_row};
use serde_json::{Map, Value};
use std::path::Path;

/// A row by the names of its fields.
pub type Fields = Map<String, Value>;

/// The rows of a file of these bytes, or what is said of it.
pub fn rows(bytes: &[u8], quoted: Option<bool>) -> Result<Vec<Fields>, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("some.file");
    std::fs::write(&file, bytes).unwrap();
    let reading = Reading { unpacked_bytes: 16 << 20, quoted, ..Reading::default() };
    let mut rows = Vec::new();
    let read = each_row(&file, Dialect::Quoted, &reading, &mut |row| {
        rows.push(row?.fields.to_map());
        Ok(())
    });
    read.map_err(|error| named(&error, &file)).map(|()| rows)
}

/// What an error says, which names the file, and a row that is at fault by its number.
pub fn named(error: &ImportError, file: &Path) -> String {
    let said = error.to_string();
    let rest = said.split_once(&file.display().to_string());
    let (_, rest) = rest.unwrap_or_else(|| panic!("`{said}` does not name the file"));
    if error.is_of_row() {
        let units = [": line ", ": row ", ": episode "];
        let place = units.into_iter().find_map(|unit| rest.strip_prefix(unit));
        let number = place.and_then(|rest| rest.split(':').next()?.parse::<u64>().ok());
        assert!(number.is_some_and(|number| number > 0), "`{said}` does not name the row");
    }
    said
}

/// Every cell between marks, which is one way to read it only.
fn marked(rows: &[Fields]) -> String {
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let line = |cells: Vec<String>| cells.join(",") + "\n";
    let header = line(rows[0].keys().map(|name| cell(name)).collect());
    let text = |value: &Value| cell(value.as_str().unwrap());
    header + &rows.iter().map(|row| line(row.values().map(text).collect())).collect::<String>()
}

/// What is read as a table comes back when it is written and read again.
pub fn table(bytes: &[u8]) {
    for quoted in [None, Some(true), Some(false)] {
        let Ok(rows) = rows(bytes, quoted) else { continue };
        let is_table = rows.first().is_some_and(|row| row.len() > 1)
            && rows.iter().all(|row| row.values().all(Value::is_string))
            && rows.iter().all(|row| row.keys().eq(rows[0].keys()));
        if is_table {
            let again = self::rows(marked(&rows).as_bytes(), Some(true));
            assert_eq!(again.as_deref(), Ok(&rows[..]));
        }
    }
}

/// Rows are read, or refused by name.
pub fn packed(bytes: &[u8]) {
    let _ = rows(bytes, None);
}

/// A dataset that opens, or an error that names the file and nothing that is left behind.
pub fn hdf5(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let (file, dataset) = (folder.path().join("some.hdf5"), folder.path().join("dataset"));
    std::fs::write(&file, bytes).unwrap();
    let importer: &dyn Importer = &D4rl::default();
    let reading = Reading { unpacked_bytes: 16 << 20, ..Reading::default() };
    match importer.import_to(&file, &dataset, &reading) {
        Ok(_) => {
            medley_dataset::Dataset::open(&dataset).unwrap();
        }
        Err(error) => {
            named(&error, &file);
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }
}
