//! Answers of chat models that people compared, ranked or voted on.

mod arena;
mod hh_rlhf;
mod multipref;
mod nectar;
mod oasst;
mod prism;
mod shp;

pub use arena::Arena;
pub use hh_rlhf::HhRlhf;
pub use multipref::MultiPref;
pub use nectar::Nectar;
pub use oasst::Oasst;
pub use prism::Prism;
pub use shp::Shp;
