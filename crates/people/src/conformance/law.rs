//! What is asked of every model of people.

/// One law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// The model accepts its own options, says in one line what it is, and fits the panel.
    Options,
    /// Of whomever, possibilities have weights of at least 0 that sum to 1.
    Weights,
    /// Of whatever statement of whomever, strangers included, probabilities of responses sum to 1; utilities
    /// are finite.
    Normalization,
    /// Numbers in reports are finite and have names of their own.
    Numbers,
    /// The same seed gives the same beliefs, bit by bit.
    Determinism,
    /// The order of statements changes no prediction by 1e-6.
    StatementOrder,
    /// Which number a person has changes no prediction by 1e-6.
    Renaming,
    /// People who say nothing change no prediction of others by 1e-6.
    Silence,
    /// Answers that were held out change no belief.
    HeldOut,
    /// Somebody who is met and says nothing is a stranger of whom the same is known.
    NothingKnown,
    /// To meet people by what they said makes that no less likely, of all by 0.02 nats a statement.
    Meeting,
    /// Where all give the same answer, or some always the one and others always the other, predictions are
    /// finite.
    Extremes,
    /// People of whom there is one statement are fitted or refused with
    /// [`PeopleError::Needs`](crate::PeopleError::Needs).
    OneStatement,
    /// What is known of people may be unknown of some, and of all.
    Covariates,
    /// A fit to no statements is an error, or finite.
    Nothing,
    /// Where everybody answers by the same weights, held-out answers are told no worse than by
    /// [`Pooled`](crate::Pooled) and 0.1 nats.
    Alike,
}
