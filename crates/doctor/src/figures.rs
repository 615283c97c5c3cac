//! Figures: labels an annotator, agreement by group, wins by difference of length, and how strong the
//! models are that wrote the answers.

use crate::tournament::{Tournament, tournaments};
use crate::{Case, Finding, Report};
use medley_report::{
    Figure, Ladder, ReportError, Rung, Scale, Series, Shape, XyFigure, file_part, ladder_figure,
    xy_figure,
};

/// Bins of the difference of length, with about as many answers each.
const BINS: usize = 10;
/// Groups and models that are shown.
const GROUPS: usize = 12;
const MODELS: usize = 40;
/// So many points or fewer are drawn as marks.
const MARKS: usize = 40;

/// The figures of a dataset, and why others are absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    /// What could be drawn.
    pub figures: Vec<Figure>,
    /// What could not, and why.
    pub absent: Vec<String>,
}

/// Draws what there is to draw.
///
/// # Errors
/// The drawing layer fails.
pub fn figures(case: &Case<'_>, report: &Report) -> Result<Drawn, ReportError> {
    let mut drawn = Drawn::default();
    let mut add = |name: &str, figure: Option<Result<Figure, ReportError>>, why: &str| {
        match figure {
            Some(figure) => drawn.figures.push(figure?),
            None => drawn.absent.push(format!("{name}: {why}")),
        }
        Ok::<(), ReportError>(())
    };
    let labels = labels_per_annotator(case).map(|plan| xy_figure(&plan));
    add("labels-per-annotator", labels, "no annotator is named")?;
    let agreement = agreement_by_group(report).map(|plan| ladder_figure(&plan));
    let why = "no two named annotators of the same group judged the same item";
    add("agreement-by-group", agreement, why)?;
    let length = length(case).map(|plan| xy_figure(&plan));
    add("length", length, "no decided answer is about sides of different length")?;
    for tournament in tournaments(case) {
        let figure = strengths(case, &tournament).map(|plan| ladder_figure(&plan));
        let why = "no two of them beat each other, directly or through others";
        add(&figure_name(tournament.column()), figure, why)?;
    }
    Ok(drawn)
}

/// A file name of a column.
fn figure_name(column: &str) -> String {
    format!("tournament-{}", file_part(column))
}

/// Bradley-Terry strengths of the labels of a column, from strong to weak.
fn strengths(case: &Case<'_>, tournament: &Tournament<'_>) -> Option<Ladder> {
    let mut ladder = tournament.ladder();
    let total = ladder.len();
    ladder.truncate(MODELS);
    let some = match total > MODELS {
        true => format!("; the strongest {MODELS} of {total}"),
        false => String::new(),
    };
    let has_ends = ladder.iter().any(|rung| rung.interval.is_some());
    let whisker = "Whisker: 95 % interval, over prompts. ";
    (total > 0).then(|| Ladder {
        name: figure_name(tournament.column()),
        title: format!("{}: strength by {}{some}", case.dataset.card.name, tournament.column()),
        x_label: "Bradley-Terry strength (log-odds)".to_owned(),
        rungs: ladder,
        reference: None,
        notes: vec![format!(
            "{}{} comparisons; a tie is half a win.",
            if has_ends { whisker } else { "" },
            tournament.games()
        )],
    })
}

fn labels_per_annotator(case: &Case<'_>) -> Option<XyFigure> {
    let mut labels = case.labels();
    labels.retain(|&count| count > 0); // who gave no feedback has no labels to show
    labels.sort_unstable_by_key(|&count| std::cmp::Reverse(count));
    let point = |(place, &count): (usize, &usize)| ((place + 1) as f64, count as f64);
    let points: Vec<(f64, f64)> = labels.iter().enumerate().map(point).collect();
    (!points.is_empty()).then(|| XyFigure {
        name: "labels-per-annotator".to_owned(),
        title: format!("{}: labels of each annotator", case.dataset.card.name),
        x_label: "annotators, from most to fewest labels".to_owned(),
        y_label: "labels".to_owned(),
        x_scale: Scale::Whole,
        y_scale: Scale::Count,
        series: vec![Series {
            shape: if points.len() > MARKS { Shape::Line } else { Shape::Points },
            points,
            ..Series::default()
        }],
    })
}

/// The first level of the first subject that groups have an alpha of.
fn agreement_by_group(report: &Report) -> Option<Ladder> {
    let is_alpha = |it: &&Finding| it.check == "agreement.alpha" && it.value.is_some();
    let alphas = || report.findings.iter().filter(is_alpha);
    let subject = &alphas().find(|it| it.group.is_some())?.subject;
    let mut groups: Vec<&Finding> =
        alphas().filter(|it| it.subject == *subject && it.group.is_some()).collect();
    let total = groups.len();
    groups.sort_by_key(|it| std::cmp::Reverse(it.count));
    groups.truncate(GROUPS);
    groups.sort_by(|a, b| b.value.unwrap_or(f64::NAN).total_cmp(&a.value.unwrap_or(f64::NAN)));
    let of_group = |finding: &&Finding| Rung {
        label: format!("{} ({})", finding.group.as_deref().unwrap_or_default(), finding.count),
        value: finding.value.unwrap_or(f64::NAN),
        interval: finding.low.zip(finding.high),
    };
    let all = alphas().find(|it| it.group.is_none() && it.subject == *subject);
    let some = if total > GROUPS {
        format!("; the largest {GROUPS} of {total} groups")
    } else {
        String::new()
    };
    Some(Ladder {
        name: "agreement-by-group".to_owned(),
        title: format!("{}: agreement within groups, {subject}{some}", report.dataset),
        x_label: "Krippendorff's alpha".to_owned(),
        rungs: groups.iter().map(of_group).collect(),
        reference: all
            .and_then(|all| Some((format!("all annotators ({})", all.count), all.value?))),
        notes: vec!["In brackets: items judged by at least two.".to_owned()],
    })
}

fn length(case: &Case<'_>) -> Option<XyFigure> {
    let segments = case.dataset.segments();
    let length = |segment: usize| match &case.words {
        Some(words) => words[segment] as f64,
        None => segments.steps(segment).len() as f64,
    };
    let mut answers: Vec<(f64, [usize; 2], bool)> = case
        .answers
        .iter()
        .filter_map(|answer| {
            let difference = length(answer.first) - length(answer.second);
            Some((difference, [answer.first, answer.second], answer.first_wins?))
        })
        .collect();
    answers.sort_by(|a, b| a.0.total_cmp(&b.0));
    if answers.iter().all(|answer| answer.0 == 0.0) {
        return None;
    }
    let (mut points, mut intervals) = (Vec::new(), Vec::new());
    for bin in bins(&answers) {
        let parts: Vec<(f64, f64)> =
            bin.iter().map(|(_, _, wins)| (f64::from(u8::from(*wins)), 1.0)).collect();
        let sets = case.cluster_sets(bin.iter().map(|(_, sides, _)| *sides));
        let Some(share) = case.options.bootstrap.share(&sets, &parts) else { continue };
        let mean = bin.iter().map(|answer| answer.0).sum::<f64>() / bin.len() as f64;
        points.push((mean, share.value));
        intervals.push((share.low, share.high));
    }
    let ends = [points.first()?.0, points.last()?.0];
    let unit = if case.words.is_some() { "words" } else { "steps" };
    Some(XyFigure {
        name: "length".to_owned(),
        title: format!("{}: answers by difference in length", case.dataset.card.name),
        x_label: format!("{unit} of the first side minus those of the second"),
        y_label: "share of answers for the first side".to_owned(),
        series: vec![
            Series {
                label: "decided answers, in bins of equal size".to_owned(),
                shape: Shape::Points,
                points,
                intervals,
                ..Series::default()
            },
            Series {
                label: "no preference".to_owned(),
                shape: Shape::Dashed,
                points: ends.map(|x| (x, 0.5)).to_vec(),
                ..Series::default()
            },
        ],
        ..XyFigure::default()
    })
}

/// Cuts sorted answers into bins of about the same size; equal differences stay in one bin.
fn bins<T>(answers: &[(f64, T, bool)]) -> Vec<&[(f64, T, bool)]> {
    let mut bins = Vec::new();
    let mut from = 0;
    for bin in 1..=BINS {
        let wanted = answers.len() * bin / BINS;
        if wanted <= from {
            continue;
        }
        let last = answers[wanted - 1].0;
        let end = answers.partition_point(|answer| answer.0 <= last);
        bins.push(&answers[from..end]);
        from = end;
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{by, changed, compare, prompts};
    use crate::{Options, examine};

    #[test]
    fn bins_keep_equal_differences_together() {
        let answers: Vec<(f64, (), bool)> = (0..40).map(|i| (f64::from(i / 7), (), true)).collect();
        let sizes: Vec<usize> = bins(&answers).iter().map(|bin| bin.len()).collect();
        assert_eq!(sizes, [7, 7, 7, 7, 7, 5]);
    }

    #[test]
    fn what_can_be_drawn_is_drawn() {
        let mut builder = prompts(12, 3);
        let mut records = Vec::new();
        for group in 0..12 {
            for (who, of) in [("ann", "x"), ("bob", "x"), ("cyd", "y"), ("dot", "y")] {
                let (first, second) = (format!("{group}/0"), format!("{group}/2"));
                let preference = f64::from(u8::from(group % 3 == 0 || who == "dot"));
                let record = by(who, &first, &second, preference);
                records.push(changed(record, |it| it.provenance.group = Some(of.into())));
            }
        }
        builder.insert(records);
        let dataset = builder.build().unwrap();
        let case = Case::new(&dataset, Options::default());
        let drawn = figures(&case, &examine(&case)).unwrap();
        let names: Vec<&str> = drawn.figures.iter().map(Figure::name).collect();
        assert_eq!(names, ["labels-per-annotator", "agreement-by-group", "length"]);
        let texts = drawn.figures[1].texts();
        for text in ["x (12)", "y (12)", "all annotators (12)", "Krippendorff's alpha"] {
            assert!(texts.iter().any(|other| other == text), "{text}: {texts:?}");
        }
    }

    #[test]
    fn models_are_drawn_by_their_strength() {
        let mut builder = prompts(12, 2);
        for group in 0..12 {
            for (i, model) in ["weak", "strong"].iter().enumerate() {
                builder.add_metadata(&format!("{group}/{i}"), &[("model", (*model).into())]);
            }
        }
        let answer = |group: usize| {
            compare(&format!("{group}/0"), &format!("{group}/1"), f64::from(u8::from(group < 3)))
        };
        builder.insert((0..12).map(answer).collect());
        let dataset = builder.build().unwrap();
        let case = Case::new(&dataset, Options::default());
        let drawn = figures(&case, &examine(&case)).unwrap();
        let figure = drawn.figures.iter().find(|it| it.name() == "tournament-model").unwrap();
        let place = |text: &str| figure.texts().iter().position(|other| other == text).unwrap();
        assert!(place("strong") < place("weak"), "{:?}", figure.texts());
        let notes = "Whisker: 95 % interval, over prompts. 12 comparisons; a tie is half a win.";
        assert!(figure.texts().join(" ").contains(notes), "{:?}", figure.texts());
    }

    #[test]
    fn what_cannot_be_drawn_has_a_reason() {
        let mut builder = prompts(1, 2);
        builder.insert(vec![compare("0/0", "0/1", 0.5)]);
        let dataset = builder.build().unwrap();
        let case = Case::new(&dataset, Options::default());
        let drawn = figures(&case, &examine(&case)).unwrap();
        assert!(drawn.figures.is_empty());
        assert_eq!(drawn.absent[0], "labels-per-annotator: no annotator is named");
        assert_eq!(drawn.absent.len(), 3);
    }
}
