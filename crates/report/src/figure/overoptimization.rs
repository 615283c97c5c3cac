//! What does the figure of overoptimization show?

use serde::{Deserialize, Serialize};

/// Proxy and gold over the distance that optimization has come, a panel for each way of optimizing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct OveroptimizationFigure {
    /// File name without ending.
    pub name: String,
    /// Above the figure; may be empty.
    pub title: String,
    /// With unit.
    pub x_label: String,
    /// With unit.
    pub y_label: String,
    /// What the intervals are over; empty where there are none.
    pub intervals: String,
    /// Side by side, four in a row.
    pub panels: Vec<OveroptimizationPanel>,
}

/// One way of optimizing. All points are distances, and gains over the first policy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct OveroptimizationPanel {
    /// What it is compared as.
    pub title: String,
    /// By the reward that is optimized.
    pub proxy: Vec<(f64, f64)>,
    /// By the true one.
    pub gold: Vec<(f64, f64)>,
    /// Lower and upper end for each point of gold; empty for none.
    pub intervals: Vec<(f64, f64)>,
    /// The curve that was fitted to gold; empty for none.
    pub fit: Vec<(f64, f64)>,
    /// Where that is highest, if policies came that far.
    pub peak: Option<(f64, f64)>,
    /// What the true reward gains where it is optimized itself; empty where it was not.
    pub truth: Vec<(f64, f64)>,
    /// What is said of the alarm.
    pub alarm: String,
    /// Whether it was raised.
    pub is_raised: bool,
}
