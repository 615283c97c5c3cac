//! Profiles whose outcomes are known exactly.
#![allow(clippy::unwrap_used)]

use medley_aggregation::{
    Borda, BradleyTerry, Copeland, Decision, Kemeny, MaximalLottery, Rule, Society, one_each,
};

/// So many voters of each order, best first.
fn society(profile: &[(usize, &[usize])]) -> Society {
    Society::of_orders(profile).unwrap()
}

fn decide(rule: &dyn Rule, society: &Society) -> Decision {
    rule.decide(society).unwrap()
}

fn near(found: &[f64], expect: &[f64], within: f64) {
    let close = found.iter().zip(expect).all(|(a, b)| (a - b).abs() <= within);
    assert!(close && found.len() == expect.len(), "{found:?}, expected {expect:?}");
}

/// Borda scores as shares of their sum.
fn borda_shares(society: &Society) -> Vec<f64> {
    let scores = decide(&Borda {}, society).scores;
    let sum: f64 = scores.iter().sum();
    scores.into_iter().map(|score| score / sum).collect()
}

/// 51 of 100 like 0 best, and everybody likes 1 better than 2: Borda and Bradley-Terry choose 1.
#[test]
fn borda_against_the_majority() {
    let society = society(&[(51, &[0, 1, 2]), (49, &[1, 2, 0])]);
    near(&borda_shares(&society), &[0.34, 0.4967, 0.1633], 5e-5);
    // 1 beats 2 always, 0 beats both of them by 51 to 49: the scores of Bradley and Terry are finite.
    near(&decide(&BradleyTerry {}, &society).scores, &[0.0307, 0.7411, -0.7718], 5e-5);
    assert_eq!(decide(&Copeland {}, &society).scores, [2.0, 0.0, -2.0]);
    near(&decide(&MaximalLottery {}, &society).chances(), &[1.0, 0.0, 0.0], 1e-9);
    assert_eq!(decide(&Kemeny {}, &society).winners(), [0]);
}

/// A cycle: nobody beats all others.
#[test]
fn a_cycle() {
    let society = society(&[(40, &[0, 1, 2]), (35, &[1, 2, 0]), (25, &[2, 0, 1])]);
    near(
        &[society.margin(0, 1), society.margin(0, 2), society.margin(1, 2)],
        &[0.3, -0.2, 0.5],
        1e-12,
    );
    near(&borda_shares(&society), &[0.35, 0.3667, 0.2833], 5e-5);
    near(&decide(&BradleyTerry {}, &society).scores, &[0.0672, 0.1344, -0.2016], 5e-5);
    assert_eq!(decide(&Copeland {}, &society).scores, [0.0, 0.0, 0.0]);
    near(&decide(&MaximalLottery {}, &society).chances(), &[0.5, 0.2, 0.3], 1e-9);
}

/// A copy of the loser, a little worse in everybody's eyes, makes the loser win by Borda and by
/// Bradley-Terry, and changes nothing by majorities.
#[test]
fn a_clone_turns_borda_around() {
    let before = society(&[(60, &[0, 1]), (40, &[1, 0])]);
    near(&borda_shares(&before), &[0.6, 0.4], 1e-12);
    near(&decide(&BradleyTerry {}, &before).scores, &[0.2027, -0.2027], 5e-5);
    let after = society(&[(60, &[0, 1, 2]), (40, &[1, 2, 0])]);
    near(&borda_shares(&after), &[0.4, 0.4667, 0.1333], 5e-5);
    near(&decide(&BradleyTerry {}, &after).scores, &[0.3119, 0.6170, -0.9288], 5e-5);
    assert_eq!(decide(&Borda {}, &after).winners(), [1]);
    for rule in [&Copeland {} as &dyn Rule, &Kemeny {}, &MaximalLottery {}] {
        assert_eq!(decide(rule, &after).winners(), [0], "{rule:?}");
    }
}

/// The meeple pentathlon of open_spiel's tests: C beats A and B 3 to 2, A beats B 4 to 1.
#[test]
fn the_meeple_pentathlon() {
    let society = society(&[(1, &[0, 1, 2]), (1, &[0, 2, 1]), (2, &[2, 0, 1]), (1, &[1, 2, 0])]);
    assert_eq!(decide(&Borda {}, &society).winners(), [0, 2]);
    let fitted = decide(&BradleyTerry {}, &society);
    assert_eq!(fitted.winners(), [0, 2]);
    let order = decide(&Kemeny {}, &society).scores;
    assert_eq!(order, [1.0, 0.0, 2.0]); // C > A > B
}

/// Four options and eight people with linear utilities: all prefer option 0 to option 2, and the linear
/// reward that fits all of their comparisons best puts option 2 above it (Ge et al. 2024; the profile was
/// found by search). Scores without features do not.
#[test]
fn one_linear_reward_may_contradict_everybody() {
    let items: [[f64; 2]; 4] = [[-3.0, -5.0], [-5.0, 5.0], [-4.0, -5.0], [-2.0, -2.0]];
    let directions = [([3.0, 2.0], 2), ([1.0, -2.0], 3), ([1.0, -4.0], 3)];
    let dot = |a: [f64; 2], b: [f64; 2]| a[0] * b[0] + a[1] * b[1];
    let people: Vec<Vec<f64>> = directions
        .iter()
        .flat_map(|&(w, count)| std::iter::repeat_n(items.map(|x| dot(w, x)).to_vec(), count))
        .collect();
    assert!(people.iter().all(|own| own[0] > own[2]));
    let society = Society::new(&people, &one_each(8), &[0; 8]).unwrap();
    // Newton's method on the log-likelihood of all pairs.
    let mut w = [0.0, 0.0];
    for _ in 0..50 {
        let (mut slope, mut curvature) = ([0.0; 2], [[0.0; 2]; 2]);
        for (i, j) in (0..4).flat_map(|i| (0..i).map(move |j| (i, j))) {
            let d = [items[i][0] - items[j][0], items[i][1] - items[j][1]];
            let p = 1.0 / (1.0 + (-dot(w, d)).exp());
            for a in 0..2 {
                slope[a] += (society.preferences().wins(i, j) - p) * d[a];
                for b in 0..2 {
                    curvature[a][b] += p * (1.0 - p) * d[a] * d[b];
                }
            }
        }
        let [[a, b], [c, e]] = curvature;
        let det = a * e - b * c;
        w[0] += (e * slope[0] - b * slope[1]) / det;
        w[1] += (a * slope[1] - c * slope[0]) / det;
    }
    near(&w, &[-0.008_862, -0.141_221], 1e-6);
    near(&items.map(|x| dot(w, x)), &[0.732_687, -0.661_795, 0.741_549, 0.300_164], 1e-6);
    // Without features option 2 never wins against option 0, and still has no finite score below all: it
    // wins against others.
    let borda = decide(&Borda {}, &society).scores;
    assert!(borda[0] > borda[2], "{borda:?}");
    for rule in [&Copeland {} as &dyn Rule, &Kemeny {}] {
        let scores = decide(rule, &society).scores;
        assert!(scores[0] > scores[2], "{rule:?} {scores:?}");
    }
}
