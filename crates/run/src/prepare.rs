//! The dataset of a plan under one split: features, and every source bound to its parts.

use crate::RunError;
use medley_adapter::{
    BindError, Excerpt, Objective, Origin, Response, Scorer, Selection, Statements,
};
use medley_dataset::{Dataset, Part, Partition, SplitError};
use medley_encoder::{FeatureError, Features, Standardizer};
use medley_evaluation::{Answers, Judgement};
use medley_plan::{FeedbackSpec, Plan, PlanError, RunSpec, SaidBy};
use medley_reward_model::HeadLayout;
use medley_saved_model::check_files;
use medley_training::{Source, stream};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything that runs of the same split share.
pub struct Prepared {
    /// The dataset.
    pub dataset: Dataset,
    /// Features of every step as the model sees them.
    pub features: Features,
    /// What brought them to one scale.
    pub standardizer: Option<Standardizer>,
    /// Part of each group or annotator.
    pub partition: Partition,
    /// The shared head and one for each aspect that wants one.
    pub layout: HeadLayout,
    /// The aspects of each source.
    aspects_of: BTreeMap<String, Vec<String>>,
    /// Sources by name.
    pub sources: BTreeMap<String, BoundSource>,
}

/// A source, bound once, and cut in two: what may be learned from and what is reported on. Nobody has
/// the whole, so that who is given the one half cannot reach the other.
pub struct BoundSource {
    /// The statements of the training and the validation part.
    pub learnable: Arc<dyn Objective>,
    /// Those of `learnable` to learn from, rising; at least one.
    pub train: Vec<usize>,
    /// Those of `learnable` to choose on, rising; empty if the split leaves none.
    pub validation: Vec<usize>,
    /// The statements to report on; none if the split leaves none.
    pub test: TestPart,
}

/// The statements of a source that numbers are reported on.
pub struct TestPart(Excerpt);

impl TestPart {
    /// Number of statements.
    pub fn len(&self) -> usize {
        self.0.statements().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a model says about each statement and what people said.
    pub(crate) fn judge(&self, scorer: &Scorer<'_>, response: &Response) -> Vec<Judgement> {
        self.0.judge(scorer, response, &self.all())
    }

    /// What people said.
    pub fn answers(&self) -> Answers {
        self.0.answers(&self.all())
    }

    /// Whether no statement is about a point of feature space.
    pub(crate) fn is_about_segments(&self) -> bool {
        let about_none = |&statement: &usize| self.0.points(statement).is_empty();
        self.0.background().is_empty() && self.all().iter().all(about_none)
    }

    fn all(&self) -> Vec<usize> {
        (0..self.len()).collect()
    }
}

impl BoundSource {
    /// Cuts what an adapter bound at the parts of the split.
    fn new(whole: &Arc<dyn Objective>, rationality: Option<f64>) -> Self {
        let of = |part| whole.statements().of(part);
        let (train, validation) = (of(Part::Train), of(Part::Validation));
        let mut kept = [train.as_slice(), &validation].concat();
        kept.sort_unstable();
        let place = |statement: &usize| kept.partition_point(|other| other < statement);
        let [train, validation] = [train, validation].map(|part| part.iter().map(place).collect());
        let excerpt = |kept| {
            let some = Excerpt::new(whole.clone(), kept);
            match rationality {
                None => some,
                Some(known) => some.with_rationality(known),
            }
        };
        let test = TestPart(excerpt(of(Part::Test)));
        Self { learnable: Arc::new(excerpt(kept)), train, validation, test }
    }

    /// Where all its statements come from, which does not tell what was said.
    pub(crate) fn origins(&self) -> impl Iterator<Item = &Origin> {
        let Self { learnable, test, .. } = self;
        learnable.statements().origins.iter().chain(&test.0.statements().origins)
    }

    /// The source in training, with all that it may learn from.
    pub(crate) fn named(&self, name: &str) -> Source {
        Source {
            name: name.to_owned(),
            objective: self.learnable.clone(),
            train: self.train.clone(),
            validation: self.validation.clone(),
        }
    }
}

impl Prepared {
    /// Encodes, splits and binds what `spec` names, a run of `plan` or all of them.
    ///
    /// # Errors
    /// Data that does not fit the spec, nothing to judge on, or more labels than a mix has; see
    /// [`RunError`]. What the spec says is at fault has its path.
    pub fn new(plan: &Plan, spec: &RunSpec) -> Result<Self, RunError> {
        let data = &spec.dataset;
        let dataset = &plan.dataset(data)?;
        let partition = data.split.partition(dataset, data.split_seed);
        let partition = partition.map_err(|error| {
            let share = match &error {
                SplitError::Empty { part: Part::Validation, .. } => Some("validation"),
                SplitError::Empty { part: Part::Test, .. } => Some("test"),
                _ => None,
            };
            let path = ["dataset", "split"].into_iter().chain(share).collect::<Vec<_>>();
            PlanError::spec(&path, error.to_string())
        })?;
        let encoded = data.encoder.encode_within(dataset, plan.spec.execution.budget());
        let encoded = encoded.map_err(PlanError::from)?;
        // Afterwards, so that a file that is replaced meanwhile is noticed.
        let expected = data.encoder_fingerprint.as_deref();
        check_files(data.encoder.as_ref(), expected, "the plan was made")?;
        let standardizer = match data.standardize {
            true => Some(standardizer(dataset, &partition, &encoded, &data.components)?),
            false => None,
        };
        let features = match &standardizer {
            Some(standardizer) => encoded.standardized(standardizer)?,
            None => encoded,
        };
        // A name that is wrong is wrong before any run.
        for (name, needed) in &spec.evaluation.baselines {
            features.project(needed).map_err(|error| {
                PlanError::spec(&["evaluation", "baselines", name], error.to_string())
            })?;
        }
        crate::truth::check_columns(dataset, spec)?;
        let binder = Binder {
            dataset,
            features: &features,
            standardizer: standardizer.as_ref(),
            partition: &partition,
            split_seed: data.split_seed,
        };
        let mut aspects_of = BTreeMap::new();
        let shared = HeadLayout::shared();
        for (name, source) in &spec.feedback {
            let found = source.adapter.aspects(&binder.selection(name, source, &shared));
            let found = found.map_err(|error| binder.refused(name, error))?;
            aspects_of.insert(name.clone(), found);
        }
        let layout = layout_of(aspects_of.values());
        let mut sources = BTreeMap::new();
        for (name, source) in &spec.feedback {
            sources.insert(name.clone(), binder.bind(name, source, &layout)?);
        }
        let split_seed = data.split_seed;
        let dataset = dataset.clone();
        let prepared =
            Self { dataset, features, standardizer, partition, layout, aspects_of, sources };
        prepared.check_judged(spec, split_seed)?;
        prepared.check_plan(plan, split_seed)?;
        Ok(prepared)
    }

    /// Refuses a plan on this data, split by `split_seed`, that asks for more than there is, or for what
    /// would not fit.
    ///
    /// # Errors
    /// As [`Prepared::new`].
    pub(crate) fn check_plan(&self, plan: &Plan, split_seed: u64) -> Result<(), RunError> {
        self.check_labels(plan, split_seed)?;
        self.check_answers(plan, split_seed)?;
        self.check_curve(plan, split_seed)?;
        self.check_time(plan)?;
        self.check_tuning(plan, split_seed)?;
        self.check_planners(plan)?;
        Ok(self.check_attention(plan)?)
    }

    /// Refuses a spec of which nothing, or not all that it names, can be judged: that would else be
    /// found when everything is trained.
    fn check_judged(&self, spec: &RunSpec, split_seed: u64) -> Result<(), PlanError> {
        let judged = self.judged(spec);
        if judged.is_empty() {
            let message = format!(
                "at least one source needs a statement in the test part to be judged on, and none has \
                 one under the split of seed {split_seed}"
            );
            return Err(PlanError::spec(&["dataset", "split"], message));
        }
        let path = ["evaluation", "sources"];
        judged.iter().try_for_each(|name| self.check_tested(name, &path, split_seed))
    }

    /// Refuses a source that is to be judged, as `path` says, and has no test part.
    pub(crate) fn check_tested(
        &self,
        name: &str,
        path: &[&str],
        split_seed: u64,
    ) -> Result<(), PlanError> {
        if !self.sources[name].test.is_empty() {
            return Ok(());
        }
        let message = format!(
            "expected sources with statements in the test part; `{name}` has none under the split of \
             seed {split_seed}, so it cannot be judged"
        );
        Err(PlanError::spec(path, message))
    }

    /// Whether a run of `spec` on this data has the numbers that it has on its own sources alone:
    /// what else is bound here must not add heads to its model.
    pub fn serves(&self, spec: &RunSpec) -> bool {
        let own = spec.feedback.keys().filter_map(|name| self.aspects_of.get(name));
        layout_of(own) == self.layout
    }

    /// Names of the sources that are judged: those that the spec names, or all that have records in
    /// the test part.
    pub fn judged(&self, spec: &RunSpec) -> Vec<String> {
        let named = !spec.evaluation.sources.is_empty();
        let has_test = |name: &String| !self.sources[name].test.is_empty();
        spec.judged().into_iter().filter(|name| named || has_test(name)).collect()
    }
}

/// A head for each aspect of some sources.
fn layout_of<'a>(aspects: impl Iterator<Item = &'a Vec<String>>) -> HeadLayout {
    HeadLayout::with_aspects(aspects.flatten().cloned().collect())
}

/// What brings features to one scale, and reduces blocks of them to their components.
fn standardizer(
    dataset: &Dataset,
    partition: &Partition,
    encoded: &Features,
    components: &BTreeMap<String, usize>,
) -> Result<Standardizer, RunError> {
    let training = || training_segments(dataset, partition);
    let fitted = Standardizer::fit(encoded, training())?;
    Ok(fitted.with_components(encoded, training(), components).map_err(|error| {
        let path = match &error {
            FeatureError::UnknownBlock { name, .. }
            | FeatureError::TooWide { name, .. }
            | FeatureError::Components { name, .. } => {
                vec!["dataset", "components", name]
            }
            _ => vec!["dataset", "components"],
        };
        PlanError::spec(&path, error.to_string())
    })?)
}

/// Segments all of whose groups are in the training part; all segments if annotators are split.
fn training_segments<'a>(
    dataset: &'a Dataset,
    partition: &'a Partition,
) -> impl Iterator<Item = usize> + 'a {
    let segments = dataset.segments();
    (0..segments.len()).filter(move |&i| match partition {
        Partition::Groups { .. } => partition.of(segments.groups(i)) == Some(Part::Train),
        Partition::Annotators(_) => true,
    })
}

struct Binder<'a> {
    dataset: &'a Dataset,
    features: &'a Features,
    standardizer: Option<&'a Standardizer>,
    partition: &'a Partition,
    split_seed: u64,
}

impl<'a> Binder<'a> {
    fn selection(
        &self,
        name: &'a str,
        source: &'a FeedbackSpec,
        layout: &'a HeadLayout,
    ) -> Selection<'a> {
        Selection {
            source: name,
            dataset: self.dataset,
            features: self.features,
            standardizer: self.standardizer,
            select: &source.select,
            partition: Some(self.partition),
            layout,
            seed: self.split_seed,
        }
    }

    fn bind(
        &self,
        name: &'a str,
        source: &'a FeedbackSpec,
        layout: &'a HeadLayout,
    ) -> Result<BoundSource, RunError> {
        let selection = self.selection(name, source, layout);
        let bound = source.adapter.bind(&selection).map_err(|error| self.refused(name, error))?;
        let bound = self.answered(name, source, bound)?;
        let whole: Arc<dyn Objective> = Arc::from(bound);
        let source = BoundSource::new(&whole, source.rationality);
        if source.train.is_empty() {
            let problem = format!(
                "none of its {} statements is in the training part under the split of seed {}",
                whole.statements().len(),
                self.split_seed
            );
            return Err(BindError::Unfit { source_name: name.to_owned(), problem }.into());
        }
        check_apart(name, whole.statements())?;
        Ok(source)
    }

    /// The objective with the answers that `source` is to have.
    fn answered(
        &self,
        name: &str,
        source: &FeedbackSpec,
        mut objective: Box<dyn Objective>,
    ) -> Result<Box<dyn Objective>, RunError> {
        if source.answers == SaidBy::Shuffled {
            let parts = [Part::Train, Part::Validation, Part::Test];
            let parts = parts.map(|part| objective.statements().of(part));
            let mut rng = stream(self.split_seed, &format!("shuffled/{name}"));
            if !objective.deal(&parts, &mut rng) {
                let adapter = source.adapter.typetag_name();
                let message = format!(
                    "expected \"people\", found \"shuffled\": the answers of `adapter.{adapter}` cannot change \
                     hands here. No two of a part are alike, or the adapter does not say how they do \
                     (`Density::exchange` or `Objective::deal`)"
                );
                return Err(PlanError::spec(&["feedback", name, "answers"], message).into());
            }
        }
        Ok(objective)
    }

    /// Names the source where its adapter did not, and the split where that decides what is left.
    fn refused(&self, name: &str, error: BindError) -> BindError {
        match error {
            BindError::Dataset(error) => {
                BindError::Unfit { source_name: name.to_owned(), problem: error.to_string() }
            }
            BindError::Empty { source_name, kind, reason } if !reason.is_empty() => {
                let reason = format!("{reason}, under the split of seed {}", self.split_seed);
                BindError::Empty { source_name, kind, reason }
            }
            other => other,
        }
    }
}

/// Refuses a source whose training and test statements share a cluster: whatever its adapter did,
/// numbers on the test part would then be about what was trained on.
fn check_apart(name: &str, statements: &Statements) -> Result<(), RunError> {
    let clusters = |part| -> BTreeSet<u32> {
        let origins =
            statements.of(part).into_iter().map(|statement| &statements.origins[statement]);
        origins.flat_map(|origin| origin.clusters.iter().copied()).collect()
    };
    let (seen, asked) = (clusters(Part::Train), clusters(Part::Test));
    match seen.intersection(&asked).count() {
        0 => Ok(()),
        shared => {
            let problem = format!(
                "{shared} of {} clusters of the test part are in the training part too: its adapter \
                 gives statements another part, or other clusters, than their records have",
                asked.len()
            );
            Err(BindError::Unfit { source_name: name.to_owned(), problem }.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Comparisons whose adapter puts every second statement into the training part, whatever its
    /// record is of.
    #[derive(Debug, serde::Serialize, serde::Deserialize)]
    struct Leaky {}

    struct LeakyObjective(Box<dyn Objective>, medley_adapter::Statements);

    #[typetag::serde(name = "leaky-in-a-test")]
    impl medley_adapter::Adapter for Leaky {
        fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
            let inner = medley_adapter::Comparison::default().bind(selection)?;
            let mut statements = inner.statements().clone();
            for origin in statements.origins.iter_mut().step_by(2) {
                origin.part = Some(Part::Train);
            }
            Ok(Box::new(LeakyObjective(inner, statements)))
        }

        fn summary(&self) -> &'static str {
            "for a test"
        }
    }

    impl Objective for LeakyObjective {
        fn statements(&self) -> &medley_adapter::Statements {
            &self.1
        }

        fn parameters(&self, on: &[usize]) -> Vec<medley_adapter::ResponseParameter> {
            self.0.parameters(on)
        }

        fn responses(&self) -> medley_evaluation::ResponseSet {
            self.0.responses()
        }

        fn losses(
            &self,
            scorer: &medley_adapter::Scorer<'_>,
            response: &medley_adapter::Response,
            statements: &[usize],
        ) -> burn::tensor::Tensor<2> {
            self.0.losses(scorer, response, statements)
        }

        fn judge(
            &self,
            scorer: &medley_adapter::Scorer<'_>,
            response: &medley_adapter::Response,
            statements: &[usize],
        ) -> Vec<medley_evaluation::Judgement> {
            self.0.judge(scorer, response, statements)
        }

        fn answers(&self, statements: &[usize]) -> medley_evaluation::Answers {
            self.0.answers(statements)
        }
    }

    /// Audit A1: an adapter that trained on the test part passed every check, and its numbers looked
    /// like those of a good model.
    #[test]
    fn an_adapter_that_trains_on_the_test_part_is_refused() {
        let text = format!(
            r#"
name = "leak"
[dataset]
path = "{}/../../datasets/qa_feedback"
encoder.hashed-ngrams = {{ dimensions = 0 }}
[feedback.comparisons]
adapter.leaky-in-a-test = {{}}
"#,
            env!("CARGO_MANIFEST_DIR")
        );
        let spec = medley_plan::parse(std::path::Path::new("leak.toml"), &text).unwrap();
        let plan = Plan::resolve(spec).unwrap();
        let error = Prepared::new(&plan, &plan.whole(0)).err().unwrap().to_string();
        assert!(error.contains("feedback `comparisons`"), "{error}");
        assert!(
            error.contains("clusters of the test part are in the training part too"),
            "{error}"
        );
    }
}
