//! Which tables does an experiment leave in its folder?

use std::io::ErrorKind;
use std::path::Path;

use crate::{
    AgreementRow, ChainRow, CurveRow, LearnedRow, LearningRow, MeasurementRow, OrderRow,
    QueryingRow, ReliabilityRow, ReportError, ResponseRow, RunRow, TuningRow, read_agreement,
    read_chains, read_curves, read_learned, read_learning, read_measurements, read_orders,
    read_querying, read_reliability, read_responses, read_runs, read_tuning, write_agreement,
    write_chains, write_curves, write_learned, write_learning, write_measurements, write_orders,
    write_querying, write_reliability, write_responses, write_runs, write_tuning,
};

/// The twelve tables of one experiment, or of a part of its runs.
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
    /// `agreement.parquet`.
    pub agreement: Vec<AgreementRow>,
    /// `learned.parquet`.
    pub learned: Vec<LearnedRow>,
    /// `learning.parquet`.
    pub learning: Vec<LearningRow>,
    /// `tuning.parquet`.
    pub tuning: Vec<TuningRow>,
    /// `orders.parquet`.
    pub orders: Vec<OrderRow>,
    /// `querying.parquet`.
    pub querying: Vec<QueryingRow>,
    /// `chains.parquet`.
    pub chains: Vec<ChainRow>,
    /// `runs.parquet`.
    pub runs: Vec<RunRow>,
}

impl Tables {
    /// Names of the files.
    pub const FILES: [&'static str; 12] = [
        "measurements.parquet",
        "curves.parquet",
        "reliability.parquet",
        "responses.parquet",
        "agreement.parquet",
        "learned.parquet",
        "learning.parquet",
        "tuning.parquet",
        "orders.parquet",
        "querying.parquet",
        "chains.parquet",
        "runs.parquet",
    ];

    /// Reads the twelve files of a folder; all of them must be there but `agreement.parquet`,
    /// `learned.parquet`, `learning.parquet`, `tuning.parquet`, `orders.parquet`, `querying.parquet` and `chains.parquet`, which results of
    /// before do not have.
    ///
    /// # Errors
    /// As of [`read_measurements`].
    pub fn read(folder: &Path) -> Result<Self, ReportError> {
        let [
            measurements,
            curves,
            reliability,
            responses,
            agreement,
            learned,
            learning,
            tuning,
            orders,
            querying,
            chains,
            runs,
        ] = Self::FILES.map(|name| folder.join(name));
        Ok(Tables {
            measurements: read_measurements(&measurements)?,
            curves: read_curves(&curves)?,
            reliability: read_reliability(&reliability)?,
            responses: read_responses(&responses)?,
            agreement: if_there(read_agreement(&agreement))?,
            learned: if_there(read_learned(&learned))?,
            learning: if_there(read_learning(&learning))?,
            tuning: if_there(read_tuning(&tuning))?,
            orders: if_there(read_orders(&orders))?,
            querying: if_there(read_querying(&querying))?,
            chains: if_there(read_chains(&chains))?,
            runs: read_runs(&runs)?,
        })
    }

    /// Writes the twelve files into a folder, which is created.
    ///
    /// # Errors
    /// As of [`write_measurements`].
    pub fn write(&self, folder: &Path) -> Result<(), ReportError> {
        let [
            measurements,
            curves,
            reliability,
            responses,
            agreement,
            learned,
            learning,
            tuning,
            orders,
            querying,
            chains,
            runs,
        ] = Self::FILES.map(|name| folder.join(name));
        write_measurements(&measurements, &self.measurements)?;
        write_curves(&curves, &self.curves)?;
        write_reliability(&reliability, &self.reliability)?;
        write_responses(&responses, &self.responses)?;
        write_agreement(&agreement, &self.agreement)?;
        write_learned(&learned, &self.learned)?;
        write_learning(&learning, &self.learning)?;
        write_tuning(&tuning, &self.tuning)?;
        write_orders(&orders, &self.orders)?;
        write_querying(&querying, &self.querying)?;
        write_chains(&chains, &self.chains)?;
        write_runs(&runs, &self.runs)
    }

    /// The same at another setting: the rows of one run, wherever it stands.
    pub fn set_setting(&mut self, setting: &str) {
        let set = |of: &mut String| setting.clone_into(of);
        self.measurements.iter_mut().for_each(|row| set(&mut row.setting));
        self.curves.iter_mut().for_each(|row| set(&mut row.setting));
        self.reliability.iter_mut().for_each(|row| set(&mut row.setting));
        self.responses.iter_mut().for_each(|row| set(&mut row.setting));
        self.agreement.iter_mut().for_each(|row| set(&mut row.setting));
        self.tuning.iter_mut().for_each(|row| set(&mut row.setting));
        self.chains.iter_mut().for_each(|row| set(&mut row.setting));
        self.runs.iter_mut().for_each(|row| set(&mut row.setting));
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
            whole.agreement.extend(part.agreement);
            whole.learned.extend(part.learned);
            whole.learning.extend(part.learning);
            whole.tuning.extend(part.tuning);
            whole.orders.extend(part.orders);
            whole.querying.extend(part.querying);
            whole.chains.extend(part.chains);
            whole.runs.extend(part.runs);
        }
        whole
    }
}

/// No rows where there is no file.
fn if_there<R>(read: Result<Vec<R>, ReportError>) -> Result<Vec<R>, ReportError> {
    match read {
        Err(ReportError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
            Ok(Vec::new())
        }
        read => read,
    }
}
