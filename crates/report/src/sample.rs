//! Small tables and a check of layout, for tests.

use resvg::usvg;

use crate::{
    AgreementRow, ChainRow, CurveRow, Direction, Figure, LearnedRow, LearningRole, LearningRow,
    MODEL, MeasurementRow, OrderRow, Part, QueryingRow, ReliabilityRow, RunRow, Status, Tables,
    TuningOutcome, TuningRow, text,
};

/// A measurement of the model of a mix like "a+b" on a source.
pub(crate) fn measurement(mix: &str, seed: u64, source: &str, value: f64) -> MeasurementRow {
    MeasurementRow {
        experiment: "sample".into(),
        run: format!("{mix}-{seed}"),
        mix: mix.replace('+', " + "),
        setting: String::new(),
        sources: mix.split('+').map(str::to_owned).collect(),
        seed,
        labels: 100,
        source: source.into(),
        metric: "accuracy".into(),
        unit: "share of labels".into(),
        direction: Direction::Higher,
        estimator: MODEL.into(),
        value,
        low: Some(value - 0.05),
        high: Some(value + 0.04),
        count: 50,
        clusters: 25,
        note: None,
    }
}

/// The same of another estimator, without interval.
pub(crate) fn reference(estimator: &str, mix: &str, source: &str, value: f64) -> MeasurementRow {
    let estimator = estimator.into();
    MeasurementRow { estimator, low: None, high: None, ..measurement(mix, 0, source, value) }
}

/// Accuracy on source "a" under a seed: of the majority answer, of mixes "a" and "b", of both.
pub(crate) fn two_sources(seed: u64, [none, a, b, both]: [f64; 4]) -> [MeasurementRow; 4] {
    let majority = MeasurementRow {
        mix: String::new(),
        sources: Vec::new(),
        seed,
        ..reference(crate::MAJORITY, "", "a", none)
    };
    let [a, b, both] =
        [("a", a), ("b", b), ("a+b", both)].map(|(mix, value)| measurement(mix, seed, "a", value));
    [majority, a, b, both]
}

/// What chains of a run said of a parameter, of tails as of bulk; none is unknown.
pub(crate) fn chain(parameter: &str, r_hat: Option<f64>, ess: Option<f64>) -> ChainRow {
    ChainRow {
        run: "a+b-0".into(),
        mix: "a + b".into(),
        setting: String::new(),
        seed: 0,
        fit: "a + b".into(),
        parameter: parameter.into(),
        mean: 0.0,
        sd: 1.0,
        standard_error: Some(0.1),
        r_hat,
        bulk_ess: ess,
        tail_ess: ess,
        chains: 4,
        draws: 2000,
        divergences: 3,
    }
}

/// Normalized value and EPIC of a mix under a seed, on other data if these have a name.
pub(crate) fn varied(
    mix: &str,
    seed: u64,
    data: &str,
    [value, epic]: [f64; 2],
) -> [MeasurementRow; 2] {
    let of = |metric: &str, direction, value| MeasurementRow {
        metric: metric.into(),
        unit: "units".into(),
        direction,
        setting: if data.is_empty() { String::new() } else { format!("data = \"{data}\"") },
        ..measurement(mix, seed, crate::TRUE_REWARD, value)
    };
    [of("normalized-value", Direction::Higher, value), of("epic", Direction::Lower, epic)]
}

/// A round of a run that asks at random, ten questions of ten seconds each.
pub(crate) fn round(line: &str, run: &str, seed: u64, (round, value): (u64, f64)) -> QueryingRow {
    let questions = 10 * (round + 1);
    QueryingRow {
        run: run.into(),
        mix: "a".into(),
        line: line.into(),
        strategy: "uniform".into(),
        seed,
        round,
        questions,
        answered: questions,
        asked: format!("{{\"a\":{questions}}}"),
        seconds: Some(10.0 * questions as f64),
        source: "a".into(),
        metric: "accuracy".into(),
        unit: "share of labels".into(),
        direction: Direction::Higher,
        value,
    }
}

pub(crate) fn run(mix: &str, seed: u64, reason: Option<&str>) -> RunRow {
    RunRow {
        run: format!("{mix}-{seed}"),
        mix: mix.replace('+', " + "),
        setting: String::new(),
        seed,
        status: if reason.is_some() { Status::Failed } else { Status::Done },
        reason: reason.map(str::to_owned),
        epochs: 3,
        steps: 900,
        stopped: Some(crate::Stopped::Patience),
        best_epoch: 2,
        seconds: 1.0,
        parameters: 10,
        held_out: None,
    }
}

pub(crate) fn curve(mix: &str, seed: u64, epoch: u64, value: f64) -> CurveRow {
    CurveRow {
        run: format!("{mix}-{seed}"),
        mix: mix.replace('+', " + "),
        setting: String::new(),
        seed,
        epoch,
        step: 10 * epoch,
        source: "a".into(),
        part: Part::Validation,
        metric: "log-likelihood".into(),
        value,
    }
}

pub(crate) fn bin(mix: &str, seed: u64, source: &str, bin: u64) -> ReliabilityRow {
    let predicted = (bin as f64 + 0.5) / 4.0;
    ReliabilityRow {
        run: format!("{mix}-{seed}"),
        mix: mix.replace('+', " + "),
        setting: String::new(),
        seed,
        source: source.into(),
        bin,
        predicted,
        observed: 0.9 * predicted,
        low: Some(0.8 * predicted),
        high: Some(predicted),
        count: 20 + bin,
    }
}

/// The reward of one source judged on another.
pub(crate) fn agreement(trained_on: &str, seed: u64, source: &str, value: f64) -> AgreementRow {
    AgreementRow {
        run: format!("agreement-{seed}"),
        setting: String::new(),
        seed,
        trained_on: trained_on.into(),
        source: source.into(),
        metric: "rank-correlation".into(),
        value,
        low: Some(value - 0.05),
        high: Some(value + 0.04),
        count: 50,
        clusters: 25,
    }
}

/// A line of the learning curve of source "a", whose baseline is the line "alone".
pub(crate) fn learning(line: &str, statements: u64, seed: u64, value: f64) -> LearningRow {
    let alone = line == "alone";
    let sources = if alone { vec!["a"] } else { vec!["a", "b"] };
    LearningRow {
        run: format!("{line}-{statements}-{seed}"),
        source: "a".into(),
        statements,
        line: line.into(),
        sources: sources.into_iter().map(str::to_owned).collect(),
        role: if alone { LearningRole::Baseline } else { LearningRole::Compared },
        seed,
        train_share: 0.75,
        test_share: 0.25,
        metric: "rank-correlation".into(),
        unit: "Spearman rho".into(),
        direction: Direction::Higher,
        value,
        count: 50,
        clusters: 25,
    }
}

/// What the tuned run of a mix tried at its only rung, by values with their log-likelihoods: the best
/// is chosen, at the edge is the first, and gaps have a standard error of 0.01.
pub(crate) fn tuning(untuned: &str, seed: u64, tried: &[(&str, Option<f64>)]) -> Vec<TuningRow> {
    let best = tried.iter().filter_map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
    let row = |(number, (values, log_likelihood)): (usize, &(&str, Option<f64>))| {
        let gap = log_likelihood.map(|value| best - value).filter(|gap| *gap > 0.0);
        TuningRow {
            run: format!("{untuned}-tuned-{seed}"),
            mix: format!("{untuned} (tuned)"),
            untuned: untuned.into(),
            setting: String::new(),
            seed,
            train_share: 0.75,
            test_share: 0.25,
            target: "a".into(),
            candidate: number as u64,
            values: (*values).into(),
            at_edge: (number == 0).then(|| "x".into()),
            rung: 0,
            statements: 100,
            log_likelihood: *log_likelihood,
            standard_error: log_likelihood.map(|_| 0.03),
            gap,
            gap_standard_error: gap.map(|_| 0.01),
            outcome: match (log_likelihood, gap) {
                (None, _) => TuningOutcome::Failed,
                (Some(_), None) => TuningOutcome::Chosen,
                (Some(_), Some(_)) => TuningOutcome::PassedOver,
            },
            failure: log_likelihood.is_none().then(|| "diverged".into()),
        }
    };
    tried.iter().enumerate().map(row).collect()
}

/// Every mix of the sources, with two seeds each, and every pair of them; the last source opposes
/// the others, and neighbours hardly say anything of each other.
pub(crate) fn tables(sources: &[&str]) -> Tables {
    let mut tables = Tables::default();
    for subset in 1..1usize << sources.len() {
        let held: Vec<&str> =
            (0..sources.len()).filter(|at| subset >> at & 1 == 1).map(|at| sources[at]).collect();
        let mix = held.join("+");
        for seed in 0..2 {
            tables.runs.push(run(&mix, seed, None));
            for (place, source) in sources.iter().enumerate() {
                let gain = if held.contains(source) { 0.1 } else { 0.01 * place as f64 };
                let value = 0.6 + gain + 0.01 * seed as f64;
                let accuracy = measurement(&mix, seed, source, value);
                tables.measurements.push(MeasurementRow {
                    metric: "log-likelihood".into(),
                    unit: "nats per statement".into(),
                    ..measurement(&mix, seed, source, value - 1.3)
                });
                for (estimator, value) in [("majority", 0.55), ("label-ceiling", 0.82)] {
                    let estimator = estimator.into();
                    let (low, high) = (None, None);
                    tables.measurements.push(MeasurementRow {
                        estimator,
                        value,
                        low,
                        high,
                        ..accuracy.clone()
                    });
                }
                tables.measurements.push(accuracy);
                for epoch in 0..4 {
                    let value = -0.7 + gain * epoch as f64 / 3.0;
                    let source = (*source).to_owned();
                    tables.curves.push(CurveRow { source, ..curve(&mix, seed, epoch, value) });
                }
                tables.reliability.extend((0..4).map(|place| bin(&mix, seed, source, place)));
            }
        }
    }
    tables.agreement = (0..2).flat_map(|seed| pairs(sources, seed)).collect();
    tables.learning = learned(sources, &["joint", "related"]);
    tables.tuning =
        tuning(sources[0], 0, &[("x = 1", Some(-0.6)), ("x = 2", Some(-0.7)), ("x = 3", None)]);
    tables.orders = orders(&[sources]);
    tables
}

/// Sampled orders of sources.
pub(crate) fn orders(orders: &[&[&str]]) -> Vec<OrderRow> {
    let row = |(order, sources): (u64, &&[&str])| OrderRow {
        order,
        sources: sources.iter().map(|source| (*source).to_owned()).collect(),
    };
    (0..).zip(orders).map(row).collect()
}

/// Rank correlations on "a" of every beginning of these orders, under each of some seeds.
pub(crate) fn beginnings(
    orders: &[OrderRow],
    seeds: u64,
    value: impl Fn(&[String], u64) -> f64,
) -> Vec<MeasurementRow> {
    let mut held: Vec<Vec<String>> = Vec::new();
    for order in orders {
        for last in 0..order.sources.len() {
            let mut sources = order.sources[..=last].to_vec();
            sources.sort();
            if !held.contains(&sources) {
                held.push(sources);
            }
        }
    }
    let row = |sources: &Vec<String>, seed| MeasurementRow {
        metric: "rank-correlation".into(),
        ..measurement(&sources.join("+"), seed, "a", value(sources, seed))
    };
    held.iter().flat_map(|sources| (0..seeds).map(move |seed| row(sources, seed))).collect()
}

/// Two of the six orders of three sources under two seeds, where the order in which a comes matters
/// to it.
pub(crate) fn two_orders() -> (Vec<MeasurementRow>, Vec<OrderRow>) {
    let orders = orders(&[&["a", "b", "c"], &["c", "a", "b"]]);
    let values = |sources: &[String], seed: u64| {
        let of_seeds = match &*sources.concat() {
            "a" => [0.1, 0.2],
            "c" => [0.1, 0.1],
            "ab" => [0.3, 0.4],
            "ac" => [0.4, 0.5],
            _ => [0.6, 0.6],
        };
        of_seeds[seed as usize]
    };
    (beginnings(&orders, 2, values), orders)
}

/// The learning curve of every source at 25, 50 and 100 statements under three seeds: the source
/// alone, and all sources together in each of some ways.
pub(crate) fn learned(sources: &[&str], ways: &[&str]) -> Vec<LearningRow> {
    let all: Vec<String> = sources.iter().map(|source| (*source).to_owned()).collect();
    let mut rows = Vec::new();
    for source in &all {
        for (place, statements) in [25, 50, 100].into_iter().enumerate() {
            for seed in 0..3 {
                let value = 0.1 + 0.03 * place as f64 + 0.01 * seed as f64;
                let row = |line: &str, value| LearningRow {
                    source: source.clone(),
                    ..learning(line, statements, seed, value)
                };
                let alone = LearningRow { sources: vec![source.clone()], ..row("alone", value) };
                rows.push(LearningRow { line: source.clone(), ..alone });
                rows.extend(ways.iter().enumerate().map(|(way, name)| {
                    let gain = 0.02 * way as f64 - 0.01 * seed as f64;
                    let line = format!("{name}: {}", all.join(" + "));
                    LearningRow { sources: all.clone(), ..row(&line, value + gain) }
                }));
            }
        }
    }
    rows
}

/// Every pair of the sources under one seed.
pub(crate) fn pairs(sources: &[&str], seed: u64) -> Vec<AgreementRow> {
    let last = sources.len() - 1;
    let value = |k: usize, j: usize| match (k, j) {
        (k, j) if k == j => 0.4,
        (k, j) if k == last || j == last => -0.7,
        (k, j) if k.abs_diff(j) == 1 => 0.01,
        _ => 0.2,
    };
    let of =
        |k: usize| (0..=last).map(move |j| agreement(sources[k], seed, sources[j], value(k, j)));
    (0..=last).flat_map(of).collect()
}

/// Every text lies inside of the figure and on no other text.
pub(crate) fn check_layout(figure: &Figure) {
    let tree = usvg::Tree::from_str(&figure.svg(), &text::options()).unwrap();
    let texts = texts(tree.root());
    assert_eq!(texts.len(), figure.texts().len());
    let (width, height) = figure.size();
    for (index, (one, text)) in texts.iter().enumerate() {
        let inside = one.left() >= 0.0
            && one.top() >= -2.0
            && one.right() <= width as f32
            && one.bottom() <= height as f32;
        assert!(inside, "{}: {text:?} leaves the figure: {one:?}", figure.name());
        for (other, second) in &texts[index + 1..] {
            let wide = one.right().min(other.right()) - one.left().max(other.left());
            // Boxes hold the line above and below the letters, which may touch.
            let high = one.bottom().min(other.bottom()) - one.top().max(other.top());
            let over = wide > 0.5 && high > 4.0;
            assert!(!over, "{}: {text:?} lies on {second:?}", figure.name());
        }
    }
}

fn texts(group: &usvg::Group) -> Vec<(usvg::Rect, String)> {
    let of = |node: &usvg::Node| match node {
        usvg::Node::Text(text) => {
            vec![(node.abs_bounding_box(), text.chunks()[0].text().to_owned())]
        }
        usvg::Node::Group(group) => texts(group),
        _ => Vec::new(),
    };
    group.children().iter().flat_map(of).collect()
}

/// The learning curve of "a" under three seeds, alone and helped by "b": help is half way up from 25 to
/// 50, and beyond the curve at 50.
pub(crate) fn curve_with_help() -> Vec<LearningRow> {
    let values = [
        ("alone", 25, [0.10, 0.12, 0.14]),
        ("alone", 50, [0.20, 0.22, 0.24]),
        ("helped", 25, [0.14, 0.17, 0.20]),
        ("helped", 50, [0.30, 0.22, 0.26]),
    ];
    let rows = values.into_iter().flat_map(|(line, statements, values)| {
        (0..).zip(values).map(move |(seed, value)| learning(line, statements, seed, value))
    });
    rows.collect()
}

/// What the run of a mix of one source learned from.
pub(crate) fn learned_alone(row: &MeasurementRow, seconds: Option<f64>) -> LearnedRow {
    let (run, source) = (row.run.clone(), row.sources[0].clone());
    LearnedRow { run, source, statements: 100, seconds, control: None, trusted: None }
}

/// What these runs learned from: as many statements of "a" as they say, and so many of each other
/// source, each at these seconds.
pub(crate) fn learned_of(
    rows: &[LearningRow],
    others: u64,
    seconds: Option<f64>,
) -> Vec<LearnedRow> {
    let of_run = |row: &LearningRow| {
        let LearningRow { run, statements, .. } = row.clone();
        let of = |source: &String| {
            let statements = if *source == row.source { statements } else { others };
            let seconds = seconds.map(|seconds| seconds * statements as f64);
            LearnedRow {
                run: run.clone(),
                source: source.clone(),
                statements,
                seconds,
                control: None,
                trusted: None,
            }
        };
        row.sources.iter().map(of).collect::<Vec<_>>()
    };
    rows.iter().flat_map(of_run).collect()
}
