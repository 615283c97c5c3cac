//! Draws every figure from invented tables, to be looked at: `gallery <folder>`.
//!
//! The numbers mean nothing. They are shaped like those of an experiment: a mix is better on the
//! sources that it holds, seeds scatter, one run failed and one stopped early.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use medley_report::{
    AgreementRow, CurveRow, Direction, LABEL_CEILING, LENGTH_ONLY, LearningRole, LearningRow,
    MAJORITY, MODEL, MeasurementRow, Part, ReliabilityRow, ReportError, RunRow, SCALAR_CEILING,
    Series, Shape, Status, Tables, XyFigure, aggregate_agreement, aggregate_learning,
    aggregate_worth, agreement, agreement_figure, draw, learning, learning_figure, worth,
    worth_figure, xy_figure,
};

fn main() -> Result<(), ReportError> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "gallery".to_owned());
    let folder = PathBuf::from(folder);
    let many = ["comparisons", "critiques", "edits", "ratings"];
    show(&folder.join("many"), &tables(&many, 5))?;
    show(&folder.join("few"), &tables(&["comparisons", "demonstrations"], 3))?;
    let long = [
        "sentence-level-critiques",
        "pairwise_comparisons_by_experts",
        "edits",
        "free form demonstrations",
        "approval",
    ];
    show(&folder.join("long"), &tables(&long, 2))?;
    show(&folder.join("named"), &named())?;
    let kinds =
        "comparisons critiques corrections demonstrations edits ratings rankings approval stops";
    let kinds: Vec<&str> = kinds.split(' ').collect();
    for count in [2, 4, 9] {
        let rows = aggregate_agreement(&opposed(&kinds[..count]))?;
        let figure = agreement_figure(&agreement(&rows)?)?;
        for path in figure.save(&folder.join(format!("{count}-sources")))? {
            println!("{}", path.display());
        }
    }
    for count in [1, 3, 5] {
        let points = aggregate_learning(&learned(&kinds[..count], 5))?;
        let figure = learning_figure(&learning(&points, &["rank-correlation"])?)?;
        for path in figure.save(&folder.join(format!("{count}-judged")))? {
            println!("{}", path.display());
        }
    }
    for (judged, sources) in [(2, 2), (2, 4), (1, 6)] {
        let rows = added(&kinds[..sources], judged);
        let figure =
            worth_figure(&worth(&aggregate_worth(&rows, &[], &[])?, &["rank-correlation"])?)?;
        for path in figure.save(&folder.join(format!("{sources}-added")))? {
            println!("{}", path.display());
        }
    }
    for path in exact().save(&folder)? {
        println!("{}", path.display());
    }
    Ok(())
}

fn show(folder: &Path, tables: &Tables) -> Result<(), ReportError> {
    tables.write(folder)?;
    for path in draw(folder, folder)?.files {
        println!("{}", path.display());
    }
    Ok(())
}

/// A number in [-1, 1] that depends on nothing but the place.
fn scatter(place: [usize; 4]) -> f64 {
    let mixed = place.iter().fold(17u64, |state, part| {
        (state ^ *part as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
    });
    (mixed >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

/// Every mix of the sources.
fn tables(sources: &[&str], seeds: usize) -> Tables {
    let mut tables = Tables::default();
    for subset in 1..1usize << sources.len() {
        let holds = |source: &usize| subset >> source & 1 == 1;
        let held: Vec<&str> = (0..sources.len()).filter(holds).map(|s| sources[s]).collect();
        for seed in 0..seeds {
            if subset == 3 && seed == 1 && seeds > 3 {
                tables.runs.push(run(&held, seed, Some("loss is not finite at step 120")));
                continue;
            }
            tables.runs.push(run(&held, seed, None));
            for (judged, source) in sources.iter().enumerate() {
                let gain = if holds(&judged) { 0.09 } else { 0.0 };
                let gain = gain + 0.012 * held.len() as f64 + 0.01 * judged as f64;
                let at = [subset, seed, judged, 0];
                measure(&mut tables, &held, (seed, source), gain + 0.012 * scatter(at));
                develop(&mut tables, &held, (seed, source), gain);
                calibrate(&mut tables, &held, (seed, source), gain);
            }
        }
    }
    tables.agreement = opposed(sources);
    tables.learning = learned(&sources[..2], 40);
    tables
}

/// One set of sources under several names, as an ablation of the mixing rule gives.
fn named() -> Tables {
    let mut tables = Tables::default();
    let sources = ["comparisons", "critiques"];
    for (place, name) in
        ["learned rationality", "fixed weights", "uncertainty weighting", "inverse variance"]
            .iter()
            .enumerate()
    {
        let mut part = Tables::default();
        for seed in 0..3 {
            part.runs.push(run(&sources, seed, None));
            for source in sources {
                let gain = 0.1 + 0.02 * scatter([place, seed, 1, 2]);
                measure(&mut part, &sources, (seed, source), gain);
                develop(&mut part, &sources, (seed, source), gain);
                calibrate(&mut part, &sources, (seed, source), gain);
            }
        }
        part.measurements.iter_mut().for_each(|row| row.mix = (*name).to_owned());
        part.curves.iter_mut().for_each(|row| row.mix = (*name).to_owned());
        part.reliability.iter_mut().for_each(|row| row.mix = (*name).to_owned());
        part.runs.iter_mut().for_each(|row| row.mix = (*name).to_owned());
        tables = Tables::concatenate([tables, part]);
    }
    tables
}

fn id(held: &[&str], seed: usize) -> String {
    format!("{}-{seed}", held.join("-"))
}

fn run(held: &[&str], seed: usize, reason: Option<&str>) -> RunRow {
    RunRow {
        run: id(held, seed),
        mix: held.join(" + "),
        setting: String::new(),
        seed: seed as u64,
        status: if reason.is_some() { Status::Failed } else { Status::Done },
        reason: reason.map(str::to_owned),
        epochs: 20,
        steps: 900,
        stopped: Some(medley_report::Stopped::Patience),
        best_epoch: 14,
        seconds: 31.5,
        parameters: 70_145,
        held_out: None,
    }
}

fn measure(tables: &mut Tables, held: &[&str], (seed, source): (usize, &str), gain: f64) {
    let accuracy = 0.58 + gain;
    let likelihood = -0.69 + gain;
    let rows = [
        ("accuracy", "share of labels", MODEL, accuracy, Some(0.025)),
        ("accuracy", "share of labels", MAJORITY, 0.563, None),
        ("accuracy", "share of labels", LENGTH_ONLY, 0.59 + 0.004 * held.len() as f64, None),
        ("accuracy", "share of labels", LABEL_CEILING, 0.81, None),
        ("accuracy", "share of labels", SCALAR_CEILING, 0.77, None),
        ("log-likelihood", "nats per statement", MODEL, likelihood, Some(0.02)),
        ("log-likelihood", "nats per statement", MAJORITY, -0.684, None),
        ("log-likelihood", "nats per statement", LENGTH_ONLY, -2.31, None),
        ("log-likelihood", "nats per statement", LABEL_CEILING, -0.41, None),
        ("brier", "squared probability", MODEL, 0.5 - gain, Some(0.03)),
    ];
    for (metric, unit, estimator, value, half) in rows {
        tables.measurements.push(MeasurementRow {
            experiment: "gallery".to_owned(),
            run: id(held, seed),
            mix: held.join(" + "),
            setting: String::new(),
            sources: held.iter().map(|source| (*source).to_owned()).collect(),
            seed: seed as u64,
            labels: 4000,
            source: source.to_owned(),
            metric: metric.to_owned(),
            unit: unit.to_owned(),
            direction: if metric == "brier" { Direction::Lower } else { Direction::Higher },
            estimator: estimator.to_owned(),
            value,
            low: half.map(|half| value - half),
            high: half.map(|half| value + 0.9 * half),
            count: 800,
            clusters: 400,
            note: None,
        });
    }
}

fn develop(tables: &mut Tables, held: &[&str], (seed, source): (usize, &str), gain: f64) {
    let epochs = if held.len() == 2 && seed == 0 { 12 } else { 20 };
    for epoch in 0..=epochs {
        let learned = 1.0 - (-(epoch as f64) / 4.0).exp();
        let forgotten = 0.002 * f64::max(0.0, epoch as f64 - 12.0);
        let noise = 0.01 * scatter([epoch, seed, held.len(), source.len()]);
        tables.curves.push(CurveRow {
            run: id(held, seed),
            mix: held.join(" + "),
            setting: String::new(),
            seed: seed as u64,
            epoch: epoch as u64,
            step: 60 * epoch as u64,
            source: source.to_owned(),
            part: Part::Validation,
            metric: "log-likelihood".to_owned(),
            value: -0.69 + gain * learned - forgotten + noise,
        });
    }
}

fn calibrate(tables: &mut Tables, held: &[&str], (seed, source): (usize, &str), gain: f64) {
    for bin in 0..10usize {
        let predicted = (bin as f64 + 0.5) / 10.0;
        let slope = 0.7 + gain;
        let observed = 0.5 + slope * (predicted - 0.5) + 0.02 * scatter([bin, seed, held.len(), 3]);
        tables.reliability.push(ReliabilityRow {
            run: id(held, seed),
            mix: held.join(" + "),
            setting: String::new(),
            seed: seed as u64,
            source: source.to_owned(),
            bin: bin as u64,
            predicted,
            observed,
            low: (bin > 0).then_some(observed - 0.04),
            high: (bin > 0).then_some(f64::min(1.0, observed + 0.04)),
            count: (1600.0 * (-30.0 * (predicted - 0.5).powi(2)).exp()) as u64 + 3,
        });
    }
}

/// Who predicts whom, where the fourth source opposes the others.
fn opposed(sources: &[&str]) -> Vec<AgreementRow> {
    const GIVEN: [[f64; 4]; 4] = [
        [0.19, 0.06, 0.11, -0.79],
        [0.14, 0.22, 0.25, -0.67],
        [0.11, 0.17, 0.38, -0.43],
        [-0.17, -0.14, -0.04, 0.64],
    ];
    let row = |k: usize, j: usize, seed: usize| {
        let invented = 0.2 * scatter([k, j, 1, 1]) + if k == j { 0.4 } else { 0.1 };
        let known = GIVEN.get(k).and_then(|row| row.get(j));
        let value = known.copied().unwrap_or(invented) + 0.01 * (seed as f64 - 1.0);
        AgreementRow {
            run: format!("agreement-{seed}"),
            setting: String::new(),
            seed: seed as u64,
            trained_on: sources[k].to_owned(),
            source: sources[j].to_owned(),
            metric: if j == 3 { "accuracy-above-chance" } else { "rank-correlation" }.to_owned(),
            value,
            low: Some(value - 0.08),
            high: Some(value + 0.07),
            count: 800,
            clusters: 400,
        }
    };
    let places = 0..sources.len();
    let pairs = places.clone().flat_map(|k| places.clone().map(move |j| (k, j)));
    pairs
        .flat_map(|(k, j)| (0..3).map(move |seed| (k, j, seed)))
        .map(|(k, j, seed)| row(k, j, seed))
        .collect()
}

/// Learning curves like those of scarce comparisons: a learned beta is harmful, a tie helps where
/// there is little, and one run failed.
fn learned(judged: &[&str], seeds: usize) -> Vec<LearningRow> {
    const MIXED: [&str; 4] = ["comparisons", "critiques", "corrections", "demonstrations"];
    const WAYS: [(&str, f64, f64); 3] =
        [("joint", -0.3, -0.38), ("related", 0.047, 0.001), ("separate", 0.001, -0.001)];
    let mut rows = Vec::new();
    for (place, step, seed, way) in places([judged.len(), 6, seeds, 1 + WAYS.len()]) {
        if (place, step, seed, way) == (0, 1, 3, 2) {
            continue;
        }
        let source = judged[place];
        let known = 1.0 - 0.5f64.powi(step as i32);
        let alone = 0.09 + 0.03 * place as f64 + 0.11 * known;
        let (line, sources, gain) = match way.checked_sub(1).map(|way| WAYS[way]) {
            None => (format!("{source} alone"), vec![source], 0.0),
            Some((name, first, last)) => {
                let gain = first + (last - first) * known;
                (format!("{name}: {}", MIXED.join(" + ")), MIXED.to_vec(), gain)
            }
        };
        let row = LearningRow {
            run: format!("{way}-{step}-{seed}"),
            source: source.to_owned(),
            statements: [25, 50, 100, 200, 400, 1350][step],
            line,
            sources: sources.into_iter().map(str::to_owned).collect(),
            role: if way == 0 { LearningRole::Baseline } else { LearningRole::Compared },
            seed: seed as u64,
            train_share: 0.75,
            test_share: 0.25,
            metric: "rank-correlation".to_owned(),
            unit: "Spearman rho".to_owned(),
            direction: Direction::Higher,
            value: alone + gain + 0.05 * scatter([place, step, seed, way]),
            count: 450,
            clusters: 120,
        };
        let (metric, unit) = ("log-likelihood".to_owned(), "nats per statement".to_owned());
        let value = -0.7 + 0.3 * row.value;
        rows.extend([LearningRow { metric, unit, value, ..row.clone() }, row]);
    }
    rows
}

/// Every mix of the sources, judged on the first ones: a source helps itself most, the second and third
/// say much the same, and the last one harms.
fn added(sources: &[&str], judged: usize) -> Vec<MeasurementRow> {
    let mut tables = Tables::default();
    let places = places([judged, 1 << sources.len(), 5, 1]);
    for (place, subset, seed, _) in places.filter(|(_, subset, ..)| *subset > 0) {
        let holds = |source: &usize| subset >> source & 1 == 1;
        let held: Vec<&str> = (0..sources.len()).filter(holds).map(|s| sources[s]).collect();
        let own = if holds(&place) { 0.15 } else { 0.0 };
        let same = if holds(&1) || holds(&2) { 0.08 } else { 0.0 };
        let harm = if holds(&(sources.len() - 1)) { 0.06 } else { 0.0 };
        let value = own + same - harm + 0.02 * scatter([place, subset, seed, 5]);
        measure(&mut tables, &held, (seed, sources[place]), value);
    }
    let order = |row: MeasurementRow| MeasurementRow {
        metric: "rank-correlation".to_owned(),
        unit: "Spearman rho".to_owned(),
        value: row.value - 0.58,
        ..row
    };
    let model = |row: &MeasurementRow| row.metric == "accuracy" && row.estimator == MODEL;
    tables.measurements.into_iter().filter(model).map(order).collect()
}

/// All places below some ends.
fn places(ends: [usize; 4]) -> impl Iterator<Item = (usize, usize, usize, usize)> {
    let [a, b, c, d] = ends;
    (0..a * b * c * d).map(move |n| (n / (b * c * d), n / (c * d) % b, n / d % c, n % d))
}

fn exact() -> medley_report::Figure {
    let curve =
        |slope: f64| (0..=20).map(|n| (f64::from(n), slope * f64::from(n).sqrt())).collect();
    let points: Vec<(f64, f64)> = (0..=20).step_by(4).map(|n| (f64::from(n), 0.9)).collect();
    let figure = XyFigure {
        name: "exact".to_owned(),
        title: "Best of n under a proxy reward".to_owned(),
        x_label: "KL from the base policy (nats)".to_owned(),
        y_label: "true return (standard deviations)".to_owned(),
        series: vec![
            Series {
                label: "learned reward".to_owned(),
                shape: Shape::Line,
                points: curve(0.3),
                intervals: (0..=20)
                    .map(|n| f64::from(n).sqrt())
                    .map(|root| (0.26 * root, 0.33 * root))
                    .collect(),
                ..Series::default()
            },
            Series {
                label: "true reward".to_owned(),
                shape: Shape::Dashed,
                points: curve(0.4),
                ..Series::default()
            },
            Series {
                label: "measured".to_owned(),
                shape: Shape::Points,
                intervals: points.iter().map(|(_, y)| (y - 0.1, y + 0.1)).collect(),
                points,
                ..Series::default()
            },
        ],
        ..XyFigure::default()
    };
    xy_figure(&figure).unwrap_or_else(|error| panic!("{error}"))
}
