//! How is a critique read?

use crate::Sharing;
use serde::{Deserialize, Serialize};

/// Options: how a critique is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Critique {
    /// What a statement about a part of a segment is about.
    pub unit: Unit,
    /// What is read where a reviewer says nothing.
    pub silence: Silence,
    /// Whether each aspect addresses a head of its own, with cutpoints of its own.
    pub aspect_heads: bool,
    /// Whether minor, major and critical are levels of their own. All blame and praise then needs
    /// a severity.
    pub severity: bool,
    /// Whether people differ in how closely their remarks follow returns.
    pub rationality: Sharing,
    /// Whether people differ in how readily they blame and praise, in nats around the shared
    /// cutpoints.
    pub cutpoints: Sharing,
}

/// What a statement about a part of a segment is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// One step.
    #[default]
    Step,
    /// One marked span, as if it were a segment of its own; unmarked steps are one unit each.
    Span,
}

/// What is read where a reviewer says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Silence {
    /// That there is nothing to blame or praise.
    #[default]
    Neutral,
    /// Nothing.
    Ignore,
}
