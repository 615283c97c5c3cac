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

/// A demonstration is what a policy did, however people would answer.
#[test]
fn what_is_about_answers_is_refused_where_nobody_is_asked() {
    let shown = |more: &str| {
        simulation(&format!(
            r#"
            world.grid = {{ preset = "trap" }}
            policies = [{{ policy = "boltzmann", rationality = 5 }}]
            episodes = 9
            people.distortions = [{{ skips = {{ share = 0.5 }} }}]
            sources.b = {{ questions = 9, adapter.comparison = {{}} }}
            [sources.a]
            questions = 8
            adapter.action-demonstration.world.grid = {{ preset = "trap" }}
            {more}
            "#
        ))
        .dataset(3)
    };
    let data = shown("").unwrap();
    assert_eq!(data.count("demonstration"), 8);
    let notes = data.card.import.unwrap().notes.join("\n");
    assert!(notes.contains("`skips` means nothing to answers of `a`"), "{notes}");
    for (key, more) in [
        ("rationality", "rationality = 0.001"),
        ("parameters", "parameters.nonsense = 7"),
        ("distortions", "distortions = [{ mistakes = { share = 1 } }]"),
    ] {
        let told = shown(more).unwrap_err().to_string();
        let expect = format!("`sources.a.{key}`: `action-demonstration` asks nobody");
        assert!(told.starts_with(&expect), "{told}");
    }
}

const POLE: &str = r#"
    world.cart-pole = {}
    people.rationality = 1
    policies = [
        { name = "any", policy = "uniform", episodes = 60 },
        { name = "watched", policy = "uniform", episodes = 60, segments = { length = 8, count = 60 } },
    ]
    sources.a = { policy = "watched", questions = 100, adapter.regret-stop = { learned-world = {}, discount = 0.98 } }
"#;

/// Each action in each state is worth something, and nobody took them all: the world says what.
#[test]
fn a_world_that_is_no_table_is_planned_in_where_it_was_lived_through() {
    let lived = simulation(POLE).dataset(1).unwrap();
    let stops = lived.records::<feedback::Stop>().unwrap();
    let stopped = stops.iter().filter(|stop| stop.step.is_some()).count();
    assert!((20..=95).contains(&stopped), "{stopped} of {}", stops.len());
    let again = simulation(POLE).dataset(1).unwrap();
    assert_eq!(stops, again.records::<feedback::Stop>().unwrap());
    // Steps of a dataset do not say what others would have been worth.
    let told = simulation(POLE).about(&lived, 1).unwrap_err().to_string();
    assert!(told.contains("or a `world` that is lived through"), "{told}");
}

/// Episodes that are made for another source are of the same world.
#[test]
fn what_is_made_for_a_source_is_planned_in_too() {
    let both = format!(
        "{POLE}\nsources.b = {{ questions = 5, mtf = {{ type = \"demonstrative\", experts = [{{ policy = \
         \"uniform\" }}] }} }}"
    );
    let stops = simulation(&both).dataset(1).unwrap().records::<feedback::Stop>().unwrap().len();
    assert_eq!(stops, 100);
}

/// Steps that episodes of a policy have in the mean.
fn mean_steps(text: &str, policy: f64) -> f64 {
    let data = simulation(text).dataset(2).unwrap();
    let segments = data.segments();
    let by = segments.metadata().column("policy").unwrap();
    let own = (0..segments.len())
        .filter(|&segment| by.value(segment).unwrap() == policy.into())
        .map(|segment| segments.steps(segment).len());
    let own: Vec<usize> = own.collect();
    own.iter().sum::<usize>() as f64 / own.len() as f64
}

#[test]
fn people_who_know_a_world_do_better_in_it() {
    let text = r#"
        world.cart-pole = {}
        policies = [
            { policy = "uniform", episodes = 100 },
            { policy = "boltzmann", rationality = 50, learned-world = {}, discount = 0.98, episodes = 5 },
            { policy = "ppo", ppo = { steps = 20000, rate = 1e-3, discount = 0.98 }, episodes = 5 },
        ]
        sources.a = { questions = 30, adapter.comparison = {} }
    "#;
    let [any, planned, learned] = [0.0, 1.0, 2.0].map(|policy| mean_steps(text, policy));
    assert!(any < 30.0 && planned > 2.0 * any && learned > 2.0 * any, "{any} {planned} {learned}");
}

#[test]
fn policies_are_told_what_they_need() {
    let refused = |policy: &str, expect: &str| {
        let text = format!(
            "world.cart-pole = {{}}\npolicies = [{{ policy = \"uniform\", episodes = 9 }}, {{ {policy} }}]\n\
             sources.a = {{ questions = 30, adapter.comparison = {{}} }}"
        );
        let told = simulation(&text).dataset(2).unwrap_err().to_string();
        assert!(told.contains(expect), "{told}");
    };
    let policy = |name: &str, more: &str| format!("policy = \"{name}\", {more}");
    refused(
        &policy("boltzmann", "hold = 1"),
        "`world.cart-pole` is no table: expected `uniform` or `ppo`",
    );
    refused(
        &policy("boltzmann", "learned-world = {}, discount = 0.9"),
        "`policies.1.learned-world`: a number of `episodes` beside it is needed",
    );
    refused(
        &policy("boltzmann", "learned-world = {}, episodes = 2"),
        "`discount` beside it is needed",
    );
    refused(
        &policy("boltzmann", "learned-world = { states = 1 }, discount = 0.9, episodes = 2"),
        "`policies.1.learned-world.states`: at least 2 is needed, found 1",
    );
    refused(
        &policy("boltzmann", "learned-world = {}, discount = 1.0, episodes = 2"),
        "policy `boltzmann`: discount: expected a number of at least 0 and below 1",
    );
    refused(
        &policy("uniform", "learned-world = {}, discount = 0.9, episodes = 2"),
        "it is of policy `boltzmann`",
    );
    refused(&policy("uniform", "discount = 0.9"), "it is of `learned-world`, found none beside it");
    let alone = "world.cart-pole = {}
        policies = [{ policy = \"boltzmann\", learned-world = {}, discount = 0.9, episodes = 5 }]
        sources.a = { questions = 30, adapter.comparison = {} }";
    let told = simulation(alone).dataset(2).unwrap_err().to_string();
    let expect = "`policies.0.learned-world`: it is learned from the episodes of the policies before, and there is \
                  none";
    assert_eq!(told, expect);
    refused(&policy("uniform", "ppo = {}"), "it is of policy `ppo`");
    refused(&policy("ppo", "ppo = { steps = 0 }"), "`policies.1.ppo.steps`: at least 1 is needed");
}
