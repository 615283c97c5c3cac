//! Which ratings become statements, of which class and on which scale.

use crate::answer::aspects::head_of;
use crate::answer::one_value::one_value;
use crate::{Asking, BindError, Origin, Rating, Selection, Statements};
use medley_feedback::{self as feedback, Scale};
use std::collections::{BTreeMap, BTreeSet};

/// One rating.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rated {
    pub segment: usize,
    pub value: f64,
    pub class: usize,
}

/// The ratings of a selection.
#[derive(Clone, Debug)]
pub(super) struct Ratings {
    pub list: Vec<Rated>,
    /// Aspect of each class; none is the whole.
    pub classes: Vec<Option<String>>,
    /// Head of each class; none is the sum of all heads.
    pub heads: Vec<Option<usize>>,
    pub scale: Scale,
}

impl Ratings {
    pub fn collect(
        options: &Rating,
        selection: &Selection<'_>,
    ) -> Result<(Self, Statements), BindError> {
        options.check(selection)?;
        let records = selection.records::<feedback::Rating>()?;
        let mut statements =
            Statements { dropped: records.dropped.clone(), ..Statements::default() };
        let used = || records.iter().filter(|(rating, _)| uses(options, rating));
        let classes: BTreeSet<Option<String>> = used().map(|(r, _)| r.aspect.clone()).collect();
        let classes: Vec<_> = classes.into_iter().collect();
        let mut list = Vec::new();
        for (rating, origin) in records.iter() {
            if !uses(options, rating) {
                statements.drop(unused(rating));
                continue;
            }
            list.push(Rated {
                segment: origin.segments[0] as usize,
                value: rating.value,
                class: classes.binary_search(&rating.aspect).unwrap_or(0),
            });
            statements.origins.push(origin.clone());
        }
        if list.is_empty() {
            return Err(selection.empty::<feedback::Rating>(&statements.dropped));
        }
        let heads = classes.iter().map(|aspect| match options.aspect_heads {
            true => head_of(selection, aspect.as_deref()),
            false => Ok(None),
        });
        let heads = heads.collect::<Result<_, _>>()?;
        let ratings: Vec<&feedback::Rating> = used().map(|(rating, _)| &**rating).collect();
        let scale = one_scale(selection, &ratings)?;
        Ok((Self { list, classes, heads, scale }, statements))
    }

    /// Of questions that nobody has answered yet: each has the worst number.
    pub fn asked(options: &Rating, asking: &Asking<'_>) -> Result<(Self, Vec<Origin>), BindError> {
        options.check(&asking.selection)?;
        let scale = asking.form.scale.ok_or_else(|| {
            asking.unfit("ratings need a scale (`scale = { low = 1, high = 5, levels = 5 }`)")
        })?;
        let Scale { low, high, levels } = scale;
        let is_scale = low.is_finite() && high.is_finite() && low < high;
        if !is_scale || levels.is_some_and(|levels| !(2..=1000).contains(&levels)) {
            return Err(asking.unfit(format!(
                "`scale`: expected `low` below `high` and 2 to 1000 levels or none, found {}",
                told(scale)
            )));
        }
        let aspect = asking.form.aspect.clone();
        if !options.aspect_heads && options.aspect != aspect {
            let name = |aspect: &Option<String>| aspect.clone().unwrap_or("the whole".to_owned());
            return Err(asking.unfit(format!(
                "ratings of {} are asked for, and the adapter reads those of {}",
                name(&aspect),
                name(&options.aspect)
            )));
        }
        let origins = asking.origins(1..=1)?;
        let rated =
            |one: &Origin| Rated { segment: one.segments[0] as usize, value: low, class: 0 };
        let list = origins.iter().map(rated).collect();
        let head = match options.aspect_heads {
            true => head_of(&asking.selection, aspect.as_deref())?,
            false => None,
        };
        Ok((Self { list, classes: vec![aspect], heads: vec![head], scale }, origins))
    }

    /// Number of levels of the scale.
    pub fn levels(&self, selection: &Selection<'_>) -> Result<usize, BindError> {
        let Scale { low, high, levels } = self.scale;
        levels.map(|levels| levels as usize).ok_or_else(|| {
            selection.unfit(format!(
                "the scale from {low} to {high} is continuous and a cumulative logit needs levels: \
                 use `model = \"gaussian\"`, or say at the import how many there are (`levels`)"
            ))
        })
    }

    /// Refuses ratings of which what may be fitted has one value only, in every class: they say
    /// nothing of one segment that they do not say of every other.
    pub fn check_contrast(
        &self,
        selection: &Selection<'_>,
        statements: &Statements,
    ) -> Result<(), BindError> {
        let fitted = self.list.iter().zip(&statements.origins);
        let fitted = fitted.filter(|(_, origin)| origin.may_be_fitted()).map(|(rated, _)| rated);
        let mut values = vec![Vec::new(); self.classes.len()];
        fitted.for_each(|rated| values[rated.class].push(rated.value));
        values.retain(|of_class| !of_class.is_empty());
        let same: Vec<Option<f64>> =
            values.iter().map(|of_class| one_value(of_class.iter().copied())).collect();
        if same.is_empty() || same.contains(&None) {
            return Ok(());
        }
        let count: usize = values.iter().map(Vec::len).sum();
        let found: BTreeSet<String> = same.iter().flatten().map(ToString::to_string).collect();
        let each = if values.len() > 1 { ", of each aspect the same," } else { "" };
        Err(selection.unfit(format!(
            "all {count} ratings to learn from{each} are {}: with nothing to contrast them with, they \
             say nothing about the reward",
            found.into_iter().collect::<Vec<_>>().join(" or ")
        )))
    }

    /// Level of a rating, from 0.
    pub fn level(&self, statement: usize) -> usize {
        let value = self.list[statement].value;
        self.scale.level(value).expect("a checked rating is on a level of its scale")
    }

    /// Number of ratings among `statements`, `[class][level]`.
    pub fn mass(&self, levels: usize, statements: &[usize]) -> Vec<Vec<f64>> {
        let mut mass = vec![vec![0.0; levels]; self.classes.len()];
        for &statement in statements {
            mass[self.list[statement].class][self.level(statement)] += 1.0;
        }
        mass
    }

    pub fn class_names(&self) -> Vec<String> {
        let name = |aspect: &Option<String>| aspect.clone().unwrap_or_else(|| "overall".into());
        self.classes.iter().map(name).collect()
    }
}

/// The aspects that are rated anywhere, sorted.
pub(super) fn aspect_names(selection: &Selection<'_>) -> Result<Vec<String>, BindError> {
    let all = selection.records::<feedback::Rating>()?;
    let names: BTreeSet<String> =
        all.iter().filter_map(|(rating, _)| rating.aspect.clone()).collect();
    Ok(names.into_iter().collect())
}

fn uses(options: &Rating, rating: &feedback::Rating) -> bool {
    options.aspect_heads || rating.aspect == options.aspect
}

fn unused(rating: &feedback::Rating) -> String {
    match &rating.aspect {
        Some(aspect) => format!("rate aspect `{aspect}`, which is not selected"),
        None => "rate the whole and no aspect".to_owned(),
    }
}

fn one_scale(selection: &Selection<'_>, used: &[&feedback::Rating]) -> Result<Scale, BindError> {
    let Some(first) = used.first() else {
        return Err(selection.empty::<feedback::Rating>(&BTreeMap::new()));
    };
    match used.iter().find(|rating| rating.scale != first.scale) {
        Some(other) => Err(selection.unfit(format!(
            "ratings on two scales, {} and {}: select one source",
            told(first.scale),
            told(other.scale)
        ))),
        None => Ok(first.scale),
    }
}

fn told(Scale { low, high, levels }: Scale) -> String {
    match levels {
        Some(levels) => format!("{low} to {high} in {levels} levels"),
        None => format!("{low} to {high} without levels"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::fixture::{World, checked, control};
    use medley_feedback::Provenance;

    /// A rating of 1, 2 or 3.
    pub fn rated(segment: &str, value: f64) -> feedback::Rating {
        feedback::Rating {
            segment: segment.into(),
            value,
            scale: Scale { low: 1.0, high: 3.0, levels: Some(3) },
            aspect: None,
            reason: None,
            provenance: Provenance::default(),
        }
    }

    /// Segment `a` has return 1.5, segment `b` -1.
    pub fn world(ratings: Vec<feedback::Rating>) -> World {
        let mut builder = control(&[("a", "e", &[0.5, 1.0]), ("b", "f", &[-1.0])]);
        builder.insert(checked(ratings));
        World::new(builder)
    }

    #[test]
    fn aspects_are_filtered_and_counted() {
        let style = feedback::Rating { aspect: Some("style".into()), ..rated("a", 1.0) };
        let world = world(vec![style, rated("a", 2.0), rated("b", 3.0)]);
        let overall = world.bind(&Rating::default());
        assert_eq!(overall.statements().len(), 2);
        let reason = "rate aspect `style`, which is not selected";
        assert_eq!(overall.statements().dropped, BTreeMap::from([(reason.to_owned(), 1)]));
        let only = world.bind(&Rating { aspect: Some("style".into()), ..Rating::default() });
        assert_eq!(only.statements().len(), 1);
        assert_eq!(only.statements().dropped["rate the whole and no aspect"], 2);
        let none = world.refusal(&Rating { aspect: Some("wit".into()), ..Rating::default() });
        assert!(none.contains("no rating record is left"), "{none}");
    }

    /// After TRL pull request 1724: all thumbs up taught nothing, and nothing said so.
    #[test]
    fn ratings_of_one_value_are_refused() {
        let five = world(vec![rated("a", 3.0), rated("b", 3.0)]);
        let error = five.refusal(&Rating::default());
        assert!(error.contains("all 2 ratings to learn from are 3: with nothing"), "{error}");
        let fixed = Rating {
            model: crate::RatingModel::Gaussian,
            sd: crate::LearnedOr::Fixed(1.0),
            ..Rating::default()
        };
        let error = five.refusal(&fixed);
        assert!(error.contains("all 2 ratings to learn from are 3: with nothing"), "{error}");
        let style = |value| feedback::Rating { aspect: Some("style".into()), ..rated("a", value) };
        let heads = Rating { aspect_heads: true, ..Rating::default() };
        let mut each = world(vec![rated("a", 3.0), rated("b", 3.0), style(1.0), style(1.0)]);
        each.layout = medley_reward_model::HeadLayout::with_aspects(vec!["style".into()]);
        let error = each.refusal(&heads);
        assert!(error.contains("of each aspect the same, are 1 or 3"), "{error}");
    }

    #[test]
    fn two_scales_are_named() {
        let ten = Scale { low: 0.0, high: 10.0, levels: Some(11) };
        let world =
            world(vec![rated("a", 2.0), feedback::Rating { scale: ten, ..rated("b", 3.0) }]);
        let error = world.refusal(&Rating::default());
        assert!(error.contains("1 to 3 in 3 levels and 0 to 10 in 11 levels"), "{error}");
    }
}
