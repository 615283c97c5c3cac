//! Episodes recorded from Gymnasium by `scripts/record-mujoco.py`, lived through again from their first
//! states: positions and velocities to the bit, rewards to 1e-12. And what else a state that is a slice of numbers has to be good for.
#![allow(clippy::unwrap_used)]

use medley_mujoco::{Ant, HalfCheetah, Hopper, Swimmer, Walker2d};
use medley_random::stream;
use medley_world::{Action, Actions, Uniform, World, WorldError};
use medley_world::{Collection, Mixture, collect};

fn worlds() -> [Box<dyn World>; 5] {
    [
        Box::new(Ant::default()),
        Box::new(HalfCheetah::default()),
        Box::new(Hopper::default()),
        Box::new(Swimmer::default()),
        Box::new(Walker2d::default()),
    ]
}

/// Lives through every recorded episode, and says how many steps there were and how many ends.
fn check(world: &dyn World, expect: (usize, usize)) {
    let name = world.typetag_name();
    let path = format!("{}/fixtures/{name}.csv", env!("CARGO_MANIFEST_DIR"));
    let mut reader = csv::Reader::from_path(path).unwrap();
    let columns = reader.headers().unwrap().clone();
    let of = |prefix: &str| -> Vec<usize> {
        let is_of = |column: &str| {
            column.strip_prefix(prefix).is_some_and(|number| number.parse::<u32>().is_ok())
        };
        (0..columns.len()).filter(|&place| is_of(&columns[place])).collect()
    };
    let [before, action, after, seen] = ["s", "a", "n", "o"].map(of);
    assert_eq!(before.len(), world.state_width(), "{name}");
    assert_eq!(seen.len(), world.observation_names().len(), "{name}");
    let rng = &mut stream(0, "never used");
    let mut state = vec![0.0; world.state_width()];
    let mut seen_here = vec![0.0_f32; seen.len()];
    let (mut rows, mut ends) = (0, 0);
    for row in reader.records() {
        let row = row.unwrap();
        let number = |place: &usize| row[*place].parse::<f64>().unwrap();
        if !row[before[0]].is_empty() {
            state = before.iter().map(number).collect();
        }
        let action: Vec<f64> = action.iter().map(number).collect();
        let step = world.step(&mut state, Action::Continuous(&action), rng).unwrap();
        world.observe(&state, &mut seen_here);
        let close = |found: f64, place: usize, within: f64| {
            let expect = number(&place);
            let is_close = (found - expect).abs() <= within * expect.abs().max(1.0);
            assert!(is_close, "{name}, row {rows}, `{}`: {found}, {expect}", &columns[place]);
        };
        after.iter().zip(&state).for_each(|(&place, &found)| close(found, place, 0.0));
        seen.iter().zip(&seen_here).for_each(|(&place, &it)| close(f64::from(it), place, 1e-6));
        close(step.reward, columns.len() - 2, 1e-12);
        assert_eq!(step.terminated, &row[columns.len() - 1] == "1", "{name}, row {rows}");
        rows += 1;
        ends += usize::from(step.terminated);
    }
    assert_eq!((rows, ends), expect, "{name}");
}

#[test]
fn every_recorded_step_is_repeated() {
    let [ant, half_cheetah, hopper, swimmer, walker2d] = worlds();
    check(&*ant, (80, 0));
    check(&*half_cheetah, (80, 0));
    check(&*hopper, (80, 3));
    check(&*swimmer, (80, 0));
    check(&*walker2d, (80, 3));
}

/// A state that is restored goes on with the same bits, whatever was done in the meantime and on whichever
/// thread.
#[test]
fn a_restored_state_goes_on_with_the_same_bits() {
    for world in worlds() {
        let world = &*world;
        let Actions::Continuous { low, .. } = world.actions() else { panic!("torques") };
        let action = |step: usize| -> Vec<f64> {
            (0..low.len()).map(|joint| ((step * 7 + joint * 3) as f64).sin()).collect()
        };
        let go_on = |mut state: Vec<f64>, from: usize| {
            let rng = &mut stream(0, "never used");
            let steps = from..from + 50;
            let rewards: Vec<f64> = steps
                .map(|step| {
                    world.step(&mut state, Action::Continuous(&action(step)), rng).unwrap().reward
                })
                .collect();
            (state, rewards)
        };
        let mut first = vec![0.0; world.state_width()];
        world.reset(&mut stream(5, "first state"), &mut first);
        let (saved, _) = go_on(first.clone(), 0);
        let once = go_on(saved.clone(), 50);
        go_on(first, 3);
        assert_eq!(go_on(saved.clone(), 50), once, "{}", world.typetag_name());
        let elsewhere = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..4).map(|_| scope.spawn(|| go_on(saved.clone(), 50))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(elsewhere.iter().all(|it| *it == once), "{}", world.typetag_name());
    }
}

/// By the seed alone, near the model's own state, and with the extent that Gymnasium draws.
#[test]
fn first_states_are_drawn_around_the_model_s() {
    let world = HalfCheetah::default();
    let mut state = vec![0.0; world.state_width()];
    let mut drawn: Vec<Vec<f64>> = Vec::new();
    for seed in 0..2000 {
        world.reset(&mut stream(seed, "first state"), &mut state);
        drawn.push(state[..18].to_vec());
    }
    let sd = |place: usize| {
        let mean = drawn.iter().map(|it| it[place]).sum::<f64>() / 2000.0;
        (drawn.iter().map(|it| (it[place] - mean).powi(2)).sum::<f64>() / 2000.0).sqrt()
    };
    for place in 0..9 {
        assert!(drawn.iter().all(|it| it[place].abs() <= 0.1), "{place}");
        assert!((sd(place) - 0.2 / 12f64.sqrt()).abs() < 0.003, "{place}: {}", sd(place));
        assert!((sd(place + 9) - 0.1).abs() < 0.006, "{place}: {}", sd(place + 9));
    }
}

#[test]
fn episodes_end_as_they_should() {
    let few = Collection { episodes: 5, limit: None, seed: 3 };
    for world in worlds() {
        let episodes = collect(&*world, &Mixture::of(&Uniform::of(&*world)), &few).unwrap();
        let longest = episodes.iter().map(|episode| episode.len()).max().unwrap();
        match world.typetag_name() {
            "half-cheetah" | "swimmer" => assert_eq!(longest, 1000),
            "ant" => assert!(longest <= 1000),
            _ => assert!(longest < 200, "{longest}"),
        }
    }
}

#[test]
fn what_is_no_action_is_refused_and_moves_nothing() {
    for world in worlds() {
        let mut state = vec![0.0; world.state_width()];
        world.reset(&mut stream(1, "first state"), &mut state);
        let before = state.clone();
        let rng = &mut stream(0, "never used");
        let nan = vec![f64::NAN; world.actions().width()];
        for action in [Action::Discrete(0), Action::Continuous(&[0.0]), Action::Continuous(&nan)] {
            let error = world.step(&mut state, action, rng).unwrap_err();
            assert!(matches!(error, WorldError::Action { .. }), "{error}");
        }
        assert_eq!(state, before);
    }
}

#[test]
fn a_torque_beyond_its_bounds_is_clipped_and_paid_for_as_clipped() {
    let step = |torque: f64| {
        let world = Hopper::default();
        let mut state = vec![0.0; world.state_width()];
        world.reset(&mut stream(1, "first state"), &mut state);
        let rng = &mut stream(0, "never used");
        let step = world.step(&mut state, Action::Continuous(&[torque; 3]), rng).unwrap();
        (state, step)
    };
    assert_eq!(step(50.0), step(1.0));
    assert_ne!(step(0.9), step(1.0));
}

#[test]
fn named_in_toml_and_options_are_checked() {
    let read = |text: &str| toml::from_str::<Box<dyn World>>(text);
    for world in worlds() {
        let named = read(&format!("{} = {{}}", world.typetag_name())).unwrap();
        assert_eq!(format!("{named:?}"), format!("{world:?}"));
        named.check().unwrap();
    }
    assert!(read("hopper = { gravity = 1 }").is_err());
    let check = |text: &str, expect: &str| {
        assert_eq!(read(text).unwrap().check().unwrap_err().to_string(), expect);
    };
    check(
        "hopper.reset-noise-scale = -1",
        "`reset-noise-scale`: a number of at least 0 is needed, found -1",
    );
    check("ant.healthy-reward = nan", "`healthy-reward`: a finite number is needed, found NaN");
}

/// A state far outside runs away, which is said by who collects: it is not begun anew without a word.
#[test]
fn what_runs_away_is_not_finite() {
    let world = HalfCheetah::default();
    let mut state = vec![0.0; world.state_width()];
    world.reset(&mut stream(1, "first state"), &mut state);
    state[9] = 1e300;
    let rng = &mut stream(0, "never used");
    let step = world.step(&mut state, Action::Continuous(&[0.0; 6]), rng).unwrap();
    let numbers = state.iter().chain([&step.reward]);
    assert!(numbers.copied().any(|number| !number.is_finite()), "{state:?}");
}
