//! Which tables does an experiment leave in its folder?

use std::path::Path;

use crate::{
    CurveRow, MeasurementRow, ReliabilityRow, ReportError, ResponseRow, RunRow, read_curves,
    read_measurements, read_reliability, read_responses, read_runs, write_curves,
    write_measurements, write_reliability, write_responses, write_runs,
};

/// The five tables of one experiment, or of a part of its runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tables {
    /// `measurements.parquet`.
    pub measurements: Vec<MeasurementRow>,
    /// `curves.parquet`.
    pub curves: Vec<CurveRow>,
    /// `reliability.parquet`.
    pub reliability: Vec<ReliabilityRow>,
    /// `responses.parquet`.
    pub responses: Vec<ResponseRow>,
    /// `runs.parquet`.
    pub runs: Vec<RunRow>,
}

impl Tables {
    /// Reads the five files of a folder; all of them must be there.
    ///
    /// # Errors
    /// As of [`read_measurements`].
    pub fn read(folder: &Path) -> Result<Self, ReportError> {
        Ok(Tables {
            measurements: read_measurements(&folder.join("measurements.parquet"))?,
            curves: read_curves(&folder.join("curves.parquet"))?,
            reliability: read_reliability(&folder.join("reliability.parquet"))?,
            responses: read_responses(&folder.join("responses.parquet"))?,
            runs: read_runs(&folder.join("runs.parquet"))?,
        })
    }

    /// Writes the five files into a folder, which is created.
    ///
    /// # Errors
    /// As of [`write_measurements`].
    pub fn write(&self, folder: &Path) -> Result<(), ReportError> {
        write_measurements(&folder.join("measurements.parquet"), &self.measurements)?;
        write_curves(&folder.join("curves.parquet"), &self.curves)?;
        write_reliability(&folder.join("reliability.parquet"), &self.reliability)?;
        write_responses(&folder.join("responses.parquet"), &self.responses)?;
        write_runs(&folder.join("runs.parquet"), &self.runs)
    }

    /// The rows of several run folders of one experiment, in the order given.
    ///
    /// That no run is among them twice is checked by [`aggregate`](crate::aggregate).
    pub fn concatenate(parts: impl IntoIterator<Item = Tables>) -> Self {
        let mut whole = Tables::default();
        for part in parts {
            whole.measurements.extend(part.measurements);
            whole.curves.extend(part.curves);
            whole.reliability.extend(part.reliability);
            whole.responses.extend(part.responses);
            whole.runs.extend(part.runs);
        }
        whole
    }
}
