//! An import in progress: what was read so far, and what became of the rows.

use crate::importer::draft::{Known, NewText, Parts};
use crate::importer::people::People;
use crate::rows::{Found, Take, each_found, lines, shards};
use crate::{BadRows, Dialect, Draft, EmptyTexts, ImportError, Place, Reading, Row};
use medley_dataset::{Card, Dataset, DatasetError, DatasetWriter, ImportReport, ShardSize};
use std::collections::{BTreeMap, HashSet};
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
    /// What is imported: one file or folder, or several of one format.
    sources: Vec<PathBuf>,
    /// Whether all sources were read as one.
    is_joined: bool,
    /// Files that were read before this one as one table.
    part: u32,
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
    /// There is at least one source.
    pub(crate) fn new(
        card: Card,
        sources: &[PathBuf],
        folder: &Path,
        reading: &Reading<'a>,
    ) -> Result<Self, ImportError> {
        if let Some(source) = sources.iter().find(|source| lies_in_tables(source, folder)) {
            return Err(ImportError::File {
                file: source.clone(),
                expected: "a source outside of the tables that are written".to_owned(),
                found: format!("one in {}", folder.display()),
            });
        }
        let source = sources.first().map_or(folder, PathBuf::as_path);
        let writer = DatasetWriter::new(card, folder, ShardSize::default())
            .map_err(|error| unfit(source, error))?;
        Ok(Self {
            reading: *reading,
            sources: sources.to_vec(),
            is_joined: false,
            part: 0,
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

    /// Calls `each` for every row of a file, and keeps what it drafted if it returns `Ok`. Of the
    /// source itself, that is every row of every file: a folder is its files in the order of their
    /// names, and several sources are one after the other.
    ///
    /// # Errors
    /// A file cannot be read to its end; or, unless bad rows are skipped, a row is not of the format.
    pub fn rows(
        &mut self,
        file: &Path,
        dialect: Dialect,
        mut each: impl FnMut(&mut Draft<'_>, &Row) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        if self.sources.first().is_none_or(|source| source != file) {
            return self.file_rows(file, dialect, each);
        }
        self.is_joined = true;
        let files = pieces(&self.sources)?;
        if files.len() > 1 {
            let note = format!("read {} files: {}", files.len(), shards::names(&files));
            self.report.notes.push(note);
        }
        for (part, file) in files.iter().enumerate() {
            self.part = part as u32;
            self.file_rows(file, dialect, &mut each)?;
        }
        self.part = 0;
        Ok(())
    }

    /// The same of one file, for importers that choose the files of a folder themselves.
    ///
    /// # Errors
    /// As [`Import::rows`].
    pub fn file_rows(
        &mut self,
        file: &Path,
        dialect: Dialect,
        mut each: impl FnMut(&mut Draft<'_>, &Row) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let reading = self.reading;
        self.found_rows(&mut each, |take| each_found(file, dialect, &reading, take))
    }

    /// The same of rows that `read` finds.
    fn found_rows(
        &mut self,
        mut each: impl FnMut(&mut Draft<'_>, &Row) -> Result<(), ImportError>,
        read: impl FnOnce(Take<'_>) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let reading = self.reading;
        let mut before = 0_u32;
        read(&mut |found| {
            let row = match found {
                Found::Row(row) => row,
                Found::Left(reason) => {
                    self.report.drop(reason);
                    return Ok(());
                }
                Found::Note(note) => {
                    self.report.notes.push(note);
                    return Ok(());
                }
            };
            self.rows += 1;
            before = before.wrapping_add(1);
            if self.rows.is_multiple_of(PROGRESS_ROWS) {
                (reading.progress)(self.rows);
            }
            let drafted = row.and_then(|mut row| {
                row.place.part = self.part;
                row.place.before = before.wrapping_sub(1);
                let drafted = self.draft(&row.place, |draft| read_row(draft, &row, &mut each));
                drafted.map_err(|error| doubted(&row, error))
            });
            self.or_skip(drafted)
        })
    }

    /// The same of text files whose n-th lines belong together: `files` names them, by column, in each
    /// of the sources, which are folders or archives.
    ///
    /// # Errors
    /// As [`Import::rows`], and if the files do not have the same number of lines.
    pub(crate) fn line_rows(
        &mut self,
        files: &BTreeMap<String, String>,
        mut each: impl FnMut(&mut Draft<'_>, &Row) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        self.is_joined = true;
        let reading = self.reading;
        for (part, source) in self.sources.clone().iter().enumerate() {
            self.part = part as u32;
            self.found_rows(&mut each, |take| lines::rows(source, files, &reading, take))?;
        }
        self.part = 0;
        Ok(())
    }

    /// The first sound row of a file, for what has to be known before the rest is read.
    ///
    /// # Errors
    /// The file cannot be opened, or is damaged before such a row.
    pub fn first_row(&self, file: &Path) -> Result<Option<Row>, ImportError> {
        let mut first = None;
        let read = each_found(file, Dialect::Quoted, &self.reading, &mut |found| match found {
            Found::Row(Ok(row)) => {
                let place = row.place.clone();
                first = Some(row);
                Err(place.wrong("row", "the first", "enough")) // stops the reading
            }
            _ => Ok(()),
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

    /// Sources that were not read together with the first.
    pub(crate) fn unread(&self) -> Vec<PathBuf> {
        let others = self.sources.iter().skip(1).filter(|_| !self.is_joined);
        others.cloned().collect()
    }

    /// What is imported, for messages: the first of it.
    fn source(&self) -> PathBuf {
        self.sources.first().cloned().unwrap_or_default()
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
        if self.reading.empty == EmptyTexts::Keep {
            draft.keep_empty();
        }
        let told = write(&mut draft)?;
        let parts = draft.into_parts();
        self.commit(parts).map_err(|error| unfit(&self.source(), error))?;
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
        for group in parts.groups.iter() {
            writer.add_group(&group.id, group.prompt.as_deref(), group.context.as_deref())?;
        }
        for text in parts.texts.iter() {
            let NewText { id, group, text, metadata, .. } = text;
            let metadata: Vec<_> = metadata.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
            writer.add_described_text(&id.0, group, text, &metadata)?;
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
        parts.records.iter().try_for_each(|record| record.pour(writer))?;
        if let Some((kind, count)) = parts.counted {
            self.report.keep(kind, count);
        }
        self.report.add(parts.report);
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<ImportReport, ImportError> {
        if self.known.segment_count() == 0 {
            let reason = match &self.first_bad {
                None => {
                    let dropped = self.report.dropped.iter();
                    let left: Vec<_> =
                        dropped.map(|(why, count)| format!("; {count}: {why}")).collect();
                    format!("it has no rows that name a segment{}", left.concat())
                }
                Some(first) => format!("all rows are bad ({}), the first: {first}", self.bad),
            };
            return Err(ImportError::Empty { file: self.source(), reason });
        }
        let source = self.source();
        self.report.keep("group", self.known.group_count());
        self.report.keep("segment", self.known.segment_count());
        self.people.pour(&mut self.writer, &mut self.report);
        // What is true of a format is noted once, however many sources there are of it.
        let mut known = HashSet::new();
        self.report.notes.retain(|note| known.insert(note.clone()));
        self.writer.card().import = Some(self.report.clone());
        // Not in the card: it is of this folder and this time, and not of what was imported.
        self.report.notes.extend(self.writer.found().iter().cloned());
        self.writer.finish().map_err(|error| unfit(&source, error))?;
        Ok(self.report)
    }
}

/// What a row adds, and what of it is not kept.
fn read_row(
    draft: &mut Draft<'_>,
    row: &Row,
    each: &mut impl FnMut(&mut Draft<'_>, &Row) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    each(draft, row)?;
    row.unread().iter().for_each(|name| draft.drop(&format!("field `{name}`")));
    row.asides().iter().for_each(|aside| draft.tell(aside));
    if let Some(what) = row.mended {
        draft.keep(what);
    }
    Ok(())
}

/// The error of a row that may be none: then the file is at fault.
fn doubted(row: &Row, error: ImportError) -> ImportError {
    match row.doubt() {
        Some(doubt) if error.is_of_row() => ImportError::File {
            file: row.place.file.to_path_buf(),
            expected: "rows".to_owned(),
            found: format!("{doubt}. As a row: {error}"),
        },
        _ => error,
    }
}

/// The files of all sources, in their order.
fn pieces(sources: &[PathBuf]) -> Result<Vec<PathBuf>, ImportError> {
    let mut files = Vec::new();
    for source in sources {
        match source.is_dir() {
            true => files.extend(shards::shards(source)?),
            false => files.push(source.clone()),
        }
    }
    Ok(files)
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
