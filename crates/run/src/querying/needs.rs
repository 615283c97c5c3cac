//! Do the questions of a source tell what a strategy needs to know of them?
//!
//! Asked before anything is fitted. What only the answer tells would choose questions by answers.

use crate::RunError;
use crate::querying::rounds::Asking;
use medley_evaluation::ResponseSet;
use medley_training::Source;

impl Asking<'_> {
    /// # Errors
    /// The first source whose questions do not.
    pub(super) fn check_needs(&self) -> Result<(), RunError> {
        let needs = self.querying.strategy.needs();
        for source in self.sources {
            let Source { name, objective, .. } = source;
            let is_number = objective.responses() == ResponseSet::Density;
            if needs.predictions && (is_number || !objective.is_asked()) {
                return Err(self.untold(source));
            }
            if needs.features && !objective.is_asked() {
                return Err(self.refused(&format!(
                    "it goes by what a question is about, which for `{name}` follows from its answer; \
                     expected other sources, or `uniform`"
                )));
            }
            if needs.surprise && is_number {
                return Err(self.refused(&format!(
                    "it compares how surprising the answers of sources are, and those of `{name}` are \
                     numbers, whose surprise depends on their unit; expected other sources, `uniform` or \
                     `k-center`"
                )));
            }
        }
        Ok(())
    }

    pub(super) fn untold(&self, source: &Source) -> RunError {
        let (why, instead) = match source.objective.is_asked() {
            true => ("answers are numbers", "`uniform` or `k-center`"),
            false => ("what is asked follows from an answer", "or `uniform`"),
        };
        self.refused(&format!(
            "it needs the probability of each answer before it is given, which the adapter of `{}` cannot \
             tell: {why}; expected other sources, {instead}",
            source.name
        ))
    }
}
