//! A question of the pool, with what is behind it.

use medley_dataset::PersonIndex;
use medley_querying::Question;

/// A record that could be asked for.
pub(super) struct Entry {
    /// Its statements, of the source that the question names by its place in the mix. Rising.
    pub statements: Vec<usize>,
    /// Without predictions and seconds, and as if it were sure to be answered.
    pub question: Question,
    /// Who would be asked, if that is known.
    pub person: Option<PersonIndex>,
    /// What its time is expected by: its statements, if the question says how many there will be, else
    /// the question.
    pub units: usize,
    /// Seconds that it takes once it is asked, which nobody knows before; none if that is not recorded.
    pub seconds: Option<f64>,
    /// Whether it is answered once it is asked, which nobody knows before.
    pub is_answered: bool,
}
