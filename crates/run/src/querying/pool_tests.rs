use super::*;

fn entry(source: usize, segment: u32, seconds: f64) -> Entry {
    Entry {
        statements: vec![segment as usize],
        question: Question { source, segments: vec![segment], ..Question::default() },
        person: None,
        units: 1,
        seconds: Some(seconds),
        is_answered: true,
    }
}

fn pool(seconds: [f64; 6]) -> QuestionPool {
    let of = |(at, seconds): (usize, f64)| entry(at % 2, at as u32, seconds);
    QuestionPool { entries: seconds.into_iter().enumerate().map(of).collect() }
}

fn open(pool: &QuestionPool, asked: &[usize], left: f64) -> Vec<(usize, Question)> {
    let answering = Answering::seen(&[false, false], asked.iter().map(|&at| &pool.entries[at]));
    pool.open(asked, Left::Seconds(left), &answering)
}

/// Strategies see nothing else of a question.
#[test]
fn what_is_open_does_not_follow_from_how_long_answers_will_take() {
    let (asked, pools) =
        ([0, 1], [[8.0, 20.0, 1.0, 2.0, 99.0, 40.0], [8.0, 20.0, 99.0, 40.0, 2.0, 1.0]]);
    let check = |left, expect: &[(usize, f64)]| {
        let [one, other] = pools.map(|seconds| open(&pool(seconds), &asked, left));
        assert_eq!(one, other);
        let found: Vec<_> = one.iter().map(|(at, it)| (*at, it.seconds.unwrap())).collect();
        assert_eq!(found, expect, "{left}");
    };
    check(60.0, &[(2, 8.0), (3, 20.0), (4, 8.0), (5, 20.0)]);
    check(10.0, &[(2, 8.0), (4, 8.0)]);
    check(7.0, &[]);
}

#[test]
fn an_answer_that_takes_longer_than_what_is_left_is_lost() {
    let pool = pool([8.0, 20.0, 5.0, 30.0, 4.0, 1.0]);
    let check = |left, chosen: &[usize], expect| {
        assert_eq!(pool.finished(Left::Seconds(left), chosen), expect, "{left} {chosen:?}");
    };
    check(40.0, &[2, 3, 4], 3);
    check(39.0, &[2, 3, 4], 3);
    check(38.0, &[2, 3, 4], 2);
    // Not even where a later one is short: the time went into this one.
    check(34.0, &[2, 3, 5], 1);
    check(3.0, &[2], 0);
    assert_eq!(pool.finished(Left::Questions(2), &[2, 3]), 2);
}

#[test]
fn what_is_about_a_point_lies_there() {
    let points: [&[f32]; 2] = [&[1.0, 0.0], &[3.0, 4.0]];
    assert_eq!(mean_of(points.into_iter()), Some(vec![2.0, 2.0]));
    assert_eq!(mean_of(points[1..].iter().copied()), Some(vec![3.0, 4.0]));
    assert_eq!(mean_of(std::iter::empty()), None);
}
