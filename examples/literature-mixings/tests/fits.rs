//! What each mixing does to sources that are noisy, opposed or of their own mind.

use burn::tensor::Device;
use literature_mixings::{GradientProjection, TypeEmbedding, UncertaintyWeighted};
use medley::adapter::{Adapter, Comparison, Objective, Scorer, Select, Selection};
use medley::dataset::{Card, Dataset, DatasetBuilder, Domain};
use medley::encoder::{Encoder, Features, StoredSteps};
use medley::feedback::{self, Checked, Provenance};
use medley::reward_model::{Head, HeadLayout, Linear, ModelShape, Placement, Returns, RewardModel};
use medley::training::{Fit, Fitted, Inference, Joint, Map, Mixing, Options, Source, Task};
use std::sync::Arc;

/// Segments of one step each: a grid, and behind it the unit steps.
const GRID: usize = 5;
const POINTS: usize = GRID * GRID + 2;

fn point(segment: usize) -> [f32; 2] {
    let at = |place: usize| place as f32 - 2.0;
    match segment.checked_sub(GRID * GRID) {
        None => [at(segment / GRID), at(segment % GRID)],
        Some(0) => [1.0, 0.0],
        Some(_) => [0.0, 1.0],
    }
}

/// What a source says: how much better the first of two segments is, by their difference and the
/// number of the question; nothing if neither is.
type Says = fn([f32; 2], usize) -> f32;

fn dataset(sources: &[(&str, Says)]) -> Dataset {
    let features = vec!["x".to_owned(), "y".to_owned()];
    let mut builder = DatasetBuilder::new(Card { features, ..Card::new("grid", Domain::Control) });
    for segment in 0..POINTS {
        let name = segment.to_string();
        builder.add_group(&name, None, None);
        builder.add_steps(&point(segment));
        builder.add_window(&name, &[&name], segment, 1);
    }
    let pairs = (0..GRID * GRID).flat_map(|i| (0..i).map(move |j| (i, j)));
    let mut records = Vec::new();
    for (number, (i, j)) in pairs.enumerate() {
        let [a, b] = [point(i), point(j)];
        for (source, says) in sources {
            let better = says([a[0] - b[0], a[1] - b[1]], number);
            if better == 0.0 {
                continue;
            }
            let [first, second] = [i, j].map(|segment| segment.to_string().as_str().into());
            let record =
                feedback::Comparison::new(first, second, f64::from(u8::from(better > 0.0)));
            let provenance = Provenance::from_source(source);
            records.push(Checked::new(feedback::Comparison { provenance, ..record }).unwrap());
        }
    }
    builder.insert(records);
    builder.build().unwrap()
}

struct Learned {
    fitted: Fitted,
    features: Features,
    layout: HeadLayout,
}

fn learn(mixing: &dyn Mixing, said: &[(&str, Says)]) -> Learned {
    let dataset = dataset(said);
    let features = StoredSteps {}.encode(&dataset).unwrap();
    let names: Vec<&str> = said.iter().map(|(name, _)| *name).collect();
    let fit = Fit::of(&names);
    let layout = HeadLayout::shared().and(mixing.heads(&fit)).unwrap();
    let sources: Vec<Source> = names.iter().map(|name| source(name, &dataset, &features)).collect();
    let task = Task {
        sources: &sources,
        mixing,
        fit: &fit,
        tie: None,
        features: &features,
        returns: Returns::Mean,
        backbone: &Linear::default(),
        shape: &ModelShape { features: 2, layout: layout.clone(), members: 1 },
        seed: 3,
        place: &Placement::single(Device::flex().autodiff()),
    };
    let options = Options {
        epochs: 40,
        min_steps: 0,
        patience: 0,
        learning_rate: 0.02,
        response_learning_rate: 0.02,
        ..Options::default()
    };
    let fitted = Map::default().infer(&task, &options, None, &mut |_| {}).unwrap();
    Learned { fitted, features, layout }
}

fn source(name: &str, dataset: &Dataset, features: &Features) -> Source {
    let adapter = Comparison { offset: false, ..Comparison::default() };
    let selection = Selection {
        source: name,
        dataset,
        features,
        standardizer: None,
        select: &Select::source(name),
        partition: None,
        layout: &HeadLayout::shared(),
        seed: 0,
    };
    let objective: Arc<dyn Objective> = Arc::from(adapter.bind(&selection).unwrap());
    let train = objective.statements().fitted();
    Source { name: name.to_owned(), objective, train, validation: Vec::new() }
}

impl Learned {
    /// Weights of x and y in a head.
    fn weights(&self, head: &Head) -> [f64; 2] {
        let model: Box<dyn RewardModel> = self.fitted.model.frozen();
        let place = Placement::single(Device::flex());
        let scorer = Scorer::new(model.as_ref(), &self.features, Returns::Mean, &place);
        let head = self.layout.position(head).unwrap();
        let whole = |segment| medley::adapter::SegmentSpan {
            segment,
            span: medley::reward_model::Span::Whole,
        };
        let spans = [POINTS - 2, POINTS - 1].map(whole);
        let found: Vec<f64> =
            scorer.head_span_returns(&spans, &[head; 2]).into_data().iter::<f64>().collect();
        [found[0], found[1]]
    }
}

#[test]
fn a_noisy_source_has_the_larger_variance_and_less_weight() {
    let exact: Says = |d, _| d[0] + 0.5 * d[1];
    // Two of five answers are wrong.
    let noisy: Says = |d, n| (d[0] + 0.5 * d[1]) * if n % 5 < 2 { -1.0 } else { 1.0 };
    let mixing = UncertaintyWeighted::default();
    let learned = learn(&mixing, &[("exact", exact), ("noisy", noisy)]);
    let own = learned.fitted.response.report(2);
    let value = |name: &str| {
        let found = own.iter().find(|fitted| fitted.parameter.name == name).unwrap();
        found.values[0]
    };
    let (exact, noisy) = (value("log-variance/exact"), value("log-variance/noisy"));
    // sigma^2 = 2 mean(l), and a coin's l is ln 2: the exact decide, and the noisy lose more than that.
    let coin = (2.0 * std::f64::consts::LN_2).ln();
    assert!(noisy > coin && exact < coin - 1.0, "log-variances {exact} and {noisy}");
}

#[test]
fn exact_opposition_stops_projected_steps() {
    // Only x differs where anybody answers, so that gradients point in opposite directions.
    let many: Says = |d, _| if d[1] == 0.0 { d[0] } else { 0.0 };
    let few: Says = |d, n| if d[1] == 0.0 && n % 4 == 0 { -d[0] } else { 0.0 };
    let said = [("many", many), ("few", few)];
    let [joint, _] = learn(&Joint::default(), &said).weights(&Head::Shared);
    let [projected, _] = learn(&GradientProjection {}, &said).weights(&Head::Shared);
    assert!(joint > 0.5, "a majority decides: {joint}");
    assert!(projected.abs() < 0.05, "weights start within 0.01 of 0: {projected}");
}

#[test]
fn other_opposition_is_outvoted_as_by_joint() {
    let many: Says = |d, _| d[0];
    let few: Says = |d, n| if n % 4 == 0 { -d[0] } else { 0.0 };
    let said = [("many", many), ("few", few)];
    let [joint, _] = learn(&Joint::default(), &said).weights(&Head::Shared);
    let [projected, _] = learn(&GradientProjection {}, &said).weights(&Head::Shared);
    // 0.99 and 0.93: the angle is not 180 degrees, and AdamW makes full steps of what is left.
    assert!(joint > 0.5 && projected > 0.5, "joint {joint}, projected {projected}");
}

/// Weights in the heads of sources of which one departs, and in the shared one.
fn departures(departure_sd: f64) -> [[f64; 2]; 3] {
    let x: Says = |d, _| d[0];
    let both: Says = |d, _| d[0] + d[1];
    let said = [("one", x), ("another", x), ("departs", both)];
    let learned = learn(&TypeEmbedding { departure_sd }, &said);
    let of = |name: &str| learned.weights(&Head::Source(name.to_owned()));
    [learned.weights(&Head::Shared), of("one"), of("departs")]
}

#[test]
fn the_head_of_a_source_that_departs_takes_up_the_departure() {
    let [shared, one, departs] = departures(1.0);
    assert!(departs[1] > 1.0 && one[1] < -0.5, "{departs:?} {one:?}");
    // Each is judged by the sum: x alone counts for the one, and both alike for the other.
    let [one, departs] = [one, departs].map(|own| [shared[0] + own[0], shared[1] + own[1]]);
    assert!(one[1].abs() < 0.1 * one[0], "{one:?}");
    assert!((departs[1] / departs[0] - 1.0).abs() < 0.1, "{departs:?}");
    // What is shared lies between the two.
    let slope = shared[1] / shared[0];
    assert!(slope > 0.1 && slope < 0.9, "{shared:?}");
}

#[test]
fn a_small_departure_is_one_reward_for_all() {
    let [shared, one, departs] = departures(0.03);
    let largest = one.into_iter().chain(departs).map(f64::abs).fold(0.0, f64::max);
    assert!(largest < 0.1 && shared[0] > 1.0, "{largest}, shared {shared:?}");
}
