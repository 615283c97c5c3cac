//! Answers that were scored, by aspect or by span.

mod defacto;
mod helpsteer;
mod helpsteer2_preference;
mod helpsteer3;
mod prm800k;
mod qa_feedback;
mod summarize_from_feedback;
mod ultrafeedback;
mod ultrafeedback_binarized;
mod wmt_mqm;

pub use defacto::Defacto;
pub use helpsteer::HelpSteer;
pub use helpsteer2_preference::HelpSteer2Preference;
pub use helpsteer3::HelpSteer3;
pub use prm800k::Prm800k;
pub use qa_feedback::QaFeedback;
pub use summarize_from_feedback::SummarizeFromFeedback;
pub use ultrafeedback::UltraFeedback;
pub use ultrafeedback_binarized::UltraFeedbackBinarized;
pub use wmt_mqm::WmtMqm;
