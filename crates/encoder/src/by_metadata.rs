//! Features of who wrote a segment: what a reward could be if that were all that people look at.

use crate::Features;
use medley_dataset::{Dataset, MetadataColumn};
use std::collections::{BTreeMap, BTreeSet};

/// Labels of a column that have a feature each, at most.
const MOST: usize = 200;

/// One feature for each label of a column of metadata that a segment of `known` has, `model = gpt-4`:
/// in each step of a segment with that label `unit` of its number of steps, so that the return of a
/// linear reward is one strength for each label. A segment without a label, or with one that no
/// segment of `known` has, is zero.
///
/// This is a baseline and no encoder: a new label says nothing of those that were seen.
///
/// # Errors
/// Why there is no such baseline: the column is not of texts, or has no two labels or too many.
pub fn metadata_features(
    dataset: &Dataset,
    column: &MetadataColumn,
    known: impl IntoIterator<Item = usize>,
    unit: &dyn Fn(usize) -> f32,
) -> Result<Features, String> {
    let labels = column.labels().ok_or("it is of numbers")?;
    let seen: BTreeSet<u32> = known.into_iter().filter_map(|i| column.code(i)).collect();
    if !(2..=MOST).contains(&seen.len()) {
        let found = seen.len();
        return Err(format!("{found} labels in training, and it takes 2 to {MOST}"));
    }
    let place: BTreeMap<u32, usize> =
        seen.iter().enumerate().map(|(at, &code)| (code, at)).collect();
    let width = seen.len();
    let segments = dataset.segments();
    // Segments of one label and as many steps share their rows.
    let mut blocks: BTreeMap<(Option<usize>, usize), usize> = BTreeMap::new();
    let (mut values, mut windows) = (Vec::new(), Vec::new());
    for i in 0..segments.len() {
        let steps = segments.steps(i).len();
        let at = column.code(i).and_then(|code| place.get(&code)).copied();
        let first = *blocks.entry((at, steps)).or_insert_with(|| {
            let first = values.len() / width;
            values.resize(values.len() + steps * width, 0.0);
            if let Some(at) = at {
                let rows = values[first * width..].chunks_exact_mut(width);
                rows.for_each(|row| row[at] = unit(steps));
            }
            first
        });
        windows.push(first..first + steps);
    }
    let name = |code: &u32| format!("{} = {}", column.name(), labels[*code as usize]);
    Ok(Features::new(seen.iter().map(name).collect(), values, windows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_dataset::{Card, DatasetBuilder, Domain};

    fn dataset(models: &[Option<&str>]) -> Dataset {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        builder.add_group("q", None, None);
        for (i, model) in models.iter().enumerate() {
            builder.add_text(&i.to_string(), "q", if i % 2 == 0 { "One. Two." } else { "One." });
            if let Some(model) = model {
                builder.add_metadata(&i.to_string(), &[("model", (*model).into())]);
            }
        }
        builder.build().unwrap()
    }

    #[test]
    fn a_label_has_a_feature_if_it_was_seen() {
        let models = [Some("b"), Some("a"), None, Some("new"), Some("a"), Some("b")];
        let dataset = dataset(&models);
        let column = dataset.segments().metadata().column("model").unwrap();
        let unit = |steps: usize| 1.0 / steps as f32;
        let features = metadata_features(&dataset, column, [0, 1, 2], &unit).unwrap();
        assert_eq!(features.names, ["model = a", "model = b"]);
        let rows: Vec<Vec<f32>> = (0..6).map(|i| features.segment(i).into_owned()).collect();
        let expect: [&[f32]; 6] = [
            &[0.0, 0.5, 0.0, 0.5],
            &[1.0, 0.0],
            &[0.0, 0.0, 0.0, 0.0],
            &[0.0, 0.0],
            &[0.5, 0.0, 0.5, 0.0],
            &[0.0, 1.0],
        ];
        assert_eq!(rows, expect);
    }

    #[test]
    fn one_label_is_no_baseline() {
        let dataset = dataset(&[Some("a"), Some("a"), Some("b")]);
        let column = dataset.segments().metadata().column("model").unwrap();
        let error = metadata_features(&dataset, column, [0, 1], &|_| 1.0).unwrap_err();
        assert_eq!(error, "1 labels in training, and it takes 2 to 200");
    }
}
