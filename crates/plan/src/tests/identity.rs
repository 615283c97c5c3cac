//! What names a run: which keys change its id, and which do not.

use super::{SOUND, content, runs, spec, with};
use crate::{Content, RunPlan, Subject};
use std::collections::BTreeMap;

/// Ids by label and seed.
fn ids(runs: &[RunPlan]) -> BTreeMap<(String, u64), &str> {
    runs.iter().map(|run| ((run.subject.label().to_owned(), run.seed), run.id.as_str())).collect()
}

/// Whether a change renames the baselines, and whether it renames the mix of all sources.
fn renames(from: &str, to: &str) -> (bool, bool) {
    let (before, after) = (runs(SOUND), runs(&with(from, to)));
    let (before, after) = (ids(&before), ids(&after));
    let changed = |label: &str| {
        let key = (label.to_owned(), 0);
        before[&key] != after[&key]
    };
    (changed(""), changed("a + b + c"))
}

#[test]
fn a_run_is_named_by_what_its_numbers_depend_on_and_by_nothing_else() {
    let training = "[training]\nepochs = 7";
    // What is replaced, by what, whether it renames baselines, whether it renames the mix.
    let cases: &[(&str, &str, bool, bool)] = &[
        ("name = \"x\"", "name = \"y\"", false, false),
        ("path = \"data\"", "path = \"elsewhere\"", false, false),
        ("seeds = [0, 1]", "seeds = [0, 5]", false, false),
        ("[dataset]", "[execution]\njobs = 3\n[dataset]", false, false),
        ("[dataset]", "[execution]\ncheckpoint-secs = 0.5\n[dataset]", false, false),
        ("[dataset]", "[execution]\nmemory-mib = 1\n[dataset]", false, false),
        ("protocol = \"fixed\"", "feedback = \"subsets\"", false, false),
        ("path = \"data\"", "path = \"data\"\nsplit-seed = 9", true, true),
        ("path = \"data\"", "path = \"data\"\nstandardize = true", true, true),
        (
            "path = \"data\"",
            "path = \"data\"\nsplit = { by = \"prompt\", validation = 0.2, test = 0.2 }",
            true,
            true,
        ),
        ("hashed-ngrams = {}", "hashed-ngrams = { dimensions = 8 }", true, true),
        ("adapter.critique = {}", "adapter.critique = {}\nselect = \"s\"", true, true),
        ("sources = [\"b\", \"c\"]", "sources = [\"c\"]", true, true),
        ("sources = [\"b\", \"c\"]", "measure = { bins = 20 }", true, true),
        ("[evaluation]", "[evaluation]\ncalibration = { iterations = 5 }", true, true),
        ("[dataset]", "[reward-model]\nreturns = \"sum\"\n[dataset]", true, true),
        // Only what is trained with it.
        ("adapter.comparison = {}", "adapter.comparison = {}\nselect = \"s\"", false, true),
        ("[dataset]", "[reward-model]\nmembers = 2\n[dataset]", false, true),
        ("[dataset]", "[reward-model]\nbackbone.linear = {}\n[dataset]", false, true),
        ("joint = {}", "joint = { rationality = \"fixed\" }", false, true),
        ("joint = {}", "weighted = {}", false, true),
        (training, "[training]\nlearning-rate = 0.5", false, true),
        (training, "[training]\nepochs = 8", false, true),
        (training, "[training]\npatience = 1", true, true),
        (training, "[training]\nadamw = { weight-decay = 0.5 }", true, true),
        ("protocol = \"fixed\"", "protocol = \"equal-labels\"", false, true),
        ("protocol = \"fixed\"", "protocol = \"equal-labels\"\nlabels = 30", false, true),
        ("protocol = \"fixed\"", "labels = 30", false, false),
        ("[evaluation]", "[evaluation]\nbaselines = { odd = [\"f\"] }", true, false),
        ("[evaluation]", "[evaluation]\nbaseline = { epochs = 41 }", true, false),
        ("[evaluation]", "[evaluation]\nbaseline = { learning-rate = 0.1 }", true, false),
    ];
    for (from, to, baselines, mix) in cases {
        // The file's own epochs are 7: a table that leaves them out sets them back to 50.
        let to = match to.contains("[training]") && !to.contains("epochs") {
            true => to.replace("[training]", "[training]\nepochs = 7"),
            false => (*to).to_owned(),
        };
        assert_eq!(renames(from, &to), (*baselines, *mix), "`{from}` to `{to}`");
    }
    assert!(cases.len() > 20);
}

/// An encoder holds the cache that it is given (the row of the table could not see it: the sound file
/// has an encoder without one, and only `Plan::resolve` hands it over).
#[test]
fn the_cache_of_an_encoder_names_no_run() {
    use medley_sentence_encoder as _; // links `encoder.sentence`
    let cached_in = |cache: &str| {
        let text = with("hashed-ngrams = {}", "sentence = { model = \"m\" }");
        let text = text.replace("[dataset]", &format!("execution.cache = \"{cache}\"\n[dataset]"));
        let mut spec = spec(&text).unwrap();
        spec.give_cache();
        let holds = format!("{:?}", spec.dataset.encoder);
        assert!(holds.contains(&format!("cache: \"{cache}\"")), "{holds}");
        spec.runs(&content()).unwrap()
    };
    let (here, there) = (cached_in("here"), cached_in("there"));
    assert_eq!(ids(&here), ids(&there));
    assert!(here.iter().all(|run| !run.identity.contains("cache")), "{}", here[0].identity);
}

/// The weight of another source renamed a mix, which was then trained again to the same numbers.
#[test]
fn a_mix_is_named_by_the_weights_of_its_own_sources() {
    let weighted = |weights: &str| {
        let text = with("protocol = \"fixed\"", "feedback = \"subsets\"");
        let mixing = format!("weighted = {{ weights = {{ {weights} }} }}");
        runs(&text.replace("joint = {}", &mixing))
    };
    let (before, after) = (weighted("a = 0.5, b = 2.0"), weighted("a = 0.5, b = 3.0"));
    let (before, after) = (ids(&before), ids(&after));
    for (label, seed) in before.keys() {
        let key = (label.clone(), *seed);
        let has_b = label.split(" + ").any(|source| source == "b");
        assert_eq!(before[&key] != after[&key], has_b, "{label}");
    }
}

/// Agreement is of sources alone: it is named by all of them and by how they are fitted, and neither
/// by the mixing nor by which mixes are compared or what is judged.
#[test]
fn agreement_is_measured_once_for_all_mixes() {
    let agreement = |text: &str| {
        let found = runs(&text.replace("agreement = false", ""));
        let of = |run: &RunPlan| (run.subject == Subject::Agreement).then(|| run.id.clone());
        found.iter().filter_map(of).collect::<Vec<String>>()
    };
    let before = agreement(SOUND);
    assert_eq!(before.len(), 2); // one for each seed
    for (from, to, renames) in [
        ("joint = {}", "weighted = {}", false),
        ("protocol = \"fixed\"", "feedback = \"subsets\"", false),
        ("sources = [\"b\", \"c\"]", "sources = [\"c\"]", false),
        ("epochs = 7", "epochs = 8", true),
        ("adapter.rating = {}", "adapter.rating = {}\nselect = \"ann\"", true),
    ] {
        assert_eq!(before != agreement(&with(from, to)), renames, "{from} to {to}");
    }
    let only = "[feedback.b]\nadapter.critique = {}\n[feedback.c]\nadapter.rating = {}\n";
    let one = with(only, "").replace("sources = [\"b\", \"c\"]", "");
    assert_eq!(agreement(&one), Vec::<String>::new());
}

#[test]
fn a_default_that_is_written_out_renames_nothing() {
    let (before, after) = (runs(SOUND), runs(&toml::to_string(&spec(SOUND).unwrap()).unwrap()));
    assert_eq!(ids(&before), ids(&after));
}

#[test]
fn files_that_are_read_are_part_of_the_name() {
    let spec = spec(SOUND).unwrap();
    let before = spec.runs(&content()).unwrap();
    for changed in [
        Content { dataset_hash: Some("other".to_owned()), ..content() },
        Content { encoder_fingerprint: Some("other".to_owned()), ..content() },
    ] {
        let after = spec.runs(&changed).unwrap();
        assert!(before.iter().zip(&after).all(|(before, after)| before.id != after.id));
    }
}

#[test]
fn a_run_holds_the_sources_that_it_needs() {
    let all = runs(&with("protocol = \"fixed\"", "feedback = \"subsets\""));
    let sources = |label: &str| {
        let run = all.iter().find(|run| run.subject.label() == label).unwrap();
        run.spec.feedback.keys().cloned().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(sources(""), "b c"); // judged, and nothing is trained on `a`
    assert_eq!(sources("a"), "a b c");
    assert_eq!(sources("b"), "b c");
    // Under equal labels the budget depends on every compared mix, and so on its sources.
    let equal = "feedback = \"subsets\"\nprotocol = \"equal-labels\"";
    let all = runs(&with("protocol = \"fixed\"", equal));
    let b = all.iter().find(|run| run.subject.label() == "b").unwrap();
    assert_eq!(b.spec.feedback.len(), 3);
    assert_eq!(b.spec.budget.compared.len(), 7);
    let baselines = all.iter().find(|run| run.subject == Subject::Baselines).unwrap();
    assert!(baselines.spec.budget.compared.is_empty());
}

#[test]
fn baselines_are_linear_and_have_options_of_their_own() {
    let text = with("[evaluation]", "[evaluation]\nbaseline = { epochs = 3 }");
    let all = runs(&text.replace("epochs = 7", "batch-size = 16\nlearning-rate = 0.5"));
    let baselines = &all[0].spec;
    assert_eq!((baselines.training.epochs, baselines.training.batch_size), (3, 16));
    assert_eq!(baselines.training.learning_rate, 0.03);
    assert_eq!(format!("{:?}", baselines.reward_model.backbone), "Linear { initial_scale: 0.01 }");
}

#[test]
fn every_seed_has_its_split_unless_one_is_named() {
    let splits = |text: &str| -> Vec<u64> {
        runs(text).iter().map(|run| run.spec.dataset.split_seed).collect()
    };
    assert_eq!(splits(SOUND), [0, 1, 0, 1]);
    assert_eq!(splits(&with("path = \"data\"", "path = \"data\"\nsplit-seed = 9")), [9; 4]);
}

/// Runs that ask are named by how they do; those that learn from everything keep their names.
#[test]
fn asking_renames_nothing_that_was_there() {
    let asked = |querying: &str| {
        let text = SOUND.replace("[evaluation]", &format!("[querying]\n{querying}\n[evaluation]"));
        runs(&text)
    };
    let before = runs(SOUND);
    let with = asked("seconds = 60.0\nstrategies.any.uniform = {}");
    let known: BTreeMap<_, _> = ids(&with);
    for (key, id) in ids(&before) {
        assert_eq!(known[&key], id, "{key:?}");
    }
    assert_eq!(with.len(), before.len() + 2);
    let id = |runs: &[RunPlan]| ids(runs)[&("a + b + c asked by any".to_owned(), 0)].to_owned();
    let first = id(&with);
    assert_eq!(id(&asked("seconds = 60.0\nstrategies.any.uniform = {}")), first);
    for other in [
        "seconds = 61.0\nstrategies.any.uniform = {}",
        "questions = 60\nstrategies.any.uniform = {}",
        "seconds = 60.0\nbatch = 5\nstrategies.any.uniform = {}",
        "seconds = 60.0\nstart = 5\nstrategies.any.uniform = {}",
        "seconds = 60.0\nstrategies.any.k-center = {}",
        "seconds = 60.0\nanswered.a = { share = 0.5 }\nstrategies.any.uniform = {}",
    ] {
        assert_ne!(id(&asked(other)), first, "{other}");
    }
    // Another strategy beside it is another run.
    let two = asked("seconds = 60.0\nstrategies = { any.uniform = {}, far.k-center = {} }");
    assert_eq!(id(&two), first);
}
