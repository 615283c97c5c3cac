use super::*;

const LEVELS: [Level; 4] = [Level::Nominal, Level::Ordinal, Level::Interval, Level::Ratio];

fn alphas(units: &[Vec<f64>]) -> [f64; 4] {
    let reliability = Reliability::new(units.iter().map(Vec::as_slice));
    LEVELS.map(|level| reliability.alpha(level).unwrap())
}

#[track_caller]
fn close(found: [f64; 4], expect: [f64; 4], tolerance: f64) {
    for ((level, found), expect) in LEVELS.iter().zip(found).zip(expect) {
        assert!((found - expect).abs() < tolerance, "{level:?}: {found} for {expect}");
    }
}

/// Krippendorff 2011, section D: four observers, twelve units, missing values.
#[test]
fn the_published_example() {
    let observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ];
    let unit = |u: usize| {
        observers.iter().map(|row| f64::from(row[u])).filter(|value| *value > 0.0).collect()
    };
    let units: Vec<Vec<f64>> = (0..12).map(unit).collect();
    close(alphas(&units), [0.743, 0.815, 0.849, 0.797], 5e-4);
    // The same from `krippendorff` 0.9.0 for Python, to all digits.
    let python = [0.743421052631579, 0.8153875037548814, 0.8491071428571428, 0.7974027747116121];
    close(alphas(&units), python, 1e-13);
    let reliability = Reliability::new(units.iter().map(Vec::as_slice));
    // Unit 12 has one value and does not count.
    assert_eq!((reliability.units(), reliability.judgements()), (11, 40));
}

/// A linear congruential generator, for tables that another language can make again.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % bound
    }
}

/// Three of ten values are missing; half of the rest are what the unit is.
fn table(seed: u64, people: usize, units: usize, values: u64) -> Vec<Vec<f64>> {
    let mut lcg = Lcg(seed);
    let unit = |_| {
        let truth = lcg.below(values);
        let mut row = Vec::new();
        for _ in 0..people {
            if lcg.below(10) < 3 {
                continue;
            }
            let value = if lcg.below(2) == 0 { truth } else { lcg.below(values) };
            row.push(value as f64 + 1.0);
        }
        row
    };
    (0..units).map(unit).collect()
}

/// Expected numbers from `krippendorff` 0.9.0 for Python on the same tables.
#[test]
fn random_tables_as_the_python_package_has_them() {
    let check = |(seed, people, units, values), expect| {
        close(alphas(&table(seed, people, units, values)), expect, 1e-12);
    };
    check((1, 3, 20, 2), [0.09677419354838712; 4]);
    check(
        (2, 5, 40, 5),
        [0.2074099992224554, 0.3137611396332193, 0.2737598427709076, 0.21816476995617073],
    );
    check(
        (3, 8, 30, 10),
        [0.19022594948910732, 0.24620416018168156, 0.24072673062611505, 0.22763987040560696],
    );
    check(
        (4, 2, 60, 3),
        [0.3336229365768897, 0.273953238953239, 0.2546740778170793, 0.30141104294478516],
    );
}

#[test]
fn a_weight_repeats_the_units_of_a_set() {
    let units = table(7, 4, 12, 4);
    let reliability = Reliability::new(units.iter().map(Vec::as_slice));
    let kept: Vec<&Vec<f64>> = units.iter().filter(|unit| unit.len() > 1).collect();
    let weights = [0.0, 1.0, 3.0];
    let repeated: Vec<Vec<f64>> = kept
        .iter()
        .enumerate()
        .flat_map(|(u, unit)| vec![(*unit).clone(); weights[u % 3] as usize])
        .collect();
    let sets: Vec<usize> = (0..kept.len()).map(|u| u % 3).collect();
    let found = LEVELS.map(|level| reliability.weighted(level, &sets).alpha(&weights).unwrap());
    close(found, alphas(&repeated), 1e-12);
}

#[test]
fn without_two_values_there_is_no_alpha() {
    let alpha = |units: &[&[f64]]| Reliability::new(units.iter().copied()).alpha(Level::Nominal);
    assert_eq!(alpha(&[]), None);
    assert_eq!(alpha(&[&[1.0, 1.0], &[1.0, 1.0]]), None);
    assert_eq!(alpha(&[&[1.0], &[2.0]]), None);
    assert_eq!(alpha(&[&[1.0, 1.0], &[2.0, 2.0]]), Some(1.0));
    // Always opposed: below chance. D_o = 1, D_e = 2 * 2 * 2 / (4 * 3).
    assert!((alpha(&[&[1.0, 2.0], &[2.0, 1.0]]).unwrap() + 0.5).abs() < 1e-12);
}
