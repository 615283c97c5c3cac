//! Whose preferences are met, and how much do people differ?
//!
//! Measures over people who each gave several answers. What is drawn with replacement, or left out, is people.
//! All are functions of plain numbers: log-likelihoods, log-odds and votes of whatever model.

mod agreement;
mod ceiling;
mod error;
mod explained;
mod grasp;
mod groups;
mod jackknife;
mod new_person;
mod repeat;
mod shares;

pub use agreement::{Level, Reliability, Weighted};
pub use ceiling::{PairVote, SingleRewardCeiling, single_reward_ceiling};
pub use error::MeasureError;
pub use explained::{
    LOGIT_NOISE, Losses, VarianceParts, disagreement_explained, disagreement_explained_of,
    variance_parts,
};
pub use grasp::{Association, AssociationSettings, Rated, Tested, group_associations};
pub use groups::{
    Cell, GroupAudit, GroupCell, GroupScores, GroupStatement, MINIMUM, PersonTails, group_audit,
    person_tails,
};
pub use jackknife::Jackknifed;
pub use new_person::{
    LABELS, Met, NewPersonCurve, NewPersonPoint, Told, labels_for_half, new_person_curve,
};
pub use repeat::{RepeatAgreement, Repeated, repeat_agreement};
pub use shares::{ShareCalibration, share_calibration};
