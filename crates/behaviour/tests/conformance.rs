//! Both adapters keep the laws of the conformance suite, and say by hand what their formulas say.
#![allow(clippy::unwrap_used)]

use burn::tensor::Device;
use medley_adapter::conformance::{Fixture, Law, RecordSet, check};
use medley_adapter::{Adapter, Query};
use medley_behaviour::{ActionDemonstration, LearnedWorld, PersonPlans, RegretStop};
use medley_dataset::{Card, Dataset, DatasetBuilder, Domain};
use medley_feedback::{self as feedback, Provenance, SegmentId};
use medley_toml_file::Tagged;
use medley_world::{
    Action, Collection, Cut, Mixture, RandomMdp, RandomMdpOptions, Uniform, World, collect, stream,
    to_dataset,
};
use rand::RngExt;

const STATES: usize = 3; // as many as the suite's reward has weights

fn random() -> RandomMdp {
    let options = RandomMdpOptions {
        states: STATES,
        actions: 3,
        branching: 2,
        seed: 4,
        discount: 0.8,
        ..RandomMdpOptions::default()
    };
    RandomMdp::new(options).unwrap()
}

fn world() -> Tagged<dyn World> {
    let world: Box<dyn World> = Box::new(random());
    Tagged::new(world)
}

const COUNT: usize = 60;

/// Segments `e0000`, `e0001`, ... of two to four steps, and nine with the same two states and each pair
/// of actions.
fn segments() -> Dataset {
    let rng = &mut stream(1, "segments");
    let mut some = |below: usize, steps: usize| -> Vec<usize> {
        (0..steps).map(|_| rng.random_range(0..below)).collect()
    };
    let drawn = (0..COUNT).map(|number| (some(STATES, 2 + number % 3), some(3, 2 + number % 3)));
    let every = (0..9).map(|pair| (vec![0, 2], vec![pair / 3, pair % 3]));
    dataset(&drawn.chain(every).collect::<Vec<_>>())
}

/// Segments by the states and actions of their steps.
fn dataset(segments: &[(Vec<usize>, Vec<usize>)]) -> Dataset {
    let mut card = Card::new("random", Domain::Control);
    card.features = random().feature_names();
    let mut builder = DatasetBuilder::new(card);
    let mut first = 0;
    for (number, (states, actions)) in segments.iter().enumerate() {
        let id = id(number).0;
        builder.add_group(&id, None, None);
        builder.add_steps(&states.iter().flat_map(|&state| one_hot(state)).collect::<Vec<f32>>());
        builder.add_window(&id, &[&id], first, states.len());
        let known = [("states", joined(states).into()), ("actions", joined(actions).into())];
        builder.add_metadata(&id, &known);
        first += states.len();
    }
    builder.build().unwrap()
}

fn one_hot(state: usize) -> [f32; STATES] {
    std::array::from_fn(|other| f32::from(u8::from(other == state)))
}

fn joined(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(" ")
}

fn id(segment: usize) -> SegmentId {
    format!("e{segment:04}").as_str().into()
}

fn shown(segment: usize) -> feedback::Demonstration {
    feedback::Demonstration {
        segment: id(segment),
        alternatives: Vec::new(),
        provenance: Provenance::default(),
    }
}

fn stopped(segment: usize, step: Option<u32>) -> feedback::Stop {
    feedback::Stop { segment: id(segment), step, provenance: Provenance::default() }
}

fn watched(segment: u32) -> Query {
    Query { segments: vec![segment], ..Query::default() }
}

#[track_caller]
fn keeps(adapter: &dyn Adapter, fixture: &Fixture, skipped: &[Law]) {
    let report =
        check(adapter, fixture).unwrap_or_else(|failures| panic!("{adapter:?}\n{failures}"));
    let found: Vec<Law> = report.skipped.iter().map(|(law, _)| *law).collect();
    assert_eq!(found, skipped, "{adapter:?}: {:?}", report.skipped);
}

#[test]
fn stops_by_regret_keep_all_laws() {
    let stops = [Some(1), None, Some(0), None, Some(2), Some(3), Some(0), Some(1)];
    let records = stops.iter().enumerate().map(|(i, step)| stopped(i, *step)).collect();
    let answers = [None, Some(0), Some(1), Some(2)].map(|step| vec![stopped(10, step)]);
    let fixture = Fixture {
        responses: answers.into_iter().map(RecordSet::new).collect(),
        shift_invariant: true,
        queries: (0..20).map(watched).collect(),
        ..Fixture::new(segments(), RecordSet::new(records), stops.len(), Device::flex())
    };
    let skipped = [Law::Mirror, Law::StepOrder, Law::Pair, Law::Linear, Law::Recovery];
    for values in [PersonPlans::Optimal, PersonPlans::Soft] {
        let adapter = RegretStop { world: Some(world()), values, ..RegretStop::default() };
        keeps(&adapter, &fixture, &skipped);
    }
}

#[test]
fn demonstrations_by_action_keep_all_laws() {
    let records = (0..8).map(shown).collect();
    // All that can be done in two steps from the same states.
    let answers = (COUNT..COUNT + 9).map(|segment| RecordSet::new(vec![shown(segment)]));
    let fixture = Fixture {
        responses: answers.collect(),
        shift_invariant: true,
        ..Fixture::new(
            segments(),
            RecordSet::new(records),
            (0..8).map(|i| 2 + i % 3).sum(),
            Device::flex(),
        )
    };
    for values in [PersonPlans::Soft, PersonPlans::Optimal] {
        let adapter =
            ActionDemonstration { world: Some(world()), values, ..ActionDemonstration::default() };
        // A demonstration is what a policy did, whoever is asked.
        let skipped =
            [Law::Mirror, Law::StepOrder, Law::Pair, Law::Linear, Law::Elicited, Law::Recovery];
        keeps(&adapter, &fixture, &skipped);
    }
}

/// Segments `e0000`, `e0001`, ... of two to four steps on a line, by an action to either side, and four with
/// the same two places and each pair of actions. Some end with their episode if there are `ends`.
fn on_a_line(ends: bool) -> Dataset {
    let rng = &mut stream(5, "line");
    let mut card = Card::new("line", Domain::Control);
    card.features = ["place", "action-0", "action-1"].map(str::to_owned).to_vec();
    let mut builder = DatasetBuilder::new(card);
    let mut first = 0;
    for number in 0..COUNT + 4 {
        let every = number.checked_sub(COUNT).map(|pair| [pair / 2, pair % 2]);
        let mut place = if every.is_some() { 0.4 } else { rng.random_range(-1.0..1.0_f32) };
        let steps = if every.is_some() { 2 } else { 2 + number % 3 };
        let mut rows = Vec::new();
        for step in 0..steps {
            let action = every.map_or_else(|| rng.random_range(0..2_usize), |both| both[step]);
            rows.extend([place, 1.0 - action as f32, action as f32]);
            place += if every.is_some() { 0.2 } else { 0.4 * action as f32 - 0.2 };
        }
        let id = id(number).0;
        builder.add_group(&id, None, None);
        builder.add_steps(&rows);
        builder.add_window(&id, &[&id], first, steps);
        first += steps;
        if ends {
            let end = if number % 4 == 0 { "terminated" } else { "truncated" };
            builder.add_metadata(&id, &[("end", end.into()), ("steps-left", 0.0.into())]);
        }
    }
    builder.build().unwrap()
}

fn plans_and_ends() -> [(PersonPlans, bool); 4] {
    let (optimal, soft) = (PersonPlans::Optimal, PersonPlans::Soft);
    [(optimal, false), (soft, false), (optimal, true), (soft, true)]
}

#[test]
fn stops_in_a_learned_world_keep_all_laws() {
    let stops = [Some(1), None, Some(0), None, Some(2), Some(3), Some(0), Some(1)];
    let records = || stops.iter().enumerate().map(|(i, step)| stopped(i, *step)).collect();
    let answers = [None, Some(0), Some(1), Some(2)].map(|step| vec![stopped(10, step)]);
    let fixture = |ends: bool| Fixture {
        responses: answers.iter().cloned().map(RecordSet::new).collect(),
        // Where an episode may end, a constant in each step is worth something.
        shift_invariant: !ends,
        queries: (0..20).map(watched).collect(),
        ..Fixture::new(on_a_line(ends), RecordSet::new(records()), stops.len(), Device::flex())
    };
    for (values, ends) in plans_and_ends() {
        let mut skipped = vec![Law::Mirror, Law::StepOrder, Law::Pair, Law::Linear, Law::Recovery];
        skipped.splice(1..1, ends.then_some(Law::Shift));
        let learned_world = Some(LearnedWorld { states: 12, ..LearnedWorld::default() });
        let discount = Some(0.8);
        let adapter = RegretStop { learned_world, discount, values, ..RegretStop::default() };
        keeps(&adapter, &fixture(ends), &skipped);
    }
}

#[test]
fn demonstrations_in_a_learned_world_keep_all_laws() {
    let fixture = |ends: bool| Fixture {
        responses: (COUNT..COUNT + 4).map(|segment| RecordSet::new(vec![shown(segment)])).collect(),
        shift_invariant: !ends,
        ..Fixture::new(
            on_a_line(ends),
            RecordSet::new((0..8).map(shown).collect()),
            (0..8).map(|i| 2 + i % 3).sum(),
            Device::flex(),
        )
    };
    for (values, ends) in plans_and_ends() {
        let learned_world = Some(LearnedWorld { states: 12, ..LearnedWorld::default() });
        let discount = Some(0.8);
        let adapter = ActionDemonstration {
            learned_world,
            discount,
            values,
            ..ActionDemonstration::default()
        };
        let mut skipped =
            vec![Law::Mirror, Law::StepOrder, Law::Pair, Law::Linear, Law::Elicited, Law::Recovery];
        skipped.splice(1..1, ends.then_some(Law::Shift));
        keeps(&adapter, &fixture(ends), &skipped);
    }
}

#[test]
fn a_world_is_named_once() {
    let refused = |adapter: RegretStop, expect: &str| {
        let records = RecordSet::new(vec![stopped(0, Some(1)), stopped(1, None)]);
        let fixture = Fixture::new(on_a_line(false), records, 2, Device::flex());
        let told = check(&adapter, &fixture).unwrap_err().to_string();
        assert!(told.contains(expect), "{told}");
    };
    let learned = |states| Some(LearnedWorld { states, ..LearnedWorld::default() });
    let cart: Box<dyn World> = Box::<medley_world::CartPole>::default();
    let plain = RegretStop::default;
    refused(
        plain(),
        "or `learned-world = {}`, which learns it from the steps of the dataset; found neither",
    );
    refused(
        RegretStop { world: Some(world()), learned_world: learned(5), ..plain() },
        "expected one of `world` and `learned-world`, found both",
    );
    refused(
        RegretStop { world: Some(Tagged::new(cart)), ..plain() },
        "or `learned-world = {}` in its place, found `world.cart-pole`",
    );
    refused(
        RegretStop { learned_world: learned(5), ..plain() },
        "expected `discount` beside `learned-world`",
    );
    refused(
        RegretStop { learned_world: learned(5), discount: Some(1.0), ..plain() },
        "`discount`: discount: expected a number of at least 0 and below 1, found 1",
    );
    refused(
        RegretStop { learned_world: learned(1), discount: Some(0.9), ..plain() },
        "`learned-world`: `states`: at least 2 is needed, found 1",
    );
}

#[test]
fn a_table_says_which_states_and_actions_segments_are_made_of() {
    let world = random();
    let policy = Uniform::of(&world);
    let drawn = Collection { episodes: 4, limit: Some(5), seed: 2 };
    let episodes = collect(&world, &Mixture::of(&policy), &drawn).unwrap();
    let cut = Cut::Every { length: 2, stride: 2 };
    let dataset = to_dataset(&world, &episodes, cut, "random").unwrap();
    let metadata = dataset.segments().metadata();
    let of = |column: &str, segment| metadata.column(column).unwrap().label(segment).unwrap();
    for (segment, (episode, start)) in [(0, (0, 0)), (3, (1, 2))] {
        let steps = [start, start + 1];
        let expect = steps.map(|step: usize| episodes[episode].state(step)[0].to_string());
        assert_eq!(of("states", segment), expect.join(" "));
        let expect = steps.map(|step| match episodes[episode].action(step, &world.actions()) {
            Action::Discrete(number) => number.to_string(),
            Action::Continuous(_) => unreachable!("its actions are numbers"),
        });
        assert_eq!(of("actions", segment), expect.join(" "));
    }
}

#[test]
fn temperatures_out_of_range_are_refused() {
    let refused = |temperature: f64, expect: &str| {
        let values = PersonPlans::Temperature(temperature);
        let adapter = RegretStop { world: Some(world()), values, ..RegretStop::default() };
        let records = RecordSet::new(vec![stopped(0, Some(1)), stopped(1, None)]);
        let fixture = Fixture::new(segments(), records, 2, Device::flex());
        let told = check(&adapter, &fixture).unwrap_err().to_string();
        assert!(told.contains(expect), "{told}");
    };
    let expect = "`values.temperature` must be a number from 0 to 1e6, found";
    refused(-1.0, &format!("{expect} -1"));
    refused(2e6, &format!("{expect} 2000000"));
    refused(f64::NAN, &format!("{expect} NaN"));
}
