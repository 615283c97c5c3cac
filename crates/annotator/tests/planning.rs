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

/// Rewards of points are of no segment, from whose end they could be discounted.
#[test]
fn myopia_means_nothing_where_points_are_asked_about() {
    let described = r#"
        world.grid = { preset = "trap" }
        episodes = 4
        sources.a = { questions = 30, adapter.description = { sd = 0.1 } }
    "#;
    for (text, expect) in [
        (STOPS, "answers are a step or never and follow rewards of single points"),
        (described, "answers are numbers and follow rewards of single points"),
    ] {
        let myopic = "distortions = [{ myopia = { discount = 0.5 } }]";
        let compared = "sources.b = { questions = 9, adapter.comparison = {} }";
        // Of the people it has to act somewhere, and is noted where it does not.
        let people = format!("people.{myopic}\n{text}");
        let told = simulation(&people).dataset(3).unwrap_err().to_string();
        assert!(told.contains("`myopia` means nothing to the answers of any source"), "{told}");
        let data = simulation(&format!("{people}\n{compared}")).dataset(3).unwrap();
        let notes = data.card.import.unwrap().notes.join("\n");
        assert!(notes.contains("`myopia` means nothing to answers of `a`"), "{notes}");
        assert!(!notes.contains("answers of `b`"), "{notes}");
        let source = text.replace("sources.a = {", &format!("sources.a = {{ {myopic},"));
        let told = simulation(&source).dataset(3).unwrap_err().to_string();
        assert!(told.contains("`sources.a`: distortion `myopia` means nothing where"), "{told}");
        assert!(told.contains(expect), "{told}");
    }
}
