use super::*;

fn game(first: u32, second: u32, score: f64, cluster: u32) -> Game {
    Game { first, second, score, cluster }
}

/// Two items, `wins` of `of` games won, each its own cluster: the difference of the strengths is the
/// log-odds, whose standard error is `1 / sqrt(n p (1 - p))`, and each strength has half of both.
#[test]
fn two_items_are_by_hand() {
    let games: Vec<Game> = (0..40).map(|i| game(0, 1, f64::from(u8::from(i < 30)), i)).collect();
    let strengths = tournament(2, &games).unwrap();
    let difference = strengths.scores[0] - strengths.scores[1];
    assert!((difference - 3f64.ln()).abs() < 1e-9, "{difference}");
    let expect = 0.5 * (1.0 / (40.0 * 0.75 * 0.25_f64)).sqrt() * (40.0 / 39.0_f64).sqrt();
    for error in strengths.errors.unwrap() {
        assert!((error - expect).abs() < 1e-9, "{error} and not {expect}");
    }
}

/// Each game four times in one cluster says no more than once.
#[test]
fn repeated_games_of_a_cluster_are_no_evidence() {
    let once: Vec<Game> = (0..30).map(|i| game(0, 1, f64::from(u8::from(i % 3 > 0)), i)).collect();
    let often: Vec<Game> = once.iter().flat_map(|game| [*game; 4]).collect();
    let [once, often] = [once, often].map(|games| tournament(2, &games).unwrap());
    assert!((once.scores[0] - often.scores[0]).abs() < 1e-9);
    let [one, other] = [once, often].map(|strengths| strengths.errors.unwrap()[0]);
    assert!((one - other).abs() < 1e-9, "{one} {other}");
}

#[test]
fn ties_are_half_a_win_and_alone_say_nothing_of_who_is_better() {
    let games: Vec<Game> = (0..5).map(|i| game(i % 2, 1 - i % 2, 0.5, i)).collect();
    let strengths = tournament(2, &games).unwrap();
    assert_eq!(strengths.scores, [0.0, 0.0]);
    assert_eq!(strengths.errors.unwrap(), [0.0, 0.0]);
}

#[test]
fn who_always_wins_or_was_never_compared_has_no_strength() {
    let games = [
        game(0, 1, 1.0, 0), // 0 never loses
        game(1, 2, 1.0, 1),
        game(2, 3, 1.0, 2),
        game(3, 1, 1.0, 3),
    ];
    let strengths = tournament(5, &games).unwrap();
    assert_eq!(strengths.items, [1, 2, 3]);
    assert!(strengths.scores.iter().all(|score| score.abs() < 1e-9), "{strengths:?}");
    assert_eq!(tournament(5, &games[..2]), None);
    assert_eq!(tournament(0, &[]), None);
}

#[test]
fn few_clusters_have_no_standard_error() {
    let games: Vec<Game> =
        (0..40).map(|i| game(0, 1, f64::from(u8::from(i % 3 > 0)), i % 4)).collect();
    assert_eq!(tournament(2, &games).unwrap().errors, None);
}
