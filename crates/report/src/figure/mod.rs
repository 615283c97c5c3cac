//! Figures: first as data (rows, series, labels), then laid out on a canvas.

mod agreement;
mod agreement_figure;
pub(crate) mod agreement_layout;
mod curves;
mod curves_figure;
mod exchange;
mod exchange_figure;
mod ladder;
mod learning;
mod learning_figure;
pub(crate) mod learning_panel;
mod matrix;
mod overoptimization;
mod overoptimization_figure;
mod overoptimization_layout;
mod profiles;
mod quality;
mod quality_figure;
pub(crate) mod quality_layout;
pub(crate) mod quality_panel;
mod querying;
mod reliability;
mod reliability_figure;
mod robustness_figure;
mod sweep;
mod worth;
mod worth_figure;
pub(crate) mod worth_panel;
mod xy;

pub use agreement::{Agreement, agreement};
pub use agreement_figure::agreement_figure;
pub use curves::{Curve, CurvePanel, Curves, curves};
pub use curves_figure::curves_figure;
pub use exchange::{ExchangeFigure, ExchangePanel, ExchangeRow, exchange};
pub use exchange_figure::exchange_figure;
pub use ladder::{Ladder, Rung, ladder_figure};
pub use learning::{Learning, LearningLine, LearningPanel, learning};
pub use learning_figure::learning_figure;
pub use matrix::{Matrix, MatrixCell, matrix_figure};
pub use overoptimization::{OveroptimizationFigure, OveroptimizationPanel};
pub use overoptimization_figure::overoptimization_figure;
pub use profiles::profiles;
pub use quality::{Mark, Quality, QualityPanel, Reference, quality};
pub use quality_figure::quality_figure;
pub use querying::querying;
pub use reliability::{
    Reliability, ReliabilityPanel, ReliabilityPoint, ReliabilitySeries, reliability,
};
pub use reliability_figure::reliability_figure;
pub use robustness_figure::robustness_figure;
pub use sweep::sweep;
pub use worth::{WorthFigure, WorthPanel, worth};
pub use worth_figure::worth_figure;
pub use xy::{Scale, Series, Shape, XyFigure, xy_figure};
