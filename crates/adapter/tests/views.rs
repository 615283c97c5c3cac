//! Statements seen under the views of whoever made them: the same numbers as asking about each view
//! apart.
#![allow(clippy::unwrap_used)]

use burn::tensor::{Device, Tensor};
use medley_adapter::conformance::world;
use medley_adapter::{
    Adapter, Comparison, Gather, Gathered, Objective, Origin, Perspective, Rating, RatingModel,
    Response, Scorer, Select, Selection,
};
use medley_dataset::Dataset;
use medley_encoder::{Encoder, Features, StoredSteps};
use medley_feedback::{self as feedback, AnnotatorId, Checked, Provenance, Scale};
use medley_reward_model::{
    Head, HeadLayout, LinearModel, ModelShape, Placement, Returns, RewardModel, View,
};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// Each person departs from the shared reward by a head, and the anonymous do not.
struct ByPerson([Vec<usize>; 3]);

impl ByPerson {
    fn new() -> Self {
        Self([vec![], vec![1], vec![2]])
    }
}

impl Perspective for ByPerson {
    fn key(&self, origin: &Origin) -> usize {
        origin.person.map_or(0, |person| 1 + person.0 as usize)
    }

    fn view(&self, key: usize) -> View<'_> {
        View::With(&self.0[key])
    }
}

fn by(number: usize) -> Provenance {
    let annotator = [None, Some("ann"), Some("bob")][number % 3].map(AnnotatorId::from);
    Provenance { annotator, ..Provenance::default() }
}

/// Twelve comparisons and twelve ratings, by two people and by nobody.
fn dataset() -> Dataset {
    let mut dataset = world(12, 1).unwrap();
    let id = |segment: usize| format!("s{segment}").as_str().into();
    let comparisons = (0..12).map(|i| feedback::Comparison {
        provenance: by(i),
        ..feedback::Comparison::new(id(i), id((i + 5) % 12), f64::from(u8::from(i % 4 < 2)))
    });
    let ratings = (0..12).map(|i| feedback::Rating {
        segment: id(i),
        value: 1.0 + (i % 5) as f64,
        scale: Scale { low: 1.0, high: 5.0, levels: Some(5) },
        aspect: None,
        reason: None,
        provenance: by(i),
    });
    dataset.insert(comparisons.map(|record| Checked::new(record).unwrap()).collect()).unwrap();
    dataset.insert(ratings.map(|record| Checked::new(record).unwrap()).collect()).unwrap();
    dataset
}

struct Bench {
    objective: Box<dyn Objective>,
    features: Features,
    model: LinearModel,
    place: Placement,
}

impl Bench {
    fn new(adapter: &dyn Adapter) -> Self {
        let dataset = dataset();
        let features = StoredSteps {}.encode(&dataset).unwrap();
        let groups = ["ann", "bob"].map(|name| Head::Group(name.to_owned()));
        let layout = HeadLayout::shared().and(groups).unwrap();
        let place = Placement::single(Device::flex());
        let shape = ModelShape { features: 3, layout: layout.clone(), members: 2 };
        let mut streams: Vec<_> = (1..3).map(ChaCha8Rng::seed_from_u64).collect();
        let model = LinearModel::new(&shape, 1.0, &mut streams, &place);
        let selection = Selection {
            source: "views",
            dataset: &dataset,
            features: &features,
            standardizer: None,
            select: &Select::default(),
            partition: None,
            layout: &layout,
            seed: 1,
        };
        let objective = adapter.bind(&selection).unwrap();
        Self { objective, features, model, place }
    }

    fn scorer(&self) -> Scorer<'_> {
        Scorer::new(&self.model, &self.features, Returns::Mean, &self.place)
    }

    fn response(&self, all: &[usize]) -> Response {
        Response::new(self.objective.parameters(all).into_iter().map(|parameter| {
            let shape = [2, parameter.initial.len()];
            (parameter.name, self.place.tensor(parameter.initial.repeat(2), shape))
        }))
    }
}

fn numbers(tensor: Tensor<2>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-5, "{found} is not {expected}");
}

fn check(adapter: &dyn Adapter) {
    let bench = Bench::new(adapter);
    let (objective, views) = (&*bench.objective, ByPerson::new());
    // Neither sorted nor each once, so that statements have to be put back into their places.
    let asked = [7, 2, 3, 0, 11, 5, 8, 2];
    let all: Vec<usize> = (0..objective.statements().len()).collect();
    let response = bench.response(&all);
    let each = bench.scorer().seen_by_each(&views);
    let losses = numbers(objective.losses(&each, &response, &asked));
    let judged = objective.judge(&each, &response, &asked);

    let parts = [(objective, &asked[..])];
    let gather = Gather::new(parts, &bench.features, &bench.place).unwrap();
    let values = bench.model.heads(gather.batch());
    let gathered = Gathered::new(&gather, values, bench.model.layout());
    let scorer = Scorer::gathered(&gathered, Returns::Mean, &bench.place).seen_by_each(&views);
    let at_once = numbers(objective.losses(&scorer, &response, &asked));

    let mut seen = 0;
    for (position, &statement) in asked.iter().enumerate() {
        let key = views.key(&objective.statements().origins[statement]);
        let apart = bench.scorer().seen_by(views.view(key));
        let expected = numbers(objective.losses(&apart, &response, &[statement]));
        for member in 0..2 {
            close(losses[member * asked.len() + position], expected[member]);
            close(at_once[member * asked.len() + position], expected[member]);
        }
        let alone = &objective.judge(&apart, &response, &[statement])[0];
        assert_eq!(judged[position].answer, alone.answer);
        close(judged[position].log_likelihood, alone.log_likelihood);
        close(judged[position].predicted_value.unwrap(), alone.predicted_value.unwrap());
        for (one, other) in judged[position].log_probabilities.iter().zip(&alone.log_probabilities)
        {
            close(*one, *other);
        }
        let common = numbers(objective.losses(&bench.scorer(), &response, &[statement]));
        let departs = (common[0] - expected[0]).abs() > 1e-3;
        assert_eq!(departs, key > 0, "statement {statement} of person {key}");
        seen += usize::from(departs);
    }
    assert_eq!(seen, 6);
}

#[test]
fn comparisons_are_seen_by_each() {
    check(&Comparison::default());
}

#[test]
fn ratings_are_seen_by_each() {
    check(&Rating::default());
}

#[test]
fn densities_are_seen_by_each() {
    check(&Rating { model: RatingModel::Gaussian, ..Rating::default() });
}
