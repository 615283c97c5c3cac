//! Rows of bytes as texts, so that tests see what importers see.

use crate::{Dialect, ImportError, Reading, Row, each_row};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;

/// Rows as `<number> <fields>`, errors of rows as `! <message>`; messages name the file `f`.
pub(crate) fn rows_of(
    bytes: &[u8],
    dialect: Dialect,
    reading: &Reading<'_>,
) -> Result<Vec<String>, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("f");
    fs::write(&file, bytes).unwrap();
    let short = |error: ImportError| {
        error.to_string().replace(&format!("{}/", folder.path().display()), "")
    };
    let mut told = Vec::new();
    let mut take = |row: Result<Row, ImportError>| {
        told.push(match row {
            Ok(row) => {
                format!("{} {}", row.place.number, serde_json::to_string(&row.fields).unwrap())
            }
            Err(error) => {
                assert!(error.is_of_row(), "{error}");
                format!("! {}", short(error))
            }
        });
        Ok(())
    };
    each_row(&file, dialect, reading, &mut take).map_err(short)?;
    Ok(told)
}

pub(crate) fn rows(bytes: impl AsRef<[u8]>) -> Result<Vec<String>, String> {
    rows_of(bytes.as_ref(), Dialect::Quoted, &Reading::default())
}

pub(crate) fn check(bytes: impl AsRef<[u8]>, expect: &[&str]) {
    assert_eq!(rows(bytes).unwrap(), expect);
}

pub(crate) fn check_refused(bytes: impl AsRef<[u8]>, expect: &str) {
    let message = rows(bytes).unwrap_err();
    assert!(message.contains(expect), "expected {expect:?} in {message:?}");
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A tar archive; names are written as they are, which the tar crate would not do.
pub(crate) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}
