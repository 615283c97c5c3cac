//! People who plan in a world that is a table.
#![allow(clippy::unwrap_used)]

use medley_annotator::Simulation;
use medley_behaviour as _;
use medley_feedback as feedback;

const STOPS: &str = r#"
    world.grid = { preset = "trap" }
    episodes = 4
    segments = { length = 10, count = 300 }
    people.rationality = 5
    sources.a = { questions = 400, adapter.regret-stop = { world.grid = { preset = "trap" } } }
"#;

fn simulation(text: &str) -> Simulation {
    toml::from_str(text).unwrap()
}

/// Four episodes do not go everywhere; what people know of the other states is the same all the same.
#[test]
fn a_world_is_known_from_its_note_too() {
    let lived = simulation(STOPS).dataset(3).unwrap();
    let again = simulation(STOPS).about(&lived, 3).unwrap();
    let told = |data: &medley_dataset::Dataset| data.records::<feedback::Stop>().unwrap();
    assert_eq!(told(&lived), told(&again));
    assert!(told(&again).iter().filter(|stop| stop.step.is_some()).count() > 300);
    let noted =
        |data: &medley_dataset::Dataset| medley_annotator::world_of(data).unwrap().is_some();
    assert!(noted(&again));
    let mut bare = lived;
    bare.card.import = None;
    let told = simulation(STOPS).about(&bare, 3).unwrap_err().to_string();
    let expect = "`sources.a.adapter`: people who plan have to know what each state and action";
    assert!(told.starts_with(expect), "{told}");
    // Who only looks at segments needs no world.
    let compared =
        STOPS.replace("regret-stop = { world.grid = { preset = \"trap\" } }", "comparison = {}");
    assert!(!noted(&simulation(&compared).about(&bare, 3).unwrap()));
}
