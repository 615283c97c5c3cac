use super::*;
use crate::aggregate_robustness;
use crate::sample::{check_layout, varied};

fn figure(mixes: &[String], variants: &[String], seeds: u64) -> Figure {
    let mut rows = Vec::new();
    for seed in 0..seeds {
        for (place, mix) in mixes.iter().enumerate() {
            rows.extend(varied(mix, seed, "", [90.0, 0.2]));
            for (row, data) in variants.iter().enumerate() {
                let lost = (10 * row * place) as f64 + seed as f64 * (place % 2) as f64;
                rows.extend(varied(mix, seed, data, [90.0 - lost, 0.2]));
            }
        }
    }
    robustness_figure(&aggregate_robustness(&rows)[0]).unwrap()
}

fn names(of: &[&str]) -> Vec<String> {
    of.iter().map(ToString::to_string).collect()
}

#[test]
fn nothing_overlaps_for_any_number_of_mixes_and_data() {
    for count in [1, 4, 8, 13] {
        let mixes: Vec<String> = (0..count).map(|mix| format!("mix-number-{mix}")).collect();
        let data: Vec<String> =
            (0..count).map(|data| format!("a distortion of kind {data}")).collect();
        let figure = figure(&mixes, &data, 5);
        check_layout(&figure);
        assert!(figure.size().0 <= 720, "{count}: {:?}", figure.size());
    }
}

#[test]
fn every_cell_says_what_is_lost() {
    let figure = figure(&names(&["a", "b"]), &names(&["late", "tired"]), 5);
    let count = |text: &str| figure.texts().iter().filter(|other| *other == text).count();
    // As written twice; a on both, untouched; b late by 0 to 4, b tired by 10 to 14.
    assert_eq!((count("90"), count("="), count("2"), count("12")), (2, 2, 1, 1));
    assert_eq!(count("late") + count("tired") + count("as written"), 3);
    assert_eq!(count("the 95 % interval over seeds includes 0, or there is none"), 0);
}

#[test]
fn an_open_sign_is_told() {
    let figure = figure(&names(&["a", "b"]), &names(&["late", "tired"]), 2);
    let open = "the 95 % interval over seeds includes 0, or there is none";
    assert!(figure.texts().iter().any(|text| text == open), "{:?}", figure.texts());
}

#[test]
fn the_scale_is_round_and_small_losses_stay_pale() {
    let of = |lost: f64| {
        let rows = [varied("a", 0, "", [90.0, 0.2]), varied("a", 0, "x", [90.0 - lost, 0.2])];
        limit(&aggregate_robustness(&rows.concat())[0])
    };
    // Of 90 that there are to lose.
    assert_eq!([0.1, 9.0, 37.0, 200.0].map(of), [10.0, 10.0, 40.0, 100.0]);
}

#[test]
fn without_other_data_there_is_no_figure() {
    let rows = [varied("a", 0, "", [90.0, 0.2]), varied("a", 0, "x", [80.0, 0.2])];
    let of = Robustness { variants: Vec::new(), ..aggregate_robustness(&rows.concat())[0].clone() };
    assert!(matches!(robustness_figure(&of), Err(ReportError::Empty(_))));
}
