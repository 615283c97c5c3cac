//! Importer of Adroit door: human demonstrations and crowd preferences over the same trajectories.
//!
//! Sources: Rajeswaran et al., "Learning Complex Dexterous Manipulation with Deep Reinforcement
//! Learning and Demonstrations", RSS 2018 (demonstrations); Yuan et al., "Uni-RLHF", ICLR 2024
//! (preferences).

use crate::source::Source;
use crate::{Card, DatasetBuilder, Domain, ImportError, ImportReport, Imported, Importer};
use medley_feedback::{Comparison, Demonstration, Provenance, SegmentId};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;

/// Reads a folder with `demos.jsonl.gz` and `preferences.csv`.
///
/// - Steps: the demonstrations in a row, features `obs-0` and on, `act-0` and on, and the
///   environment's own reward.
/// - Groups `d00` and on: the demonstrations. Segments: whole demonstrations under the same names;
///   compared windows `w<first step>`, in one or two groups, since the collectors cut across
///   demonstrations.
/// - Comparisons (source "preference"): label 0 first, 1 second, -1 a tie.
/// - Demonstrations: whole episodes (source "episode", no alternatives) and endings (source
///   "ending"): the last window `d00/end` against the earlier windows `d00/t<step>` of the same
///   length, counted back from it without overlap. The demonstrator could have ended anywhere,
///   and chose to end where the task was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdroitDoor {}

#[typetag::serde(name = "adroit-door")]
impl Importer for AdroitDoor {
    fn import(&self, path: &Path) -> Result<Imported, ImportError> {
        let demos = Source::read(&path.join("demos.jsonl.gz"))?;
        let labels = Source::read(&path.join("preferences.csv"))?;
        let mut builder = DatasetBuilder::new(card());
        let mut report = ImportReport::default();
        let episodes = add_episodes(&mut builder, &demos)?;
        let pairs = read_pairs(&labels, episodes.last().map_or(0, |e| e.end))?;
        add_comparisons(&mut builder, &mut report, &labels, &episodes, &pairs)?;
        if let Some(pair) = pairs.first() {
            add_demonstrations(&mut builder, &mut report, &demos, &episodes, pair.steps)?;
        }
        report.keep("group", episodes.len());
        report.keep("step", episodes.last().map_or(0, |e| e.end));
        report.notes.push("field `init_state_dict` of the demonstrations is not kept".into());
        report.notes.push("no annotator is named in the source".into());
        report.notes.push(
            "that label rows index these steps is inferred, not documented: see README.md".into(),
        );
        Ok(Imported::new(builder.build()?, report))
    }

    fn summary(&self) -> &'static str {
        "Adroit door: a folder with demos.jsonl.gz and preferences.csv (Uni-RLHF crowd labels)"
    }
}

fn card() -> Card {
    Card {
        licence: "Apache-2.0 AND MIT".into(),
        source: "https://github.com/aravindr93/hand_dapg commit \
                 9a1de23df6574e1b94e1da742e3326eb1f61c013 (demonstrations); \
                 https://github.com/pickxiguapi/Clean-Offline-RLHF commit \
                 30535018317565115619a5d0063c9bbbad21043e (preferences)"
            .into(),
        attribution: "Rajeswaran et al., Learning Complex Dexterous Manipulation with Deep \
                      Reinforcement Learning and Demonstrations, RSS 2018; Yuan et al., Uni-RLHF, \
                      ICLR 2024 (arXiv 2402.02423)"
            .into(),
        ..Card::new("adroit-door", Domain::Control)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Demo {
    demo_id: usize,
    global_start: usize,
    length: usize,
    #[serde(rename = "init_state_dict")]
    _initial_state: IgnoredAny,
    observations: Vec<Vec<f32>>,
    actions: Vec<Vec<f32>>,
    rewards: Vec<f64>,
}

/// Rows of one demonstration.
type Episode = std::ops::Range<usize>;

fn add_episodes(
    builder: &mut DatasetBuilder,
    source: &Source,
) -> Result<Vec<Episode>, ImportError> {
    let demos: Vec<Demo> = source.json_lines()?;
    let width = |rows: &[Vec<f32>]| rows.first().map_or(0, Vec::len);
    let (observation, action) =
        demos.first().map_or((0, 0), |demo| (width(&demo.observations), width(&demo.actions)));
    let names = |prefix: &'static str, count| (0..count).map(move |i| format!("{prefix}-{i}"));
    builder.card().features = names("obs", observation).chain(names("act", action)).collect();
    let mut episodes = Vec::new();
    let mut start = 0;
    for (i, demo) in demos.iter().enumerate() {
        check_demo(source, demo, i, start, (observation, action))?;
        for (observation, action) in demo.observations.iter().zip(&demo.actions) {
            builder.add_steps(&[&observation[..], action].concat());
        }
        builder.add_rewards(&demo.rewards);
        builder.add_group(&name(i), None, None);
        builder.add_window(&name(i), &[&name(i)], start, demo.length);
        episodes.push(start..start + demo.length);
        start += demo.length;
    }
    Ok(episodes)
}

fn check_demo(
    source: &Source,
    demo: &Demo,
    place: usize,
    start: usize,
    (observation, action): (usize, usize),
) -> Result<(), ImportError> {
    let item = format!("demonstration {place}");
    let same = |field: &str, expected: usize, found: usize| match expected == found {
        true => Ok(()),
        false => Err(source.item(&item, field, expected, found)),
    };
    same("demo_id", place, demo.demo_id)?;
    same("global_start", start, demo.global_start)?;
    same("number of observations", demo.length, demo.observations.len())?;
    same("number of actions", demo.length, demo.actions.len())?;
    same("number of rewards", demo.length, demo.rewards.len())?;
    demo.observations
        .iter()
        .try_for_each(|row| same("observation width", observation, row.len()))?;
    demo.actions.iter().try_for_each(|row| same("action width", action, row.len()))
}

fn name(episode: usize) -> String {
    format!("d{episode:02}")
}

/// One line of the label file.
#[derive(Clone, Copy)]
struct Pair {
    first: usize,
    second: usize,
    steps: usize,
    label: i8,
}

const HEADER: [&str; 5] = ["query", "indices_1", "indices_2", "len", "human_label"];

fn read_pairs(source: &Source, rows: usize) -> Result<Vec<Pair>, ImportError> {
    let fail = |line, expected: &str, found: &str| ImportError::Csv {
        file: source.file.clone(),
        line,
        expected: expected.to_owned(),
        found: found.to_owned(),
    };
    let mut reader = csv::Reader::from_reader(&source.bytes[..]);
    let header = reader.headers().map_err(|e| fail(1, "a header", &e.to_string()))?;
    if !header.iter().eq(HEADER) {
        let found = header.iter().collect::<Vec<_>>().join(",");
        return Err(fail(1, &HEADER.join(","), &found));
    }
    let mut pairs: Vec<Pair> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            fail(line, "5 fields", &error.to_string())
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let pair = parse_pair(&record).map_err(|(field, found)| {
            fail(line, &format!("a whole number as `{field}`"), &found)
        })?;
        check_pair(pair, pairs.first(), rows)
            .map_err(|(expected, found)| fail(line, &expected, &found))?;
        pairs.push(pair);
    }
    Ok(pairs)
}

/// The field that is no number, and what it is.
fn parse_pair(record: &csv::StringRecord) -> Result<Pair, (&'static str, String)> {
    fn number<T: std::str::FromStr>(
        record: &csv::StringRecord,
        column: usize,
    ) -> Result<T, (&'static str, String)> {
        let text = record.get(column).unwrap_or_default();
        text.parse().map_err(|_| (HEADER[column], format!("`{text}`")))
    }
    Ok(Pair {
        first: number(record, 1)?,
        second: number(record, 2)?,
        steps: number(record, 3)?,
        label: number(record, 4)?,
    })
}

/// What was expected and found, if the pair cannot be right.
fn check_pair(pair: Pair, before: Option<&Pair>, rows: usize) -> Result<(), (String, String)> {
    let Pair { first, second, steps, label } = pair;
    if steps == 0 {
        return Err(("a `len` of at least 1".into(), "0".into()));
    }
    if let Some(before) = before
        && before.steps != steps
    {
        return Err((format!("`len` {} as in the first row", before.steps), steps.to_string()));
    }
    if !matches!(label, -1..=1) {
        return Err(("`human_label` -1, 0 or 1".into(), label.to_string()));
    }
    match [first, second].into_iter().find(|start| start.saturating_add(steps) > rows) {
        Some(start) => Err((format!("a window within {rows} steps"), format!("{start} + {steps}"))),
        None => Ok(()),
    }
}

fn window(start: usize) -> String {
    format!("w{start}")
}

fn add_comparisons(
    builder: &mut DatasetBuilder,
    report: &mut ImportReport,
    source: &Source,
    episodes: &[Episode],
    pairs: &[Pair],
) -> Result<(), ImportError> {
    let mut starts = BTreeSet::new();
    let mut comparisons = Vec::new();
    for pair in pairs {
        if pair.first == pair.second {
            report.drop("comparison of a window with itself");
            continue;
        }
        starts.extend([(pair.first, pair.steps), (pair.second, pair.steps)]);
        let (first, second) = (SegmentId(window(pair.first)), SegmentId(window(pair.second)));
        let comparison = match pair.label {
            0 => Comparison::new(first, second, 1.0),
            1 => Comparison::new(first, second, 0.0),
            _ => Comparison::tied(first, second),
        };
        let provenance = Provenance::from_source("preference");
        comparisons.push(source.checked(Comparison { provenance, ..comparison })?);
    }
    let mut spanning = 0;
    for &(start, steps) in &starts {
        let overlaps = |episode: &Episode| episode.start < start + steps && start < episode.end;
        let groups: Vec<String> =
            (0..episodes.len()).filter(|&i| overlaps(&episodes[i])).map(name).collect();
        spanning += usize::from(groups.len() > 1);
        let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
        builder.add_window(&window(start), &groups, start, steps);
    }
    report.keep("comparison/preference", comparisons.len());
    report.keep("window that is compared", starts.len());
    report.keep("window that is compared, spanning two demonstrations", spanning);
    builder.insert(comparisons);
    Ok(())
}

fn add_demonstrations(
    builder: &mut DatasetBuilder,
    report: &mut ImportReport,
    source: &Source,
    episodes: &[Episode],
    steps: usize,
) -> Result<(), ImportError> {
    let mut demonstrations = Vec::new();
    let mut endings = Vec::new();
    for (i, episode) in episodes.iter().enumerate() {
        demonstrations.push(source.checked(Demonstration {
            segment: SegmentId(name(i)),
            alternatives: Vec::new(),
            provenance: Provenance::from_source("episode"),
        })?);
        if episode.len() < 2 * steps {
            report.drop("ending of an episode shorter than two windows");
            continue;
        }
        let end = format!("{}/end", name(i));
        builder.add_window(&end, &[&name(i)], episode.end - steps, steps);
        let mut alternatives = Vec::new();
        for window in 2..=episode.len() / steps {
            let start = episode.len() - window * steps;
            let id = format!("{}/t{start}", name(i));
            builder.add_window(&id, &[&name(i)], episode.start + start, steps);
            alternatives.push(SegmentId(id));
        }
        endings.push(source.checked(Demonstration {
            segment: SegmentId(end),
            alternatives,
            provenance: Provenance::from_source("ending"),
        })?);
    }
    report.keep("demonstration/episode", demonstrations.len());
    report.keep("demonstration/ending", endings.len());
    demonstrations.extend(endings);
    builder.insert(demonstrations);
    Ok(())
}
