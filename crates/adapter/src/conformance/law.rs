//! The names of the laws.

/// One law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// Every record is in a statement, and in no other number of statements than it should.
    Coverage,
    /// The order of records changes nothing but the order of statements.
    RecordOrder,
    /// Parameters are the same whatever they are fitted on, and start from nothing else.
    Starts,
    /// Under a split, the statements of a part are those of its records alone.
    Part,
    /// The statements of a person or a source are those of its records alone.
    Select,
    /// Clusters and people of statements are those of their records, and answers carry them.
    Clusters,
    /// An origin names all segments that its likelihood reads, and no others.
    Segments,
    /// The loss is `[member, batch]`, and members do not see each other.
    Shape,
    /// A statement's loss does not depend on what else is in the batch: order, size, padding.
    Batch,
    /// Loss and gradient are finite at returns of 1e4 and -1e4.
    Finiteness,
    /// The gradient equals central finite differences, for the model and every response parameter.
    Gradient,
    /// Probabilities sum to 1 over the response set.
    Normalization,
    /// Outcomes have the role that the response set says: exchangeable options are equally likely
    /// at equal rewards, and sides trade places in the mirror.
    Role,
    /// Swapping the sides swaps the answer, and turns the sign of antisymmetric values.
    Mirror,
    /// Adding a constant to every reward changes nothing.
    Shift,
    /// Under mean returns every step that a statement is about counts, and no other; and their
    /// order does not matter, unless feedback is about some of them.
    StepOrder,
    /// Rewards enter times the rationality: twice the reward at half of it is the same.
    Rationality,
    /// Predicted values depend on the reward and on no response parameter, and grow with the first
    /// of two sides, as observed values do.
    Value,
    /// Judgements say what the loss says, and can be measured.
    Judgement,
    /// What people said is the same whether a model is asked or not.
    Answers,
    /// A question that is asked again is the same item, and items are one question each.
    Item,
    /// A pair is the segments that the answer is about, first and second as its outcomes are.
    Pair,
    /// What models of people see of a statement gives the probabilities that training has.
    Linear,
    /// Answers dealt anew are those that were given, and losses and judgements are of them.
    Shuffled,
    /// Answers that are drawn come as often as is predicted, and losses, judgements and values are of them.
    Drawn,
    /// Every question makes a record or is told unanswered, and records that are elicited are those that
    /// the likelihood, bound to them, says are given: each answer as often as is predicted.
    Elicited,
    /// Of people drawn from the prior, whose answers are drawn from the likelihood, the share of the
    /// posterior below the truth is uniform (simulation-based calibration).
    Calibrated,
    /// Feedback simulated from a known reward teaches its order, and the fitted model beats one
    /// without a reward in log-likelihood and accuracy, with values in the order of the answers.
    Recovery,
}
