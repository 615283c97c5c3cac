//! Numbers of segments that learned returns are held against beside the true reward.

use medley_dataset::{Dataset, MetadataColumn, MetadataValue};
use medley_plan::{PlanError, RunSpec};

/// Refuses columns that are not there or do not hold a number for each segment.
///
/// # Errors
/// The first that does not, under its key.
pub(crate) fn check_columns(dataset: &Dataset, spec: &RunSpec) -> Result<(), PlanError> {
    let all: Vec<usize> = (0..dataset.segments().len()).collect();
    let mut columns = spec.evaluation.truth.iter().flat_map(|truth| &truth.columns);
    columns.try_for_each(|name| match numbers(dataset, name, &all) {
        Ok(_) => Ok(()),
        Err(problem) => Err(PlanError::spec(&["evaluation", "truth", "columns"], problem)),
    })
}

/// Numbers of a column of metadata, of these segments.
pub(super) fn numbers(
    dataset: &Dataset,
    name: &str,
    segments: &[usize],
) -> Result<Vec<f64>, String> {
    let metadata = dataset.segments().metadata();
    let column = metadata.column(name).ok_or_else(|| {
        let known: Vec<&str> = metadata.columns().iter().map(MetadataColumn::name).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        format!("segments have no metadata `{name}`; there are: {known}")
    })?;
    let number = |&segment: &usize| {
        let found = match column.value(segment) {
            Some(MetadataValue::Number(number)) => return Ok(number),
            Some(MetadataValue::Text(text)) => format!("{text:?}"),
            None => "none".to_owned(),
        };
        let id = &dataset.segments().id(segment).0;
        Err(format!("expected a number as `{name}` of every segment, found {found} of `{id}`"))
    };
    segments.iter().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_dataset::{Card, DatasetBuilder, Domain};

    #[test]
    fn a_column_has_a_number_for_each_segment() {
        let mut builder = DatasetBuilder::new(Card::new("tiny", Domain::Text));
        builder.add_group("q", None, None);
        for (id, score) in [("a", 0.5), ("b", 1.0)] {
            builder.add_text(id, "q", "Because.");
            builder.add_metadata(id, &[("borda", score.into()), ("model", "gpt".into())]);
        }
        builder.add_metadata("a", &[("stars", 3.0.into())]);
        let dataset = builder.build().unwrap();
        let check = |name: &str, segments: &[usize], expect: Result<Vec<f64>, &str>| {
            assert_eq!(numbers(&dataset, name, segments), expect.map_err(str::to_owned));
        };
        check("borda", &[1, 0], Ok(vec![1.0, 0.5]));
        check("stars", &[0], Ok(vec![3.0]));
        check(
            "stars",
            &[0, 1],
            Err("expected a number as `stars` of every segment, found none of `b`"),
        );
        check(
            "model",
            &[0],
            Err("expected a number as `model` of every segment, found \"gpt\" of `a`"),
        );
        check(
            "bord",
            &[0],
            Err("segments have no metadata `bord`; there are: borda, model, stars"),
        );
    }
}
