use super::*;

/// Answers to so many items by 50 people, of whom the first 25 are the group.
fn panel(items: u32, say: impl Fn(u32, u32) -> f64) -> (Vec<Rated>, Vec<Vec<bool>>) {
    let rated = |person, item| Rated { person, item, value: say(person, item) };
    let all = (0..items).flat_map(|item| (0..50).map(move |person| (person, item)));
    let answers = all.map(|(person, item)| rated(person, item)).collect();
    (answers, vec![(0..50).map(|person| person < 25).collect()])
}

/// Noise that a person has for an item: 0 or 1.
fn noise(person: u32, item: u32) -> u64 {
    let mut x = u64::from(person) * 1_000_003 + u64::from(item) * 7919 + 12345;
    x = (x ^ (x >> 12)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 40
}

fn shown(cell: &Cell<Association>) -> Association {
    *cell.shown().unwrap()
}

#[test]
fn within_a_group_it_is_krippendorffs_alpha() {
    let say = |person: u32, item: u32| {
        ((item + noise(person, item) as u32 % 3 * (person % 2)) % 4) as f64 + 1.0
    };
    let (answers, groups) = panel(12, say);
    for level in [Level::Nominal, Level::Interval, Level::Ratio] {
        let settings = AssociationSettings { permutations: 0, seed: 0 };
        let found = shown(&group_associations(&answers, &groups, level, &settings).unwrap()[0]);
        let unit = |item: u32| (0..25).map(|person| say(person, item)).collect::<Vec<f64>>();
        let units: Vec<Vec<f64>> = (0..12).map(unit).collect();
        let alpha = Reliability::new(units.iter().map(Vec::as_slice)).alpha(level).unwrap();
        assert!((found.irr.value - alpha).abs() < 1e-12, "{level:?} {found:?} {alpha}");
        assert_eq!((found.irr.p, found.adjusted), (1.0, 1.0));
    }
}

#[test]
fn across_groups_by_hand() {
    // Item 0: the group says 1, the rest 0; item 1: all say 1.
    let (answers, groups) = panel(2, |person, item| f64::from(u8::from(item == 1 || person < 25)));
    let found =
        group_associations(&answers, &groups, Level::Nominal, &AssociationSettings::default());
    let found = shown(&found.unwrap()[0]);
    // d_o = 1/2; d_e: the group always 1, the rest half of the time: 1/2. The group never differs: no alpha.
    assert!((found.xrr.value).abs() < 1e-12 && found.irr.value.is_nan(), "{found:?}");
    assert_eq!((found.gai, found.people), (None, 25));
}

#[test]
fn a_group_of_its_own_is_found_and_a_random_one_is_not() {
    // Each half agrees on items of its own; nine of ten answers are theirs.
    let say = |person: u32, item: u32| {
        let likes = if person < 25 { item % 2 } else { item / 2 % 2 };
        f64::from(likes ^ u32::from(noise(person, item).is_multiple_of(10)))
    };
    let (answers, mut groups) = panel(16, say);
    groups.push((0..50).map(|person| person % 2 == 0).collect());
    groups.push((0..50).map(|person| person < 12).collect());
    let settings = AssociationSettings { permutations: 400, seed: 1 };
    let found = group_associations(&answers, &groups, Level::Nominal, &settings).unwrap();
    let (own, random) = (shown(&found[0]), shown(&found[1]));
    assert!(own.irr.value > 0.5 && own.xrr.value.abs() < 0.1, "{own:?}");
    assert!(own.difference.p < 0.006 && own.adjusted < 0.011, "{own:?}");
    assert!(random.difference.p > 0.05 && random.difference.value.abs() < 0.05, "{random:?}");
    assert_eq!(found[2], Cell::Hidden { people: 12 });
    let again = group_associations(&answers, &groups, Level::Nominal, &settings).unwrap();
    assert_eq!(found, again);
}

/// Of groups that are drawn, a twentieth has p < 0.05.
#[test]
fn random_groups_are_rarely_significant() {
    let say = |person: u32, item: u32| {
        f64::from(u8::from(noise(person, item) % 10 < u64::from(2 + item)))
    };
    let (answers, _) = panel(6, say);
    let group = |seed: u32| {
        (0..50).map(|person| noise(person, 1000 + seed).is_multiple_of(2)).collect::<Vec<bool>>()
    };
    let groups: Vec<Vec<bool>> = (0..150).map(group).collect();
    let settings = AssociationSettings { permutations: 199, seed: 2 };
    let found = group_associations(&answers, &groups, Level::Nominal, &settings).unwrap();
    let shown: Vec<&Association> = found.iter().filter_map(Cell::shown).collect();
    let small = shown.iter().filter(|it| it.difference.p <= 0.05).count() as f64;
    let share = small / shown.len() as f64;
    assert!(shown.len() > 100 && share < 0.12, "{share} of {}", shown.len());
    assert!(shown.iter().all(|it| it.adjusted > 0.02), "none after adjustment");
}

#[test]
fn edges() {
    let settings = AssociationSettings::default();
    let check = |answers: &[Rated], groups: &[Vec<bool>], level, expect: &str| {
        let error = group_associations(answers, groups, level, &settings).unwrap_err();
        assert_eq!(error.to_string(), expect);
    };
    let one = [Rated { person: 0, item: 0, value: 1.0 }];
    check(&[], &[vec![true]], Level::Nominal, "expected at least one of answers, found none");
    check(&one, &[], Level::Nominal, "expected at least one of groups, found none");
    check(&one, &[vec![true], vec![]], Level::Nominal, "group 1: expected 1 numbers, found 0");
    check(&one, &[vec![]], Level::Nominal, "person 0 is not one of the 0");
    let negative = [Rated { value: -1.0, ..one[0] }];
    check(
        &negative,
        &[vec![true]],
        Level::Ratio,
        "answer 0: expected a number of at least 0, found -1",
    );
    let found = group_associations(&one, &[vec![true]], Level::Nominal, &settings).unwrap();
    assert_eq!(found, [Cell::Hidden { people: 1 }]);
    // Everybody alike: nothing to agree about.
    let (answers, groups) = panel(3, |_, _| 1.0);
    let found = group_associations(&answers, &groups, Level::Ordinal, &settings).unwrap();
    assert!(shown(&found[0]).irr.value.is_nan() && shown(&found[0]).irr.p == 1.0);
}
