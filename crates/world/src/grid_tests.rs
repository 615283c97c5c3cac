use super::*;

fn grid(preset: Preset) -> Grid {
    Grid::new(GridOptions { preset, ..GridOptions::default() }).unwrap()
}

/// The cells as they are drawn, a letter each.
fn check(preset: Preset, letters: &[(f64, char)], expect: &[&str]) {
    let rewards = preset.rewards(10);
    let letter = |value: &f64| letters.iter().find(|(of, _)| of == value).unwrap().1;
    let drawn: Vec<String> =
        rewards.chunks(10).map(|row| row.iter().map(letter).collect()).collect();
    assert_eq!(drawn, expect);
}

#[test]
fn cells_are_worth_what_the_publication_says() {
    let row = "..........";
    check(
        Preset::Sparse,
        &[(-0.1, '.'), (1.0, 'G')],
        &[row, row, row, row, row, row, row, row, row, ".........G"],
    );
    check(
        Preset::Cliff,
        &[(0.0, '.'), (-1.0, 'c'), (-4.0, 'C'), (4.0, 'G')],
        &[".ccccccccc", row, row, row, row, row, row, row, row, "CCCCCCCCCG"],
    );
    let trap = "..TT..TT..";
    check(
        Preset::Trap,
        &[(0.0, '.'), (-4.0, 'T'), (1.0, 'G')],
        &[row, row, trap, trap, row, row, trap, trap, row, ".........G"],
    );
}

#[test]
fn a_step_is_paid_by_the_cell_it_leaves_and_ends_at_the_goal() {
    let grid = grid(Preset::Cliff);
    let rng = &mut crate::stream(0, "never used");
    let check = |from: f64, action: usize, to: f64, reward: f64, terminated: bool| {
        let mut state = [from];
        let step = grid.step(&mut state, Action::Discrete(action), &mut rng.clone()).unwrap();
        assert_eq!((state[0], step), (to, Step { reward, terminated }), "{from} by {action}");
    };
    // Up, down, left, right, stay, and against the walls.
    check(0.0, 0, 0.0, 0.0, false);
    check(0.0, 1, 10.0, 0.0, false);
    check(1.0, 2, 0.0, -1.0, false);
    check(1.0, 3, 2.0, -1.0, false);
    check(9.0, 3, 9.0, -1.0, false);
    check(55.0, 4, 55.0, 0.0, false);
    check(89.0, 1, 99.0, 0.0, false);
    check(99.0, 4, 99.0, 4.0, true);
    check(99.0, 0, 89.0, 4.0, true);
}

#[test]
fn a_slip_is_one_of_the_other_actions() {
    let options = GridOptions { slip: 0.4, ..GridOptions::default() };
    let mdp = Grid::new(options).unwrap().mdp().unwrap();
    let mut row: Vec<(usize, f64)> = mdp.row(0, 3).collect();
    row.sort_by_key(|(to, _)| *to);
    // In the corner up and left stay as well.
    let expect = [(0, 0.3), (1, 0.6), (10, 0.1)];
    assert_eq!(row.len(), 3);
    for ((to, probability), (state, expect)) in row.into_iter().zip(expect) {
        assert!(to == state && (probability - expect).abs() < 1e-15, "{to}: {probability}");
    }
}

#[test]
fn features_are_the_cell_and_nothing_else() {
    let grid = grid(Preset::Trap);
    let mut row = vec![9.0; 100];
    grid.features(&[42.0], Action::Discrete(3), &mut row);
    assert_eq!(row.iter().position(|value| *value == 1.0), Some(42));
    assert_eq!((row.iter().sum::<f32>(), grid.feature_names().len()), (1.0, 100));
}
