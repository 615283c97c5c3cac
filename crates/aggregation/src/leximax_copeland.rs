//! `aggregation.leximax-copeland`: the best order by majorities that one linear reward can give.

use crate::{AggregationError, Decision, Rule, Society};
use medley_toml_file::Problem;
use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem as Program, SolveOutcome};
use serde::{Deserialize, Serialize};

/// Leximax Copeland subject to Pareto optimality (Ge et al. 2024, section 4). An order of options is
/// *feasible* if some `theta` has `theta . x_a > theta . x_b` wherever it puts a above b, `x` being the features of
/// options. First is the option with the highest Copeland score, the number of rivals that it beats by majority, that
/// can be first in a feasible order; second is the one with the highest that can be second after it, and so
/// on. Orders count only if they put a above b wherever everybody does. Each question is a linear
/// program.
///
/// It keeps Pareto optimality, the majority order where that is feasible, and an option that most people
/// like best wins; a reward fitted to all comparisons breaks the first two. Options of one score are taken in their
/// order, which the paper leaves open. Where what people want is not linear in the features, there may be no
/// order at all, which is an error. Scores are places from below.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct LeximaxCopeland {
    /// Features of each option, `[option][feature]`.
    pub features: Vec<Vec<f64>>,
    /// Whether orders must keep what everybody prefers. Without it, the rule sees majorities alone, and
    /// may contradict everybody.
    pub pareto: bool,
}

impl Default for LeximaxCopeland {
    fn default() -> Self {
        Self { features: Vec::new(), pareto: true }
    }
}

const NAME: &str = "leximax-copeland";

/// So many options take thousands of programs.
const MOST: usize = 60;

/// Shares within rounding of a half, or of all.
const ROUNDING: f64 = 1e-12;

#[typetag::serde(name = "leximax-copeland")]
impl Rule for LeximaxCopeland {
    fn summary(&self) -> &'static str {
        "the best order by majorities that one linear reward can give and nobody contradicts"
    }

    fn check(&self) -> Result<(), Problem> {
        let width = self.features.first().map_or(0, Vec::len);
        let fits = |own: &Vec<f64>| own.len() == width && own.iter().all(|x| x.is_finite());
        match width > 0 && self.features.iter().all(fits) {
            true => Ok(()),
            false => Err(Problem::new(
                "features",
                "expected as many finite numbers for each option, at least one",
            )),
        }
    }

    fn decide(&self, society: &Society) -> Result<Decision, AggregationError> {
        let options = society.options();
        if options > MOST {
            return Err(AggregationError::TooMany { rule: NAME, most: MOST, found: options });
        }
        society.check_pairs(NAME)?;
        let features = |found: String| AggregationError::Features { rule: NAME, options, found };
        self.check().map_err(|problem| features(problem.message))?;
        if self.features.len() != options {
            return Err(features(format!("those of {}", self.features.len())));
        }
        let same = |a: usize| (0..a).find(|&b| self.features[a] == self.features[b]);
        if let Some((a, b)) = (0..options).find_map(|a| Some((a, same(a)?))) {
            return Err(features(format!("the same for {b} and {a}")));
        }
        let order = self.order(society)?;
        let mut scores = vec![0.0; options];
        for (place, &option) in order.iter().enumerate() {
            scores[option] = (options - 1 - place) as f64;
        }
        Ok(Decision::of_scores(scores))
    }
}

impl LeximaxCopeland {
    /// Options from the best to the worst.
    fn order(&self, society: &Society) -> Result<Vec<usize>, AggregationError> {
        let options = society.options();
        let share = |a: usize, b: usize| society.preferences().wins(a, b);
        let beats = |a: usize, b: usize| a != b && share(a, b) > 0.5 + ROUNDING;
        let score = |a: usize| (0..options).filter(|&b| beats(a, b)).count();
        let pairs = (0..options).flat_map(|a| (0..options).map(move |b| (a, b)));
        let mut above: Vec<(usize, usize)> = Vec::new();
        if self.pareto {
            above.extend(pairs.filter(|&(a, b)| a != b && share(a, b) >= 1.0 - ROUNDING));
        }
        if !self.feasible(&above)? {
            return Err(AggregationError::NotLinear { rule: NAME });
        }
        let mut left: Vec<usize> = (0..options).collect();
        left.sort_by_key(|&option| std::cmp::Reverse(score(option)));
        let mut order = Vec::new();
        while left.len() > 1 {
            above.retain(|(a, b)| left.contains(a) && left.contains(b));
            let next = left.remove(self.next(&order, &left, &above)?);
            order.push(next);
        }
        order.extend(left);
        Ok(order)
    }

    /// Place of the first option that may stand above all others that are left, below those that are placed.
    /// `above` are pairs of those that are left.
    fn next(
        &self,
        placed: &[usize],
        left: &[usize],
        above: &[(usize, usize)],
    ) -> Result<usize, AggregationError> {
        let chain = placed.windows(2).map(|two| (two[0], two[1]));
        let asked: Vec<(usize, usize)> = chain.chain(above.iter().copied()).collect();
        for (place, &first) in left.iter().enumerate() {
            let over = left.iter().filter(|&&other| other != first).map(|&other| (first, other));
            let under = placed.last().map(|&last| (last, first));
            let asked: Vec<_> = asked.iter().copied().chain(under).chain(over).collect();
            if self.feasible(&asked)? {
                return Ok(place);
            }
        }
        // What is asked so far is feasible, and some option is above the others under it.
        Err(AggregationError::NotLinear { rule: NAME })
    }

    /// Whether some linear reward puts the first of each pair above the second: `theta . d >= 1` for
    /// differences `d` of length 1, which any scale of theta reaches.
    fn feasible(&self, above: &[(usize, usize)]) -> Result<bool, AggregationError> {
        let width = self.features[0].len();
        let mut program = Program::new(OptimizationDirection::Minimize);
        let anything = (f64::NEG_INFINITY, f64::INFINITY);
        let theta: Vec<_> = (0..width).map(|_| program.add_var(0.0, anything)).collect();
        for &(a, b) in above {
            let own = self.features[a].iter().zip(&self.features[b]);
            let difference: Vec<f64> = own.map(|(x, y)| x - y).collect();
            let length = difference.iter().map(|d| d * d).sum::<f64>().sqrt();
            let mut sum = LinearExpr::empty();
            theta.iter().zip(&difference).for_each(|(&t, d)| sum.add(t, d / length));
            program.add_constraint(sum, ComparisonOp::Ge, 1.0);
        }
        match program.solve() {
            Ok(SolveOutcome::Solution(_)) => Ok(true),
            Err(microlp::Error::Infeasible) => Ok(false),
            Err(error) => Err(AggregationError::Program(error.to_string())),
            Ok(SolveOutcome::Interrupted(_)) => {
                Err(AggregationError::Program("it was interrupted".to_owned()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::one_each;
    use medley_random::{normal, stream};

    fn linear(features: &[Vec<f64>], people: &[Vec<f64>]) -> Society {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let own = |person: &Vec<f64>| features.iter().map(|x| dot(x, person)).collect();
        let utilities: Vec<Vec<f64>> = people.iter().map(own).collect();
        Society::new(&utilities, &one_each(people.len()), &vec![0; people.len()]).unwrap()
    }

    /// The six candidates by which the paper shows that a fitted reward contradicts everybody: all put c'
    /// over c, and the order of the majority is feasible.
    #[test]
    fn the_papers_candidates() {
        let (e, delta) = (0.01, 0.5);
        let features: Vec<Vec<f64>> =
            [[2.0, 1.0], [2.0 - e, 1.0], [1.0, 1.0], [1.0 - e, 1.0], [-e, delta * e], [0.0, 0.0]]
                .map(|x| x.to_vec())
                .to_vec();
        // Three with (0.3, 1) and two with (-1, 0), who all put c' (here 4) over c (5).
        let people: Vec<Vec<f64>> = (0..5)
            .map(|person| if person < 3 { vec![0.3, 1.0] } else { vec![-1.0, 0.0] })
            .collect();
        let society = linear(&features, &people);
        let rule = LeximaxCopeland { features, pareto: true };
        assert_eq!(rule.order(&society).unwrap(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(rule.decide(&society).unwrap().winners(), [0]);
    }

    /// Of all orders that are feasible and keep what everybody wants, the best by scores from the first place
    /// on; for people whose wishes are linear in the features, and for such whose are not.
    #[test]
    fn it_is_the_best_of_all_orders_by_scores() {
        let rng = &mut stream(4, "profiles");
        let (mut bent, mut none) = (0, 0);
        for trial in 0..40 {
            let vector = |width: usize, rng: &mut _| (0..width).map(|_| normal(rng)).collect();
            let features: Vec<Vec<f64>> = (0..5).map(|_| vector(2, rng)).collect();
            let society = if trial % 2 == 0 {
                linear(&features, &(0..5).map(|_| vector(2, rng)).collect::<Vec<_>>())
            } else {
                let people: Vec<Vec<f64>> = (0..3).map(|_| vector(5, rng)).collect();
                Society::new(&people, &one_each(3), &[0; 3]).unwrap()
            };
            let rule = LeximaxCopeland { features, pareto: true };
            // Options of one score are taken in their order.
            let key = |&a: &usize| (copeland(&society, a), std::cmp::Reverse(a));
            let best = orders(5).into_iter().filter(|order| possible(&rule, &society, order));
            let Some(best) = best.max_by_key(|order| order.iter().map(key).collect::<Vec<_>>())
            else {
                none += 1;
                let error = rule.decide(&society).unwrap_err();
                assert_eq!(error, AggregationError::NotLinear { rule: NAME });
                continue;
            };
            assert_eq!(rule.order(&society).unwrap(), best);
            let falls = |a: &usize, b: &usize| copeland(&society, *a) >= copeland(&society, *b);
            bent += usize::from(!best.is_sorted_by(falls));
        }
        assert!(bent > 3 && none > 0, "{bent} where features matter, {none} without any order");
    }

    fn copeland(society: &Society, a: usize) -> usize {
        let share = |b: usize| society.preferences().wins(a, b);
        (0..society.options()).filter(|&b| b != a && share(b) > 0.5 + 1e-9).count()
    }

    fn possible(rule: &LeximaxCopeland, society: &Society, order: &[usize]) -> bool {
        let all = society.preferences();
        let mut pairs = (0..order.len()).flat_map(|i| (0..i).map(move |j| (j, i)));
        let pareto = pairs.all(|(j, i)| all.wins(order[i], order[j]) < 1.0 - 1e-9);
        let chain: Vec<(usize, usize)> = order.windows(2).map(|two| (two[0], two[1])).collect();
        pareto && rule.feasible(&chain).unwrap()
    }

    fn orders(options: usize) -> Vec<Vec<usize>> {
        let mut all = vec![Vec::new()];
        for option in 0..options {
            let with = |order: Vec<usize>| {
                (0..=order.len()).map(move |place| {
                    let mut order = order.clone();
                    order.insert(place, option);
                    order
                })
            };
            all = all.into_iter().flat_map(with).collect();
        }
        all
    }

    #[test]
    fn what_is_not_linear_is_refused() {
        // All like the middle of three on a line best.
        let society = Society::of_orders(&[(3, &[1, 0, 2])]).unwrap();
        let line = vec![vec![0.0], vec![1.0], vec![2.0]];
        let rule = LeximaxCopeland { features: line.clone(), pareto: true };
        let error = rule.decide(&society).unwrap_err();
        assert_eq!(error, AggregationError::NotLinear { rule: NAME });
        // By majorities alone the best that can be first is 0.
        let free = LeximaxCopeland { features: line, pareto: false };
        assert_eq!(free.decide(&society).unwrap().scores, [2.0, 1.0, 0.0]);
        let check = |features: Vec<Vec<f64>>, expect: &str| {
            let told = LeximaxCopeland { features, pareto: true }.decide(&society).unwrap_err();
            assert!(told.to_string().contains(expect), "{told}");
        };
        check(vec![], "expected as many finite numbers");
        check(vec![vec![1.0], vec![2.0]], "found those of 2");
        check(vec![vec![1.0], vec![2.0], vec![1.0]], "the same for 0 and 2");
        check(vec![vec![1.0], vec![2.0], vec![f64::NAN]], "expected as many finite numbers");
    }

    #[test]
    fn toml_names_features() {
        let text = "leximax-copeland = { features = [[0.0], [1.0]] }";
        let rule: Box<dyn Rule> = toml::from_str(text).unwrap();
        rule.check().unwrap();
        let society = Society::of_orders(&[(2, &[1, 0])]).unwrap();
        assert_eq!(rule.decide(&society).unwrap().winners(), [1]);
        let error = LeximaxCopeland::default().check().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`features`: expected as many finite numbers for each option, at least one"
        );
        let many = Society::new(&[vec![0.0; 61]], &[1.0], &[0]).unwrap();
        let error = LeximaxCopeland::default().decide(&many).unwrap_err();
        assert_eq!(error, AggregationError::TooMany { rule: NAME, most: MOST, found: 61 });
    }

    /// How long the most options take that are allowed: run by itself, in release mode.
    #[test]
    #[ignore = "measures time"]
    fn sixty_options() {
        let rng = &mut stream(1, "features");
        let vector = |rng: &mut _| (0..8).map(|_| normal(rng)).collect::<Vec<f64>>();
        let features: Vec<Vec<f64>> = (0..MOST).map(|_| vector(rng)).collect();
        let people: Vec<Vec<f64>> = (0..101).map(|_| vector(rng)).collect();
        let society = linear(&features, &people);
        let start = std::time::Instant::now();
        let order = LeximaxCopeland { features, pareto: true }.order(&society).unwrap();
        println!("{:?} {order:?}", start.elapsed());
        assert_eq!(order.len(), MOST);
    }
}
