//! Whether people agree on the same items, beyond chance.

use crate::finding::Examples;
use crate::{Case, Finding, Outcome, Said};
use medley_dataset::PersonIndex;
use medley_evaluation::ClusterSets;
use medley_evaluation::people::{Level, Reliability};
use medley_feedback::{Approval, Comparison, Rating, Record};
use std::collections::{BTreeMap, BTreeSet};

/// Krippendorff (2004, p. 241): below this not even tentative conclusions.
const TENTATIVE: f64 = 0.667;

/// `agreement.alpha`: Krippendorff's alpha over the items that at least two annotators judged;
/// nominal for comparisons (first, tie, second, for a pair in one order) and approvals, ordinal
/// and interval for ratings, for each aspect and scale.
///
/// `agreement.pairwise`: of the pairs of annotators on one item, those with the same answer.
///
/// `agreement.diverging`: of the items with at least two annotators, those on which not all agree.
///
/// All but the last also for each group ([`Said::group`]), over its own records. Records without an
/// annotator or of several pooled votes are left out: who disagrees with whom is not known. Of
/// several answers by one person about one item the first counts.
pub(crate) fn agreement(case: &Case<'_>) -> Vec<Finding> {
    subjects(case)
        .into_iter()
        .flat_map(|(subject, voices)| of_subject(case, &subject, voices))
        .collect()
}

/// An answer of one person about one item.
struct Voice<'c> {
    /// What the answer is about: contents of one or two segments.
    item: [u32; 2],
    person: PersonIndex,
    value: f64,
    group: Option<&'c str>,
}

/// Voices about one thing, and how many records are none.
#[derive(Default)]
struct Voices<'c> {
    levels: &'static [Level],
    voices: Vec<Voice<'c>>,
    unnamed: usize,
    pooled: usize,
}

impl<'c> Voices<'c> {
    fn add(&mut self, said: Said<'c>, item: [u32; 2], value: f64) {
        match said.person {
            _ if !said.is_of_one => self.pooled += 1,
            Some(person) => self.voices.push(Voice { item, person, value, group: said.group }),
            None => self.unnamed += 1,
        }
    }
}

fn subjects<'c>(case: &'c Case<'_>) -> BTreeMap<String, Voices<'c>> {
    let mut subjects: BTreeMap<String, Voices<'c>> = BTreeMap::new();
    let comparisons = case.said.of_kind(Comparison::KIND).zip(&case.answers);
    let mut apart = comparisons.filter(|(_, answer)| answer.pair.0 != answer.pair.1).peekable();
    if apart.peek().is_some() {
        let voices = subjects.entry("comparison".to_owned()).or_default();
        voices.levels = &[Level::Nominal];
        for (said, answer) in apart {
            let value = match answer.outcome {
                Outcome::Lower => 0.0,
                Outcome::Undecided => 1.0,
                Outcome::Upper => 2.0,
            };
            voices.add(said, answer.pair.into(), value);
        }
    }
    let content = |said: &Said<'_>| [case.content(said.segments[0] as usize); 2];
    for (said, record) in case.said.of_kind(Approval::KIND).zip(case.records.approvals.iter()) {
        let voices = subjects.entry("approval".to_owned()).or_default();
        voices.levels = &[Level::Nominal];
        voices.add(said, content(&said), record.approval);
    }
    for (said, record) in case.said.of_kind(Rating::KIND).zip(case.records.ratings.iter()) {
        let voices = subjects.entry(crate::ratings::subject(record)).or_default();
        voices.levels = &[Level::Ordinal, Level::Interval];
        voices.add(said, content(&said), record.value);
    }
    subjects
}

fn of_subject(case: &Case<'_>, subject: &str, mut all: Voices<'_>) -> Vec<Finding> {
    // Stable: of one person's answers about an item the first record stays.
    all.voices.sort_by_key(|voice| (voice.item, voice.person));
    let before = all.voices.len();
    all.voices.dedup_by_key(|voice| (voice.item, voice.person));
    let left_out = [
        (all.unnamed, "without an annotator"),
        (all.pooled, "of pooled votes"),
        (before - all.voices.len(), "again by the same person"),
    ];
    let left_out: Vec<String> = left_out
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, why)| format!("{count} {why}"))
        .collect();
    let left_out = match left_out.len() {
        0 => String::new(),
        _ => format!("; left out: {}", left_out.join(", ")),
    };
    let voices: Vec<&Voice<'_>> = all.voices.iter().collect();
    let of_all = Panel::new(case, &voices);
    let mut findings = of_all.findings(case, subject, None, (all.levels, &left_out));
    if of_all.reliability.units() > 0 {
        findings.push(diverging(case, subject, &of_all));
    }
    let mut groups: BTreeMap<&str, Vec<&Voice<'_>>> = BTreeMap::new();
    for voice in &all.voices {
        if let Some(group) = voice.group {
            groups.entry(group).or_default().push(voice);
        }
    }
    for (group, voices) in groups {
        let panel = Panel::new(case, &voices);
        if panel.reliability.units() > 0 {
            findings.extend(panel.findings(case, subject, Some(group), (all.levels, "")));
        }
    }
    findings
}

/// The items that at least two of some voices are about.
struct Panel {
    reliability: Reliability,
    /// Item of each unit of `reliability`.
    items: Vec<[u32; 2]>,
    sets: ClusterSets,
    people: usize,
    /// Items that anybody judged.
    all_items: usize,
}

impl Panel {
    /// From voices that are sorted by item.
    fn new(case: &Case<'_>, voices: &[&Voice<'_>]) -> Self {
        let (mut values, mut items, mut people) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut all_items = 0;
        for voices in voices.chunk_by(|a, b| a.item == b.item) {
            all_items += 1;
            if voices.len() > 1 {
                items.push(voices[0].item);
                values.push(voices.iter().map(|voice| voice.value).collect::<Vec<f64>>());
                people.extend(voices.iter().map(|voice| voice.person));
            }
        }
        let sets = case.cluster_sets(items.iter().map(|item| item.map(|it| it as usize)));
        let reliability = Reliability::new(values.iter().map(Vec::as_slice));
        Self { reliability, items, sets, people: people.len(), all_items }
    }

    fn findings(
        &self,
        case: &Case<'_>,
        subject: &str,
        group: Option<&str>,
        (levels, left_out): (&[Level], &str),
    ) -> Vec<Finding> {
        let (units, judgements) = (self.reliability.units(), self.reliability.judgements());
        let unit = "items judged by at least two";
        let finding = |level: &Level| {
            let weighted = self.reliability.weighted(*level, self.sets.of());
            let alpha = |weights: &[f64]| weighted.alpha(weights);
            let estimate = case.options.bootstrap.estimate(&self.sets, alpha);
            let low = group.is_none() && estimate.is_some_and(|found| found.value < TENTATIVE);
            let note = match (units, estimate) {
                (0, _) => format!("no item was judged by two named annotators{left_out}"),
                (_, None) => format!("all {judgements} answers are equal{left_out}"),
                _ => format!("{judgements} answers by {} annotators{left_out}", self.people),
            };
            Finding::new("agreement.alpha", units, self.all_items, unit)
                .about(format!("{subject}, {}", level.name()))
                .within(group)
                .estimate(estimate)
                .warn_if(low)
                .note(note)
        };
        let mut findings: Vec<Finding> = match units {
            // One line covers all levels.
            0 => levels.first().map(finding).into_iter().collect(),
            _ => levels.iter().map(finding).collect(),
        };
        if units > 0 {
            findings.push(self.pairwise(case, subject).within(group));
        }
        findings
    }

    fn pairwise(&self, case: &Case<'_>, subject: &str) -> Finding {
        let pairs: Vec<(usize, usize)> = self.reliability.pairs().collect();
        let count = pairs.iter().map(|pair| pair.0).sum();
        let of = pairs.iter().map(|pair| pair.1).sum();
        let parts: Vec<(f64, f64)> =
            pairs.iter().map(|&(agreeing, all)| (agreeing as f64, all as f64)).collect();
        Finding::new("agreement.pairwise", count, of, "pairs of answers")
            .about(subject)
            .interval(case.options.bootstrap.share(&self.sets, &parts))
    }
}

fn diverging(case: &Case<'_>, subject: &str, panel: &Panel) -> Finding {
    let (mut count, mut parts, mut examples) = (0, Vec::new(), Examples::default());
    for (item, (agreeing, all)) in panel.items.iter().zip(panel.reliability.pairs()) {
        let diverges = agreeing < all;
        parts.push((f64::from(u8::from(diverges)), 1.0));
        if diverges {
            count += 1;
            examples.add(|| name(case, *item));
        }
    }
    Finding::new("agreement.diverging", count, panel.items.len(), "items judged by at least two")
        .about(subject)
        .interval(case.options.bootstrap.share(&panel.sets, &parts))
        .examples(examples)
}

fn name(case: &Case<'_>, [a, b]: [u32; 2]) -> String {
    let id = |content: u32| case.dataset.segments().id(content as usize);
    if a == b { id(a).to_string() } else { format!("({}, {})", id(a), id(b)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{by, changed, compare, counts, found, one, prompts, rate, thumb};

    #[test]
    fn pairs_in_either_order_are_one_item() {
        let mut builder = prompts(4, 2);
        let of = |group: &str, who: &str, first: &str, second: &str, preference| {
            changed(by(who, first, second, preference), |it| {
                it.provenance.group = Some(group.into())
            })
        };
        builder.insert(vec![
            of("x", "ann", "0/0", "0/1", 1.0),
            of("x", "bob", "0/1", "0/0", 0.0), // agrees
            of("y", "cyd", "0/0", "0/1", 0.0), // does not
            of("x", "ann", "1/0", "1/1", 0.0),
            of("x", "bob", "1/0", "1/1", 0.0),
            of("x", "bob", "1/0", "1/1", 1.0), // again: does not count
            of("x", "ann", "2/0", "2/1", 0.0), // alone
            compare("3/0", "3/1", 1.0),
            changed(by("dot", "0/0", "0/1", 0.9), |it| it.provenance.votes = Some(10)),
        ]);
        let findings = found(builder, agreement);
        let alpha = one(&findings, "agreement.alpha", "comparison, nominal");
        // Values: (0, 0, 2) and (2, 2). D_o = (4/2 + 0)/5; D_e = 2 * 2 * 3 / 20.
        assert!((alpha.value.unwrap() - (1.0 - 0.4 / 0.6)).abs() < 1e-12, "{alpha:?}");
        assert_eq!((alpha.count, alpha.of), (2, 3));
        assert_eq!(
            alpha.note,
            "5 answers by 3 annotators; left out: 1 without an annotator, 1 of pooled votes, \
             1 again by the same person"
        );
        assert_eq!(counts(&findings, "agreement.pairwise", "comparison"), (2, 4));
        assert_eq!(counts(&findings, "agreement.diverging", "comparison"), (1, 2));
        let of_x = findings.iter().find(|it| it.group.as_deref() == Some("x")).unwrap();
        // (0, 0) and (2, 2): perfect.
        assert_eq!((of_x.value, of_x.count, of_x.of), (Some(1.0), 2, 3));
        assert!(findings.iter().all(|it| it.group.as_deref() != Some("y")));
    }

    #[test]
    fn ratings_and_thumbs() {
        let mut builder = prompts(3, 1);
        let ratings = [("a", "0/0", 1.0), ("b", "0/0", 2.0), ("a", "1/0", 5.0), ("b", "1/0", 5.0)];
        builder.insert(ratings.map(|(who, what, value)| rate(who, what, value)).to_vec());
        builder.insert(vec![
            thumb("a", "0/0", 1.0),
            thumb("b", "0/0", 1.0),
            thumb("a", "1/0", 0.0),
        ]);
        let findings = found(builder, agreement);
        // 1, 2, 5, 5: D_o = 2/4; D_e = 2 (1 + 16 + 16 + 9 + 9) / 12.
        let interval = one(&findings, "agreement.alpha", "rating [1, 5], interval");
        assert!((interval.value.unwrap() - (1.0 - 0.5 / 8.5)).abs() < 1e-12, "{interval:?}");
        // Mean ranks 0.5, 1.5, 3, 3: D_o = 2/4; D_e = 2 (1 + 6.25 * 2 + 2.25 * 2) / 12.
        let ordinal = one(&findings, "agreement.alpha", "rating [1, 5], ordinal");
        assert!((ordinal.value.unwrap() - (1.0 - 0.5 / 3.0)).abs() < 1e-12, "{ordinal:?}");
        let thumbs = one(&findings, "agreement.alpha", "approval, nominal");
        assert_eq!((thumbs.value, thumbs.count, thumbs.of), (None, 1, 2));
        assert!(thumbs.note.starts_with("all 2 answers are equal"));
    }

    #[test]
    fn without_two_known_people_there_is_no_number() {
        let mut builder = prompts(1, 2);
        builder.insert(vec![compare("0/0", "0/1", 1.0), compare("0/0", "0/1", 1.0)]);
        let findings = found(builder, agreement);
        assert_eq!((findings.len(), findings[0].value), (1, None));
        assert!(findings[0].note.ends_with("left out: 2 without an annotator"));
    }
}
