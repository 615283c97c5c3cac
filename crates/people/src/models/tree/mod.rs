//! `people.tree`: which people, by what is known of them, want different things?
//!
//! Everybody is fitted together; where the weights depend on something that is known of people (tests of
//! [`instability`]), they are split in two by it, at the place where two fits are the likeliest, and each
//! part is asked again. Leaves are fits of their own, and there is nothing between people of one leaf. Any
//! [`Answer`](crate::Answer) will do: with comparisons of items it is the Bradley-Terry tree of Strobl,
//! Wickelmaier and Zeileis (2011), whose rules are those of R's `psychotree`.
//!
//! Somebody of whom it is not known what a split asks goes with the larger part.

mod attribute;
mod instability;
mod supremum;

use super::hierarchical::by_person;
use super::pooled::{pooled, starts};
use crate::around::{check_coordinates, check_statements};
use crate::linear::{self, Quadratic};
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel};
use attribute::{Attribute, Values, attributes};
pub use instability::InstabilityTest;
use instability::{informative, test};
use medley_toml_file::{Problem, above_zero};
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// Recursive partitioning of people by what is known of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tree {
    /// Level of the tests of a node, all together (Bonferroni).
    pub alpha: f64,
    /// Fewest people of a node; left out, ten for each weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<u64>,
    /// Share of people at each end of a number among whom no break is looked for, at most 0.5.
    pub trim: f64,
    /// Standard deviation, in nats, of a normal prior on weights.
    pub prior_sd: f64,
}

impl Default for Tree {
    fn default() -> Self {
        Self { alpha: 0.05, people: None, trim: 0.1, prior_sd: 100.0 }
    }
}

const NAME: &str = "tree";
/// Levels of a factor beyond which there are too many ways to part them, so that they are parted in order of
/// their mean scores.
const MOST_LEVELS: usize = 16;

#[typetag::serde(name = "tree")]
impl PeopleModel for Tree {
    fn summary(&self) -> &'static str {
        "people are split by what is known of them where it tells what they want"
    }

    fn check(&self) -> Result<(), Problem> {
        let within = |key, value: f64, most: f64| match (0.0..=most).contains(&value) {
            true => Ok(()),
            false => {
                Err(Problem::new(key, format!("expected a number from 0 to {most}, found {value}")))
            }
        };
        within("alpha", self.alpha, 1.0)?;
        within("trim", self.trim, 0.5)?;
        if self.people == Some(0) {
            return Err(Problem::new("people", "expected at least 1, found 0"));
        }
        above_zero("prior-sd", self.prior_sd)
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        _: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        Ok(Box::new(self.fit_tree(panel, statements)?))
    }
}

/// A tree, its root first; a node is behind its parent.
#[derive(Clone, Debug)]
pub struct FittedTree {
    /// Nodes.
    pub nodes: Vec<Node>,
    attributes: Vec<String>,
}

/// People who are fitted together.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// How many of those who said something.
    pub people: usize,
    /// Log-likelihood of what they said, in nats.
    pub log_likelihood: f64,
    /// Weights of features and columns.
    pub view: Vec<f64>,
    /// Tests of what is known of them.
    pub tests: Vec<InstabilityTest>,
    /// How they were split, if they were.
    pub split: Option<Split>,
}

/// Who goes where.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// In words, of those who go left: `age <= 52`.
    pub name: String,
    attribute: usize,
    rule: Rule,
    /// Numbers of the nodes.
    pub left: usize,
    /// Of those who do not.
    pub right: usize,
    unknown_left: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Rule {
    AtMost(f64),
    /// Whether a level goes left.
    Levels(Vec<bool>),
}

impl Rule {
    fn goes_left(&self, values: &Values, person: usize) -> Option<bool> {
        match (self, values) {
            (Self::AtMost(most), Values::Number(numbers)) => {
                Some(numbers.get(person)?.as_ref()? <= most)
            }
            (Self::Levels(left), Values::Level(levels, _)) => {
                levels.get(person)?.and_then(|level| left.get(level).copied())
            }
            _ => None,
        }
    }

    fn name(&self, attribute: &Attribute) -> String {
        match (self, &attribute.values) {
            (Self::Levels(left), Values::Level(_, names)) => {
                let of: Vec<&str> = left
                    .iter()
                    .zip(names)
                    .filter(|(is_left, _)| **is_left)
                    .map(|(_, name)| name.as_str())
                    .collect();
                format!("{}: {}", attribute.name, of.join(", "))
            }
            (Self::AtMost(most), _) => format!("{} <= {most}", attribute.name),
            (Self::Levels(_), Values::Number(_)) => attribute.name.clone(),
        }
    }
}

/// Two parts, and what says who is in which.
struct Parted {
    rule: Rule,
    parts: [Vec<usize>; 2],
    value: f64,
    unknown_left: bool,
}

/// What is split: people who said something, and what.
struct Grown<'a> {
    options: &'a Tree,
    panel: &'a Panel,
    said: Vec<Vec<usize>>,
    attributes: Vec<Attribute>,
    fewest: usize,
    nodes: Vec<Node>,
}

impl Tree {
    /// The fit itself.
    ///
    /// # Errors
    /// As [`PeopleModel::fit`].
    pub fn fit_tree(&self, panel: &Panel, statements: &[usize]) -> Result<FittedTree, PeopleError> {
        check_coordinates(NAME, panel)?;
        check_statements(NAME, statements)?;
        let said = by_person(panel, statements);
        let people: Vec<usize> = (0..panel.people()).filter(|&a| !said[a].is_empty()).collect();
        let attributes = attributes(panel);
        let fewest = self.people.map_or(10 * panel.width(), |people| people as usize).max(1);
        let nodes = Vec::new();
        let mut grown = Grown { options: self, panel, said, attributes, fewest, nodes };
        grown.grow(&people)?;
        let attributes = grown.attributes.into_iter().map(|of| of.name).collect();
        Ok(FittedTree { nodes: grown.nodes, attributes })
    }
}

impl Grown<'_> {
    /// Adds the node of these people, and those below it. Returns its number.
    fn grow(&mut self, people: &[usize]) -> Result<usize, PeopleError> {
        let (view, log_likelihood) = self.fit(people)?;
        let number = self.nodes.len();
        let tests = self.tests(people, &view);
        let best = self.significant(&tests);
        self.nodes.push(Node {
            people: people.len(),
            log_likelihood,
            view,
            tests: tests.into_iter().flatten().collect(),
            split: None,
        });
        let Some(attribute) = best else { return Ok(number) };
        let scores = self.scores(people, &self.nodes[number].view);
        let Some(parted) = self.part(people, attribute, &scores)? else { return Ok(number) };
        let left = self.grow(&parted.parts[0])?;
        let right = self.grow(&parted.parts[1])?;
        let name = parted.rule.name(&self.attributes[attribute]);
        let Parted { rule, unknown_left, .. } = parted;
        self.nodes[number].split = Some(Split { name, attribute, rule, left, right, unknown_left });
        Ok(number)
    }

    fn fit(&self, people: &[usize]) -> Result<(Vec<f64>, f64), PeopleError> {
        let all: Vec<usize> = people.iter().flat_map(|&a| self.said[a].iter().copied()).collect();
        let view = pooled(self.panel, &all, self.options.prior_sd)?;
        let value = linear::log_likelihood(self.panel, &all, &view);
        Ok((view, value))
    }

    /// One for each attribute; none where people are too few or all alike.
    fn tests(&self, people: &[usize], view: &[f64]) -> Vec<Option<InstabilityTest>> {
        if people.len() < 2 * self.fewest {
            return vec![None; self.attributes.len()];
        }
        let scores = self.scores(people, view);
        let of = |attribute| test(attribute, people, &scores, self.options.trim, self.fewest);
        self.attributes.iter().map(of).collect()
    }

    /// The score of each of these people, in directions that their answers tell of.
    fn scores(&self, people: &[usize], view: &[f64]) -> Vec<DVector<f64>> {
        let mut own = Quadratic::zeros(view.len());
        let score = |&person: &usize| {
            linear::evaluate(self.panel, &self.said[person], view, 1.0, &mut own);
            own.slope.clone()
        };
        let scores: Vec<DVector<f64>> = people.iter().map(score).collect();
        let all: Vec<usize> = people.iter().flat_map(|&a| self.said[a].iter().copied()).collect();
        linear::evaluate(self.panel, &all, starts(self.panel).as_slice(), 1.0, &mut own);
        informative(&scores, own.curvature, all.len())
    }

    /// The attribute of the smallest p-value, if that is small enough.
    fn significant(&self, tests: &[Option<InstabilityTest>]) -> Option<usize> {
        let made: Vec<(usize, &InstabilityTest)> = tests
            .iter()
            .enumerate()
            .filter_map(|(place, test)| test.as_ref().map(|test| (place, test)))
            .collect();
        let best = made.iter().min_by(|(_, a), (_, b)| a.log_p.total_cmp(&b.log_p));
        let (place, test) = best?;
        (test.p_among(made.len()) <= self.options.alpha).then_some(*place)
    }

    /// The likeliest two parts of which each has people enough.
    fn part(
        &self,
        people: &[usize],
        attribute: usize,
        scores: &[DVector<f64>],
    ) -> Result<Option<Parted>, PeopleError> {
        let values = &self.attributes[attribute].values;
        let mut best: Option<Parted> = None;
        for rule in rules(people, values, scores) {
            let is = |way| {
                let on_way = |&&person: &&usize| rule.goes_left(values, person) == way;
                people.iter().filter(on_way).copied().collect::<Vec<usize>>()
            };
            let [mut left, mut right, unknown] = [Some(true), Some(false), None].map(is);
            if left.len() < self.fewest || right.len() < self.fewest {
                continue;
            }
            // By those of whom it is known, so that it is the same answers that two ways are compared by.
            let value = self.fit(&left)?.1 + self.fit(&right)?.1;
            if best.as_ref().is_none_or(|best| value > best.value) {
                let unknown_left = left.len() >= right.len();
                if unknown_left { &mut left } else { &mut right }.extend(unknown);
                best = Some(Parted { rule, parts: [left, right], value, unknown_left });
            }
        }
        Ok(best)
    }
}

/// All ways to part people: at each number but the last, or levels in two.
fn rules(people: &[usize], values: &Values, scores: &[DVector<f64>]) -> Vec<Rule> {
    match values {
        Values::Number(numbers) => {
            let mut places: Vec<f64> = people.iter().filter_map(|&a| numbers[a]).collect();
            places.sort_by(f64::total_cmp);
            places.dedup();
            places.pop();
            places.into_iter().map(Rule::AtMost).collect()
        }
        Values::Level(levels, names) => {
            let count = names.len();
            let has = |level: usize| people.iter().any(|&a| levels[a] == Some(level));
            let there: Vec<usize> = (0..count).filter(|&level| has(level)).collect();
            if there.len() > MOST_LEVELS {
                return in_order(&there, people, levels, count, scores);
            }
            // The last level that is there goes right, so that no two rules are one.
            let ways = 1_usize..1 << there.len().saturating_sub(1);
            let rule = |way: usize| {
                let mut left = vec![false; count];
                let bit = |bit: usize| way >> bit & 1 == 1;
                there.iter().enumerate().for_each(|(i, &level)| left[level] = bit(i));
                Rule::Levels(left)
            };
            ways.map(rule).collect()
        }
    }
}

/// Ways to part levels in order of their mean scores, in the direction in which these differ most.
fn in_order(
    there: &[usize],
    people: &[usize],
    levels: &[Option<usize>],
    count: usize,
    scores: &[DVector<f64>],
) -> Vec<Rule> {
    let width = scores.first().map_or(0, DVector::len);
    if width == 0 {
        return Vec::new();
    }
    let mean = |&level: &usize| {
        let of = people.iter().zip(scores).filter(|(a, _)| levels[**a] == Some(level));
        let (sum, count) =
            of.fold((DVector::zeros(width), 0.0), |(sum, n), (_, score)| (sum + score, n + 1.0));
        (sum / count, count)
    };
    let means: Vec<(DVector<f64>, f64)> = there.iter().map(mean).collect();
    let mut outer = DMatrix::zeros(width, width);
    means.iter().for_each(|(mean, count)| outer.ger(*count, mean, mean, 1.0));
    let eigen = outer.symmetric_eigen();
    let axis = eigen.eigenvectors.column(eigen.eigenvalues.imax());
    let mut order: Vec<(f64, usize)> =
        means.iter().zip(there).map(|((mean, _), &level)| (mean.dot(&axis), level)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut left = vec![false; count];
    let rule = |&(_, level): &(f64, usize)| {
        left[level] = true;
        Rule::Levels(left.clone())
    };
    order[..order.len() - 1].iter().map(rule).collect()
}

impl FittedTree {
    /// Number of the leaf of a person, by what is known of them.
    pub fn leaf(&self, panel: &Panel, person: usize) -> usize {
        let attributes = attributes(panel);
        let mut node = 0;
        while let Some(split) = &self.nodes[node].split {
            let name = &self.attributes[split.attribute];
            let own = attributes.iter().find(|of| of.name == *name);
            let left = own.and_then(|of| split.rule.goes_left(&of.values, person));
            node = if left.unwrap_or(split.unknown_left) { split.left } else { split.right };
        }
        node
    }

    /// Nodes that are not split, from left to right.
    pub fn leaves(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.split.is_none())
    }
}

impl Fitted for FittedTree {
    fn belief(&self, panel: &Panel, person: usize) -> Belief {
        Belief::certain(self.nodes[self.leaf(panel, person)].view.clone())
    }

    fn meet(&self, panel: &Panel, person: usize, _: &[usize]) -> Result<Belief, PeopleError> {
        Ok(self.belief(panel, person))
    }

    fn numbers(&self, panel: &Panel) -> Vec<Number> {
        let mut numbers = vec![Number::new("leaves", self.leaves().count() as f64)];
        let mut at = vec!["all".to_owned(); self.nodes.len()];
        for (number, node) in self.nodes.iter().enumerate() {
            let place = at[number].clone();
            let mut add = |what: String, value| {
                let name = format!("{place}, {what}");
                numbers.push(match number {
                    0 => Number::new(name, value),
                    _ => Number::of_people(name, value, node.people),
                });
            };
            add("people".to_owned(), node.people as f64);
            add("log-likelihood".to_owned(), node.log_likelihood);
            for test in &node.tests {
                add(format!("statistic of {}", test.name), test.statistic);
                add(format!("p of {}", test.name), test.p_among(node.tests.len()));
            }
            match &node.split {
                Some(split) => {
                    at[split.left] = format!("{place}, {}", split.name);
                    at[split.right] = format!("{place}, not {}", split.name);
                }
                None => node.view.iter().enumerate().for_each(|(i, &w)| {
                    add(panel.name(i).to_owned(), w);
                }),
            }
        }
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Binary, Covariate, PanelParts, Predictor, Statement, predict, score};
    use std::sync::Arc;

    /// People who answer `answers` times each; those above 40 want the opposite. `yes(person, n)`
    fn panel(ages: &[Option<f64>], yes: impl Fn(usize, usize) -> f64) -> Panel {
        let mut statements = Vec::new();
        for person in 0..ages.len() {
            for n in 0..8 {
                let predictors = vec![Predictor::of(n % 3)];
                let answer = Arc::new(Binary { yes: yes(person, n) });
                statements.push(Statement { person, predictors, answer });
            }
        }
        Panel::new(PanelParts {
            features: vec!["x".to_owned(), "y".to_owned()],
            items: vec![vec![1.0, 0.0], vec![0.0, 1.0], vec![1.0, -1.0]],
            people: ages.len(),
            covariates: vec![Covariate { name: "age".to_owned(), values: ages.to_vec() }],
            statements,
            ..PanelParts::default()
        })
        .unwrap()
    }

    fn drawn(people: usize, split: bool) -> Panel {
        let ages: Vec<Option<f64>> =
            (0..people).map(|a| (a % 10 != 9).then_some(20.0 + (a * 37 % 50) as f64)).collect();
        let chance = |person: usize, n: usize| {
            let sign = match ages[person] {
                Some(age) if split && age > 40.0 => -1.0,
                _ => 1.0,
            };
            let eta: f64 = sign * [1.0, -0.5, 1.5][n % 3];
            (1.0 + (-eta).exp()).recip()
        };
        let yes = |person: usize, n: usize| {
            let mut rng = medley_random::stream(3, &format!("tree/{person}/{n}"));
            let place = medley_random::pick([chance(person, n), 1.0 - chance(person, n)], &mut rng);
            1.0 - place as f64
        };
        panel(&ages, yes)
    }

    #[test]
    fn a_split_is_found_again() {
        let panel = drawn(150, true);
        let all: Vec<usize> = (0..panel.statements().len()).collect();
        let tree = Tree::default().fit_tree(&panel, &all).unwrap();
        let split = tree.nodes[0].split.as_ref().unwrap();
        assert_eq!(split.name, "age <= 40");
        assert_eq!(tree.leaves().count(), 2);
        let [left, right] = [split.left, split.right].map(|n| tree.nodes[n].view[0]);
        assert!(left > 0.5 && right < -0.5, "{left} {right}");
        // Those of unknown age are like the young, who are not more: they go with the larger part.
        let larger = if tree.nodes[split.left].people > tree.nodes[split.right].people {
            split.left
        } else {
            split.right
        };
        assert_eq!(tree.leaf(&panel, 9), larger);
        let pooled = crate::Pooled::default().fit(&panel, &all, 0).unwrap();
        let nll = |fitted: &dyn Fitted| score(&predict(fitted, &panel, &all)).unwrap().nll;
        assert!(nll(&tree) < nll(&*pooled) - 0.05);
        assert!(tree.numbers(&panel).iter().any(|n| n.name.starts_with("all, age <= 40, people")));
    }

    #[test]
    fn people_who_are_alike_are_not_split() {
        let panel = drawn(150, false);
        let all: Vec<usize> = (0..panel.statements().len()).collect();
        let tree = Tree::default().fit_tree(&panel, &all).unwrap();
        assert_eq!(tree.nodes.len(), 1);
        assert!(tree.nodes[0].tests[0].p_among(1) > 0.05, "{:?}", tree.nodes[0].tests);
    }

    #[test]
    fn the_level_of_a_test_is_kept() {
        // p-values of 200 panels without a split: 5 % below 0.05, give or take 3 sd.
        let below = (0..200).filter(|&round| {
            let ages: Vec<Option<f64>> = (0..40).map(|a| Some((a * 37 % 40) as f64)).collect();
            let panel = panel(&ages, |person, n| {
                let mut rng = medley_random::stream(round, &format!("level/{person}/{n}"));
                medley_random::pick([0.4, 0.6], &mut rng) as f64
            });
            let all: Vec<usize> = (0..panel.statements().len()).collect();
            let tree = Tree { people: Some(5), ..Tree::default() };
            let tree = tree.fit_tree(&panel, &all).unwrap();
            tree.nodes[0].tests[0].p_among(1) < 0.05
        });
        let below = below.count();
        assert!((1..=19).contains(&below), "{below}");
    }

    #[test]
    fn answers_all_one_way_split_nothing() {
        // The older half of people answers half as often.
        for people in [20, 60, 200] {
            let ages: Vec<Option<f64>> = (0..people).map(|a| Some(a as f64)).collect();
            let random = |person: usize, n: usize| {
                let mut rng = medley_random::stream(1, &format!("one way/{person}/{n}"));
                medley_random::pick([0.5, 0.5], &mut rng) as f64
            };
            let half =
                |person: usize, n: usize| if n.is_multiple_of(3) { random(person, n) } else { 1.0 };
            for panel in [panel(&ages, |_, _| 1.0), panel(&ages, half)] {
                // Of two items that have nothing in common.
                let all: Vec<usize> =
                    (0..panel.statements().len()).filter(|s| s % 8 % 3 < 2).collect();
                let fewer = all.iter().copied().filter(|s| s / 8 < people / 2 || s % 8 < 4);
                for said in [all.clone(), fewer.collect()] {
                    let tree = Tree { people: Some(5), ..Tree::default() };
                    let tree = tree.fit_tree(&panel, &said).unwrap();
                    assert_eq!(tree.nodes.len(), 1, "{people}: {:?}", tree.nodes[0].tests);
                }
            }
        }
    }

    #[test]
    fn many_levels_are_parted_in_order_of_their_scores() {
        let panel = panel(&vec![Some(30.0); 300], |person, n| {
            let mut rng = medley_random::stream(4, &format!("levels/{person}/{n}"));
            let yes = if person % 20 < 8 { 0.8 } else { 0.2 };
            medley_random::pick([1.0 - yes, yes], &mut rng) as f64
        });
        let level = |level: usize| Covariate {
            name: format!("c = {level}"),
            values: (0..300).map(|a| Some(f64::from(u8::from(a % 20 == level)))).collect(),
        };
        let panel = Panel::new(PanelParts {
            features: panel.features().to_vec(),
            items: panel.items().to_vec(),
            people: 300,
            covariates: (1..20).map(level).collect(),
            statements: panel.statements().to_vec(),
            ..PanelParts::default()
        })
        .unwrap();
        let all: Vec<usize> = (0..panel.statements().len()).collect();
        let tree = Tree::default().fit_tree(&panel, &all).unwrap();
        let split = tree.nodes[0].split.as_ref().unwrap();
        let (name, other) = ("c: 1, 2, 3, 4, 5, 6, 7, other", "c: 8, 9, 10, 11, 12, 13, 14, 15");
        assert!(split.name == name || split.name.starts_with(other), "{}", split.name);
        assert_eq!(tree.leaves().count(), 2);
    }

    #[test]
    fn edges() {
        // Nobody differs in age, everybody always says yes, one person.
        for people in [1, 2, 60] {
            let panel = panel(&vec![Some(30.0); people], |_, _| 1.0);
            let all: Vec<usize> = (0..panel.statements().len()).collect();
            let tree = Tree { people: Some(1), ..Tree::default() }.fit_tree(&panel, &all).unwrap();
            assert_eq!(tree.nodes.len(), 1);
            assert!(tree.nodes[0].view.iter().all(|w| w.is_finite()));
        }
        let panel = panel(&[None, None], |_, n| (n % 2) as f64);
        let tree = Tree { people: Some(1), ..Tree::default() };
        assert!(matches!(tree.fit_tree(&panel, &[]), Err(PeopleError::Needs { .. })));
        assert_eq!(tree.fit_tree(&panel, &[0, 8]).unwrap().nodes.len(), 1);
        assert!(Tree { trim: 0.6, ..Tree::default() }.check().is_err());
        assert!(Tree { people: Some(0), ..Tree::default() }.check().is_err());
    }
}
