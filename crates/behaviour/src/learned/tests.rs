//! What is learned from recorded steps is what the world does, and its values are worth something.

use super::*;
use crate::PlanningPolicy;
use medley_dataset::{Card, Dataset, DatasetBuilder, Domain};
use medley_toml_file::Tagged;
use medley_world::{
    Acrobot, CartPole, Collection, Cut, Episode, Hold, Mixture, MountainCar, Policy, Uniform,
    World, collect, to_dataset,
};
use rand::RngExt;

/// A walk on a line: action 0 leads 0.02 to the left, 1 as far to the right, in a wind that grows with
/// the place. It ends beyond 1.
fn walk() -> Dataset {
    let rng = &mut medley_random::stream(3, "walk");
    let mut card = Card::new("walk", Domain::Control);
    card.features = ["place", "action-0", "action-1"].map(str::to_owned).to_vec();
    let (mut builder, mut first) = (DatasetBuilder::new(card), 0);
    for number in 0..60 {
        let (mut place, mut rows) = (rng.random_range(0.0..1.0_f64), Vec::new());
        while rows.len() < 3 * 40 && place <= 1.0 {
            let action = rng.random_range(0..2_usize);
            let taken = |other: usize| f32::from(u8::from(action == other));
            rows.extend([place as f32, taken(0), taken(1)]);
            place += wind(place, action);
        }
        let id = format!("e{number}");
        builder.add_group(&id, None, None);
        builder.add_steps(&rows);
        builder.add_window(&id, &[&id], first, rows.len() / 3);
        first += rows.len() / 3;
        let end = if place > 1.0 { "terminated" } else { "truncated" };
        builder.add_metadata(&id, &[("end", end.into()), ("steps-left", 0.0.into())]);
    }
    builder.build().unwrap()
}

fn wind(place: f64, action: usize) -> f64 {
    0.02 * (2.0 * action as f64 - 1.0) + 0.01 * place
}

#[test]
fn effects_are_those_of_the_world() {
    let dataset = walk();
    let options = LearnedWorld { states: 50, ..LearnedWorld::default() };
    let dynamics = Dynamics::learn(Recorded::of(&dataset).unwrap(), &options).unwrap();
    let at = |place: usize| {
        let row = dynamics.representatives()[place];
        let (_, stored) = dataset.segments().stored_features().unwrap();
        f64::from(stored.range(3 * row..3 * row + 1)[0])
    };
    for place in [0.1, 0.33, 0.5, 0.9] {
        for action in [0, 1] {
            let next =
                dynamics.follow(&dynamics.recorded().state_in(&[place as f32, 1.0, 0.0]), action);
            let mean: f64 = next.iter().map(|&(to, p)| p * at(to as usize)).sum();
            let expect = place + wind(place, action);
            assert!((mean - expect).abs() < 5e-4, "from {place} by {action}: {mean}, {expect}");
            // It is spread over the nearest on both sides, and no further.
            let far =
                next.iter().map(|&(to, _)| (at(to as usize) - expect).abs()).fold(0.0, f64::max);
            assert!(far < 0.1, "{far}");
        }
    }
    let ends = |place: f64, action: usize| {
        let next =
            dynamics.follow(&dynamics.recorded().state_in(&[place as f32, 1.0, 0.0]), action);
        let end = dynamics.representatives().len() as u32;
        next.iter().filter(|&&(to, _)| to == end).map(|&(_, p)| p).sum::<f64>()
    };
    assert!(ends(0.99, 1) > 0.8 && ends(0.99, 0) < 0.2, "{} {}", ends(0.99, 1), ends(0.99, 0));
    assert_eq!((ends(0.5, 1), ends(0.2, 0)), (0.0, 0.0));
}

/// Whatever is chosen to be learned from, an end is as likely as it was.
#[test]
fn ends_are_as_frequent_as_they_were() {
    let rng = &mut medley_random::stream(8, "ends");
    let mut card = Card::new("ends", Domain::Control);
    card.features = ["x", "y", "action-0", "action-1"].map(str::to_owned).to_vec();
    let mut builder = DatasetBuilder::new(card);
    let (mut first, mut ended, mut known) = (0, 0, 0);
    for number in 0..1_000 {
        let mut rows = Vec::new();
        let is_ended = loop {
            let action = rng.random_range(0..2);
            let taken = [1.0 - action as f32, action as f32];
            rows.extend([rng.random(), rng.random(), taken[0], taken[1]]);
            known += 1;
            if rng.random_range(0.0..1.0) < 0.04 {
                break true;
            } else if rows.len() == 4 * 20 {
                break false;
            }
        };
        ended += usize::from(is_ended);
        let id = format!("e{number}");
        builder.add_group(&id, None, None);
        builder.add_steps(&rows);
        builder.add_window(&id, &[&id], first, rows.len() / 4);
        first += rows.len() / 4;
        let end = if is_ended { "terminated" } else { "truncated" };
        builder.add_metadata(&id, &[("end", end.into()), ("steps-left", 0.0.into())]);
    }
    let recorded = Recorded::of(&builder.build().unwrap()).unwrap();
    let options = LearnedWorld { states: 50, steps: 400, ..LearnedWorld::default() };
    let dynamics = Dynamics::learn(recorded, &options).unwrap();
    let end = dynamics.representatives().len() as u32;
    let mut sum = 0.0;
    for place in 0..400 {
        let state = [(place % 20) as f32 / 20.0, (place / 20) as f32 / 20.0, 1.0, 0.0];
        let next = dynamics.follow(&dynamics.recorded().state_in(&state), place % 2);
        sum += next.iter().filter(|&&(to, _)| to == end).map(|&(_, p)| p).sum::<f64>();
    }
    let (learned, expect) = (sum / 400.0, ended as f64 / known as f64);
    // Twelve times as many steps as are learned from; by their own frequencies it would be 0.25.
    assert!((learned / expect - 1.0).abs() < 0.35, "{learned}, expected {expect}");
}

#[test]
fn a_process_is_what_its_rows_say() {
    let dataset = walk();
    let options = LearnedWorld { states: 20, ..LearnedWorld::default() };
    let dynamics = Dynamics::learn(Recorded::of(&dataset).unwrap(), &options).unwrap();
    let mdp = dynamics.process(0.9).unwrap();
    let end = dynamics.representatives().len();
    assert_eq!((mdp.states(), mdp.actions(), mdp.is_terminal(end)), (end + 1, 2, true));
    let row = dynamics.recorded().state(dynamics.representatives()[7]);
    let expect: Vec<(usize, f64)> =
        dynamics.follow(row, 1).iter().map(|&(to, p)| (to as usize, p)).collect();
    assert_eq!(mdp.row(7, 1).collect::<Vec<_>>(), expect);
    let told = dynamics.process(1.0).unwrap_err().to_string();
    assert!(told.contains("discount: expected a number of at least 0 and below 1"), "{told}");
}

#[test]
fn an_action_that_leads_nowhere_is_refused() {
    let mut card = Card::new("still", Domain::Control);
    card.features = ["place", "action-0", "action-1"].map(str::to_owned).to_vec();
    let mut builder = DatasetBuilder::new(card);
    builder.add_group("e", None, None);
    builder.add_steps(&[0.0, 1.0, 0.0, 0.5, 0.0, 1.0]);
    builder.add_window("e", &["e"], 0, 2);
    let recorded = Recorded::of(&builder.build().unwrap()).unwrap();
    let told = Dynamics::learn(recorded, &LearnedWorld::default()).err().unwrap();
    assert_eq!(
        told,
        "expected segments that go on after each action: action 1 was taken in 1 of 2 steps, and nowhere \
         within a segment is it known what was seen next"
    );
}

/// Mean length of episodes of who acts at random, and of who acts by the values that are learned from
/// them, where each step pays `paid`.
fn mean_lengths(known: Box<dyn World>, paid: f64) -> [f64; 2] {
    let world: &Tagged<dyn World> = &Tagged::new(known);
    let uniform = Uniform::of(world.as_ref());
    let held = Hold { policy: Uniform::of(world.as_ref()), steps: 5 };
    let mixture = Mixture::new(vec![(1.0, &uniform as &dyn Policy), (1.0, &held)]).unwrap();
    let collection = Collection { episodes: 200, limit: None, seed: 1 };
    let random = collect(world.as_ref(), &mixture, &collection).unwrap();
    let dataset = to_dataset(world.as_ref(), &random, Cut::Whole, "random").unwrap();
    let options = LearnedWorld::default();
    let reward = |_: &[f32]| Some(paid);
    let greedy = PlanningPolicy::new(world, &dataset, &options, [0.99, 1e6], &reward).unwrap();
    let collection = Collection { episodes: 10, limit: None, seed: 2 };
    let best = collect(world.as_ref(), &Mixture::of(&greedy), &collection).unwrap();
    let mean =
        |all: &[Episode]| all.iter().map(Episode::len).sum::<usize>() as f64 / all.len() as f64;
    [mean(&random), mean(&best)]
}

#[test]
fn whoever_acts_by_learned_values_does_better() {
    let check = |world: Box<dyn World>, paid: f64, is_better: fn([f64; 2]) -> bool| {
        let name = world.typetag_name();
        let lengths = mean_lengths(world, paid);
        println!("{name}: {lengths:?}");
        assert!(is_better(lengths), "{name}: {lengths:?}");
    };
    // A pole stands four times as long, and is told nothing but that each step is good.
    check(Box::<CartPole>::default(), 1.0, |[random, best]| best > 4.0 * random);
    check(Box::<MountainCar>::default(), -1.0, |[random, best]| random > 195.0 && best < 160.0);
    check(Box::<Acrobot>::default(), -1.0, |[random, best]| random > 450.0 && best < 300.0);
}
