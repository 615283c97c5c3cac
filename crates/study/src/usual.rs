//! The study of a dataset of which nobody says anything else.

use crate::tagged::{USUAL_MODELS, named, tagged};
use crate::{AggregationSpec, Study, StudySpec, StudySplit, Voices, Weights};
use medley_adapter::{Adapter, Select, Selection};
use medley_aggregation::Rule;
use medley_dataset::{Dataset, Domain};
use medley_encoder::{Encoder, Features};
use medley_people::PeopleModel;
use medley_plan::{FeedbackSpec, SaidBy};
use medley_reward_model::{HeadLayout, Returns};
use medley_toml_file::{Linked, linked};
use std::collections::BTreeMap;
use std::path::Path;

/// More features than this have no covariance that so few answers could tell.
const MOST_FEATURES: usize = 60;

const USUAL_RULES: [&str; 6] =
    ["borda", "bradley-terry", "copeland", "maximal-lottery", "random-dictator", "utilitarian"];

impl StudySpec {
    /// A study of all feedback in a dataset that names people, with what is usual: each item has a utility of
    /// its own, or the features that the dataset stores; noise, values and both; one person, one vote.
    ///
    /// Where items are too many for that, people are audited without a model.
    pub fn of_dataset(path: &Path, dataset: &Dataset) -> Self {
        let is_control = dataset.card.domain == Domain::Control;
        let encoder = is_control.then(|| tagged::<dyn Encoder>("steps", "{}")).flatten();
        let segments = dataset.segments().len();
        let width = match &encoder {
            Some(encoder) => encoder.encode(dataset).map_or(usize::MAX, |f| f.feature_count()),
            None => segments,
        };
        let models: &[&str] = if width <= MOST_FEATURES { &USUAL_MODELS } else { &[] };
        let rules: &[&str] = if width <= MOST_FEATURES { &USUAL_RULES } else { &[] };
        let name = path.file_name().map_or("dataset".into(), |name| name.to_string_lossy());
        Self {
            name: format!("people-{name}"),
            seed: 0,
            study: Study {
                dataset: path.to_owned(),
                encoder,
                model: None,
                returns: Returns::Mean,
                reference: None,
                covariates: Vec::new(),
                groups: Vec::new(),
                bins: BTreeMap::new(),
                population: BTreeMap::new(),
                derived: Vec::new(),
                drop_ties: false,
                repeated: false,
                split: StudySplit::default(),
            },
            feedback: feedback(dataset),
            people: named::<dyn PeopleModel>(models),
            aggregation: AggregationSpec {
                options: Vec::new(),
                from: Voices::Said,
                weights: Some(Weights::OnePersonOneVote),
                rules: named::<dyn Rule>(rules),
            },
        }
    }
}

/// Every kind of feedback that can be read by its usual adapter, names somebody and is a function of returns.
fn feedback(dataset: &Dataset) -> BTreeMap<String, FeedbackSpec> {
    let features = Features::new(Vec::new(), Vec::<f32>::new(), Vec::new());
    let usual = |name: &str| match name {
        // What a listing names first was not shown first, and a tie is half for each.
        "comparison" => "{\"ties\": \"soft-label\", \"offset\": false}",
        _ => "{}",
    };
    let mut found = BTreeMap::new();
    for Linked { name: one, .. } in linked::<Box<dyn Adapter>>(|adapter| adapter.summary()) {
        let Some(adapter) = tagged::<dyn Adapter>(&one, usual(&one)) else { continue };
        let selection = Selection {
            source: &one,
            dataset,
            features: &features,
            standardizer: None,
            select: &Select::default(),
            partition: None,
            layout: &HeadLayout::shared(),
            seed: 0,
        };
        let Ok(objective) = adapter.bind(&selection) else { continue };
        let all: Vec<usize> = (0..objective.statements().len()).collect();
        let names_people = objective.statements().origins.iter().any(|o| o.person.is_some());
        if names_people && objective.linear(&all).is_some() {
            let spec = FeedbackSpec {
                adapter,
                select: Select::default(),
                rationality: None,
                answers: SaidBy::People,
            };
            found.insert(one, spec);
        }
    }
    found
}
