//! Which runs an experiment consists of.

use super::{SOUND, runs, spec, with};
use insta::assert_snapshot;

/// One line a run, as `medley plan` has it, without what only a folder knows.
fn listed(text: &str) -> String {
    let line = |run: &crate::RunPlan| {
        let sources = run.subject.sources().join(" ");
        format!("seed {} {:?} [{sources}]\n", run.seed, run.subject.label())
    };
    runs(text).iter().map(line).collect()
}

#[test]
fn the_full_mix_alone() {
    assert_snapshot!(listed(SOUND), @r#"
    seed 0 "" []
    seed 1 "" []
    seed 0 "a + b + c" [a b c]
    seed 1 "a + b + c" [a b c]
    "#);
}

#[test]
fn subsets_by_size() {
    let text = with("seeds = [0, 1]", "seeds = [4]");
    let text = text.replace("protocol = \"fixed\"", "feedback = \"subsets\"");
    assert_snapshot!(listed(&text), @r#"
    seed 4 "" []
    seed 4 "a" [a]
    seed 4 "b" [b]
    seed 4 "c" [c]
    seed 4 "a + b" [a b]
    seed 4 "a + c" [a c]
    seed 4 "b + c" [b c]
    seed 4 "a + b + c" [a b c]
    "#);
}

#[test]
fn leave_one_out_and_the_full_mix() {
    let text = with("seeds = [0, 1]", "seeds = [4]");
    let text = text.replace("protocol = \"fixed\"", "feedback = \"leave-one-out\"");
    assert_snapshot!(listed(&text), @r#"
    seed 4 "" []
    seed 4 "b + c" [b c]
    seed 4 "a + c" [a c]
    seed 4 "a + b" [a b]
    seed 4 "a + b + c" [a b c]
    "#);
    // Of one source there is nothing to leave out.
    let one = "name = \"x\"\n[dataset]\npath = \"d\"\nencoder.hashed-ngrams = {}\n\
               [feedback.a]\nadapter.comparison = {}\n[ablation]\nfeedback = \"leave-one-out\"\n";
    assert_snapshot!(listed(one), @r#"
    seed 0 "" []
    seed 0 "a" [a]
    "#);
}

#[test]
fn named_mixes_take_the_place_of_a_family() {
    let mixes = "mixes = { \"c + a\" = [\"c\", \"a\", \"c\"], b = [\"b\"] }";
    let text = with("seeds = [0, 1]", "seeds = [4]").replace("protocol = \"fixed\"", mixes);
    assert_snapshot!(listed(&text), @r#"
    seed 4 "" []
    seed 4 "b" [b]
    seed 4 "c + a" [a c]
    "#);
}

#[test]
fn too_many_subsets_are_refused() {
    let sources: String =
        (0..11).map(|i| format!("[feedback.s{i:02}]\nadapter.comparison = {{}}\n")).collect();
    let text = with("[ablation]\nprotocol = \"fixed\"", "[ablation]\nfeedback = \"subsets\"");
    let text = text.replace("[mixing]", &format!("{sources}[mixing]"));
    let error = spec(&text).unwrap_err().to_string();
    let expected = "`ablation.feedback`: subsets of 14 sources are too many, at most those of 8 are tried; \
                    sample them by `feedback = { orders = 30 }`";
    assert!(error.ends_with(expected), "{error}");
    let sampled = text.replace("feedback = \"subsets\"", "feedback = { orders = 30 }");
    let spec = spec(&sampled).unwrap();
    let (orders, mixes) = (spec.orders().unwrap(), spec.mixes().unwrap());
    assert_eq!((orders.len(), orders[0].len()), (30, 14));
    assert!((200..30 * 13 + 1).contains(&mixes.len()), "{}", mixes.len());
    assert!(mixes.is_sorted_by_key(|mix| mix.sources.len()));
}

/// The mixes of a file with so many orders, by label.
fn mixes_of(orders: &str) -> Result<Vec<String>, String> {
    let text = with("protocol = \"fixed\"", &format!("feedback = {orders}"));
    let spec = spec(&text).map_err(|error| error.to_string())?;
    Ok(spec.mixes().unwrap().into_iter().map(|mix| mix.label).collect())
}

#[test]
fn each_beginning_of_an_order_is_a_mix() {
    let text = with("protocol = \"fixed\"", "feedback = { orders = 2 }");
    let spec = spec(&text).unwrap();
    let orders = spec.orders().unwrap();
    assert_snapshot!(format!("{orders:?}"), @r#"[["c", "b", "a"], ["a", "b", "c"]]"#);
    assert_eq!(spec.orders().unwrap(), orders);
    assert_snapshot!(mixes_of("{ orders = 2 }").unwrap().join(", "), @"a, c, a + b, b + c, a + b + c");
    // More orders have all of these and others; all six have every subset.
    let all = ["a", "b", "c", "a + b", "a + c", "b + c", "a + b + c"];
    assert_eq!(mixes_of("{ orders = 6 }").unwrap(), all);
    let two = mixes_of("{ orders = 2 }").unwrap();
    let three = mixes_of("{ orders = 3 }").unwrap();
    assert!(two.iter().all(|mix| three.contains(mix)), "{three:?}");
}

#[test]
fn mixes_of_orders_are_the_runs_that_subsets_have() {
    let ids = |family: &str| -> Vec<String> {
        let text = with("protocol = \"fixed\"", &format!("feedback = {family}"));
        runs(&text).into_iter().map(|run| run.id).collect()
    };
    let (all, some) = (ids("\"subsets\""), ids("{ orders = 2 }"));
    assert!(some.len() < all.len() && some.iter().all(|id| all.contains(id)), "{some:?}");
}

#[test]
fn orders_that_cannot_be_are_refused() {
    for (orders, expected) in [
        ("{ orders = 0 }", "`ablation.feedback.orders`: from 1 to 1000 is needed, found 0"),
        ("{ orders = 1001 }", "`ablation.feedback.orders`: from 1 to 1000 is needed, found 1001"),
        (
            "{ orders = 7 }",
            "`ablation.feedback.orders`: 3 sources have 6 orders, found 7; `feedback = \"subsets\"` has \
             all their mixes",
        ),
        ("{ orders = -1 }", "-1"),
        ("{ orders = \"many\" }", "many"),
        (
            "\"orders\"",
            "x.toml:17:12: expected how many orders, as in `feedback = { orders = 30 }`, found `orders` alone",
        ),
        ("{ order = 3 }", "expected one of `none`, `subsets`, `orders`, `leave-one-out`"),
        ("{ orders = 3, seed = 1 }", "as in `feedback = { orders = 30 }`, found 2 keys"),
        ("{}", "as in `feedback = { orders = 30 }`, found 0 keys"),
    ] {
        let error = mixes_of(orders).unwrap_err();
        assert!(error.contains(expected) && error.contains("x.toml:"), "{orders}: {error}");
    }
    let one = "name = \"x\"\n[dataset]\npath = \"d\"\nencoder.hashed-ngrams = {}\n\
               [feedback.a]\nadapter.comparison = {}\n[ablation]\nfeedback = { orders = 1 }\n";
    let error = spec(one).unwrap_err().to_string();
    let expected = "orders of at least two sources are sampled, found only `a`";
    assert!(error.ends_with(expected), "{error}");
    let error = mixes_of("{ orders = 2 }\nmixes = { one = [\"a\"] }").unwrap_err();
    assert!(error.contains("found both; leave one out"), "{error}");
}

#[test]
fn a_plan_is_kept_as_text() {
    let text = with("seeds = [0, 1]", "seeds = [4]");
    assert_snapshot!(runs(&text)[0].identity);
    assert_snapshot!(runs(&text)[1].identity);
}
