//! Mappings with rows: a sound dataset, or an error that names its place and leaves nothing behind.

use super::files::named;
use medley_dataset::{Dataset, ImportReport};
use medley_doctor::{Case, Options, examine};
use medley_formats::{BadRows, Importer, Reading};
use std::path::Path;

/// What parts a mapping from its rows.
pub const PARTING: &str = "\n---\n";

/// The table that `[import.columns]` is, as TOML, and behind [`PARTING`] the rows.
pub fn mapping(bytes: &[u8]) {
    let parting = PARTING.as_bytes();
    let Some(at) = bytes.windows(parting.len()).position(|window| window == parting) else {
        return;
    };
    let (Ok(said), rows) = (std::str::from_utf8(&bytes[..at]), &bytes[at + parting.len()..]) else {
        return;
    };
    let Ok(table) = toml::from_str::<toml::Table>(said) else { return };
    let tagged = toml::Table::from_iter([("columns".to_owned(), toml::Value::Table(table))]);
    let importer: Box<dyn Importer> = match tagged.try_into() {
        Ok(importer) => importer,
        Err(error) => return assert!(error.to_string().len() > 10, "{error}"),
    };
    for bad_rows in [BadRows::Error, BadRows::Skip] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rows");
        std::fs::write(&file, rows).unwrap();
        import(&*importer, &file, bad_rows);
    }
}

/// What an import made is what its report says, opens, and can be examined.
fn check_dataset(folder: &Path, report: &ImportReport) {
    let dataset = match Dataset::open(folder) {
        Ok(dataset) => dataset,
        Err(error) => panic!("it does not open: {error}"),
    };
    assert_eq!(dataset.card.import.as_ref(), Some(report));
    let kinds =
        ["approval", "comparison", "correction", "critique", "demonstration", "ranking", "rating"];
    for kind in kinds {
        let is_of = |what: &str| {
            what == kind || what.strip_prefix(kind).is_some_and(|rest| rest.starts_with('/'))
        };
        let kept = report.kept.iter().filter(|(what, _)| is_of(what)).map(|(_, count)| count);
        assert_eq!(kept.sum::<usize>(), dataset.count(kind), "{}: {:?}", kind, report);
    }
    assert_eq!(report.kept["segment"], dataset.segments().len());
    let examined = examine(&Case::new(&dataset, Options::default()));
    assert!(!examined.to_string().is_empty() && examined.json().is_ok());
}

/// An import of a file that is alone in its folder makes a sound dataset, or leaves nothing and says why.
pub fn import(importer: &dyn Importer, file: &Path, bad_rows: BadRows) {
    let folder = file.parent().unwrap();
    let dataset = folder.join("dataset");
    let reading = Reading { bad_rows, quoted: Some(true), ..Reading::default() };
    let beside = || std::fs::read_dir(folder).unwrap().count();
    match importer.import_to(file, &dataset, &reading) {
        Ok(report) => {
            check_dataset(&dataset, &report);
            let once = std::fs::read(dataset.join("dataset.toml")).unwrap();
            assert_eq!(importer.import_to(file, &dataset, &reading).ok(), Some(report));
            assert_eq!(std::fs::read(dataset.join("dataset.toml")).unwrap(), once);
            assert_eq!(beside(), 2);
            std::fs::remove_dir_all(&dataset).unwrap();
        }
        Err(error) => {
            let said = named(&error, file);
            // A column that no row has is a slip of the pen, and none of a row.
            let is_slip = said.ends_with("found no such column");
            assert!(!error.is_of_row() || is_slip || bad_rows == BadRows::Error, "{}", said);
            assert_eq!(beside(), 1, "something was left behind: {}", said);
        }
    }
}
