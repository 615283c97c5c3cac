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
    /// Names of the files.
    pub const FILES: [&'static str; 5] = [
        "measurements.parquet",
        "curves.parquet",
        "reliability.parquet",
        "responses.parquet",
        "runs.parquet",
    ];

    /// Reads the five files of a folder; all of them must be there.
    ///
    /// # Errors
    /// As of [`read_measurements`].
    pub fn read(folder: &Path) -> Result<Self, ReportError> {
        let [measurements, curves, reliability, responses, runs] =
            Self::FILES.map(|name| folder.join(name));
        Ok(Tables {
            measurements: read_measurements(&measurements)?,
            curves: read_curves(&curves)?,
            reliability: read_reliability(&reliability)?,
            responses: read_responses(&responses)?,
            runs: read_runs(&runs)?,
        })
    }

    /// Writes the five files into a folder, which is created.
    ///
    /// # Errors
    /// As of [`write_measurements`].
    pub fn write(&self, folder: &Path) -> Result<(), ReportError> {
        let [measurements, curves, reliability, responses, runs] =
            Self::FILES.map(|name| folder.join(name));
        write_measurements(&measurements, &self.measurements)?;
        write_curves(&curves, &self.curves)?;
        write_reliability(&reliability, &self.reliability)?;
        write_responses(&responses, &self.responses)?;
        write_runs(&runs, &self.runs)
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
