//! An import in progress: what was read so far, and what became of the rows.

use crate::importer::draft::{Known, Parts};
use crate::importer::people::People;
use crate::rows::each_row;
use crate::{BadRows, Dialect, Draft, ImportError, Place, Reading, Row};
use medley_dataset::{Card, Dataset, DatasetError, DatasetWriter, ImportReport, ShardSize};
use std::path::{Path, PathBuf};

/// A dataset and what became of the source; the report is also in the card.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The dataset.
    pub dataset: Dataset,
    /// What was kept and dropped.
    pub report: ImportReport,
}

/// Bad rows whose message is shown.
const SHOWN: usize = 10;
/// Rows between two reports of progress.
const PROGRESS_ROWS: u64 = 4096;
const BAD_ROW: &str = "row that is not of the format";

/// Collects what importers read. Whatever a row adds, it adds in one go or not at all.
pub struct Import<'a> {
    reading: Reading<'a>,
    source: PathBuf,
    writer: DatasetWriter,
    known: Known,
    people: People,
    report: ImportReport,
    bad: usize,
    /// What was wrong with the first bad row.
    first_bad: Option<String>,
    rows: u64,
}

impl<'a> Import<'a> {
    pub(crate) fn new(
        card: Card,
        source: &Path,
        folder: &Path,
        reading: &Reading<'a>,
    ) -> Result<Self, ImportError> {
        if lies_in_tables(source, folder) {
            return Err(ImportError::File {
                file: source.to_owned(),
                expected: "a source outside of the tables that are written".to_owned(),
                found: format!("one in {}", folder.display()),
            });
        }
        let writer = DatasetWriter::new(card, folder, ShardSize::default())
            .map_err(|error| unfit(source, error))?;
        Ok(Self {
            reading: *reading,
            source: source.to_owned(),
            writer,
            known: Known::default(),
            people: People::default(),
            report: ImportReport::default(),
            bad: 0,
            first_bad: None,
            rows: 0,
        })
    }

    /// The card, for what only the files tell, such as the names of features.
    pub fn card(&mut self) -> &mut Card {
        self.writer.card()
    }

    /// The report, for counts and notes that belong to no row.
    pub fn report(&mut self) -> &mut ImportReport {
        &mut self.report
    }

    /// Rows that were skipped so far: what is summed over rows may lack theirs.
    pub fn skipped(&self) -> usize {
        self.bad
    }

    /// Calls `each` for every row of a file, and keeps what it drafted if it returns `Ok`.
    ///
    /// # Errors
    /// The file cannot be read to its end; or, unless bad rows are skipped, a row is not of the
    /// format.
    pub fn rows(
        &mut self,
        file: &Path,
        dialect: Dialect,
        mut each: impl FnMut(&mut Draft<'_>, &Row) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let reading = self.reading;
        each_row(file, dialect, &reading, &mut |row| {
            self.rows += 1;
            if self.rows.is_multiple_of(PROGRESS_ROWS) {
                (reading.progress)(self.rows);
            }
            let drafted = row.and_then(|row| {
                let place = row.place.clone();
                self.draft(&place, |draft| each(draft, &row))
            });
            self.or_skip(drafted)
        })
    }

    /// The first sound row of a file, for what has to be known before the rest is read.
    ///
    /// # Errors
    /// The file cannot be opened, or is damaged before such a row.
    pub fn first_row(&self, file: &Path) -> Result<Option<Row>, ImportError> {
        let mut first = None;
        let read = each_row(file, Dialect::Quoted, &self.reading, &mut |row| match row {
            Ok(row) => {
                let place = row.place.clone();
                first = Some(row);
                Err(place.wrong("row", "the first", "enough")) // stops the reading
            }
            Err(_) => Ok(()),
        });
        if first.is_some() { Ok(first) } else { read.map(|()| None) }
    }

    /// The outcome of a row; if bad rows are skipped, a bad one is counted and no error.
    pub(crate) fn or_skip(&mut self, drafted: Result<(), ImportError>) -> Result<(), ImportError> {
        match drafted {
            Err(error) if error.is_of_row() && self.reading.bad_rows == BadRows::Skip => {
                self.skip(&error);
                Ok(())
            }
            other => other,
        }
    }

    /// How the source is to be read.
    pub(crate) fn reading(&self) -> Reading<'a> {
        self.reading
    }

    /// Keeps what `write` drafted if it returns `Ok`: for what belongs to several rows.
    ///
    /// # Errors
    /// What `write` returns.
    pub fn draft<T>(
        &mut self,
        place: &Place,
        write: impl FnOnce(&mut Draft<'_>) -> Result<T, ImportError>,
    ) -> Result<T, ImportError> {
        let mut draft = Draft::new(place, &self.known);
        let told = write(&mut draft)?;
        let parts = draft.into_parts();
        self.commit(parts).map_err(|error| unfit(&self.source, error))?;
        Ok(told)
    }

    fn skip(&mut self, error: &ImportError) {
        self.report.drop(BAD_ROW);
        self.bad += 1;
        self.first_bad.get_or_insert_with(|| error.to_string());
        if self.bad <= SHOWN {
            self.report.notes.push(format!("skipped: {error}"));
        }
    }

    fn commit(&mut self, parts: Parts) -> Result<(), DatasetError> {
        self.known.learn(&parts);
        let writer = &mut self.writer;
        for group in &parts.groups {
            writer.add_group(&group.id, group.prompt.as_deref(), group.context.as_deref())?;
        }
        for text in &parts.texts {
            writer.add_text(&text.id.0, &text.group, &text.text)?;
        }
        if !parts.features.is_empty() {
            writer.card().features.clone_from(&parts.features);
        }
        writer.add_steps(&parts.steps, &parts.rewards)?;
        for window in &parts.windows {
            let groups: Vec<&str> = window.groups.iter().map(String::as_str).collect();
            writer.add_window(&window.id.0, &groups, window.rows.clone())?;
        }
        parts.people.into_iter().for_each(|person| self.people.learn(person));
        parts.records.into_values().try_for_each(|bucket| bucket.pour(writer))?;
        self.report.add(parts.report);
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<ImportReport, ImportError> {
        if self.known.segment_count() == 0 {
            let reason = match &self.first_bad {
                None => "it has no rows that name a segment".to_owned(),
                Some(first) => format!("all rows are bad ({}), the first: {first}", self.bad),
            };
            return Err(ImportError::Empty { file: self.source, reason });
        }
        self.report.keep("group", self.known.group_count());
        self.report.keep("segment", self.known.segment_count());
        self.people.pour(&mut self.writer, &mut self.report);
        self.writer.card().import = Some(self.report.clone());
        self.writer.finish().map_err(|error| unfit(&self.source, error))?;
        Ok(self.report)
    }
}

/// Whether writing the dataset would replace its own source.
fn lies_in_tables(source: &Path, folder: &Path) -> bool {
    match (source.canonicalize(), folder.canonicalize()) {
        (Ok(source), Ok(folder)) => source == folder || source.starts_with(folder.join("feedback")),
        _ => false,
    }
}

fn unfit(source: &Path, error: DatasetError) -> ImportError {
    ImportError::Dataset { file: source.to_owned(), source: Box::new(error) }
}
