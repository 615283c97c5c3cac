//! The posterior of a normal population and its people, as a log-density with its gradient.
//!
//! ```text
//! beta_a = m + U (Delta' z_a + L x_a)     x_a ~ N(0, I)     V = L L'
//! V ~ IW(nu, nu I)     rows of Delta | V ~ N(0, k V)     s ~ N(start, 10^2)
//! ```
//!
//! `z_a` is 1 and what is known of a person, `m` where columns start (0 for features), `U` the diagonal of
//! what coordinates are expected to differ by, and `s` the columns that are the same for everybody.
//! People answer too few questions to place their weights, so that what is sampled is `x_a` (not centred),
//! which the prior leaves independent of `V`. `L` is lower triangular, and the logarithm of its diagonal
//! is sampled; with `dV = 2^p prod_i L_ii^(p - i + 1) dL` the prior on `L` is
//!
//! ```text
//! log p(L) = -sum_i (nu + i) log L_ii - nu/2 |L^-1|^2 + const         i = 1..p
//! ```

use crate::triangular::{
    dot, into_entries, inverse_of_lower, lower_times, of_entries, transposed_times,
};
use crate::{Answer, Evaluated, Panel};
use medley_sampler::LogDensity;
use std::sync::Arc;

/// Standard deviation of the prior of columns that everybody shares, in nats.
pub const SHARED_SD: f64 = 10.0;

/// Priors of the population, in units of what coordinates are expected to differ by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// Degrees of freedom of the inverse Wishart prior, `nu`.
    pub freedom: f64,
    /// Its scale; `nu` where `V` is expected near I.
    pub scale: f64,
    /// Variance of the mean in units of that of people, `k`.
    pub mean_variance: f64,
}

/// Lengths of the parts of a position: `Delta`, the rows of `L` up to the diagonal, whose logarithm it is,
/// shared columns, and `x` of each person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Numbers known of a person, the first of which is 1.
    pub known: usize,
    /// Coordinates that differ between people.
    pub own: usize,
    /// Those that do not.
    pub shared: usize,
    /// People who said something.
    pub people: usize,
}

impl Layout {
    fn factor(&self) -> usize {
        self.known * self.own
    }

    fn columns(&self) -> usize {
        self.factor() + self.own * (self.own + 1) / 2
    }

    fn of_people(&self) -> usize {
        self.columns() + self.shared
    }

    /// Length of a position.
    pub fn dim(&self) -> usize {
        self.of_people() + self.own * self.people
    }
}

/// Statements laid out to be evaluated many times. Coordinates are own ones, then shared ones; numbers are
/// in units, from where columns start.
#[derive(Debug)]
pub struct Data {
    pub layout: Layout,
    pub prior: Prior,
    /// `z_a`. `[person][known]`
    known: Vec<Vec<f64>>,
    people: Vec<Said>,
}

/// What one person said.
#[derive(Debug, Default)]
struct Said {
    logits: Vec<Logit>,
    /// Coordinates of logits, one after the other.
    entries: Vec<(usize, f64)>,
    others: Vec<Other>,
}

/// One of two by a logit of one predictor.
#[derive(Clone, Copy, Debug)]
struct Logit {
    yes: f64,
    offset: f64,
    /// How many entries are its own.
    entries: usize,
}

/// Any other statement.
#[derive(Debug)]
struct Other {
    answer: Arc<dyn Answer>,
    rows: Vec<Vec<(usize, f64)>>,
    offsets: Vec<f64>,
}

/// What coordinates are: own ones with their units, where they start, and places in a view.
pub struct Coordinates<'a> {
    /// Coordinates of a view that differ between people.
    pub own: &'a [usize],
    /// Those that do not.
    pub shared: &'a [usize],
    /// What own ones are expected to differ by.
    pub units: &'a [f64],
    /// Where each coordinate of a view starts.
    pub starts: &'a [f64],
}

impl Data {
    /// Of these people, by what each said and what is known of them.
    pub fn new(
        panel: &Panel,
        coordinates: &Coordinates<'_>,
        said: &[&[usize]],
        known: Vec<Vec<f64>>,
        prior: Prior,
    ) -> Self {
        let mut place = vec![(0, 1.0); panel.width()];
        for (j, (&i, &unit)) in coordinates.own.iter().zip(coordinates.units).enumerate() {
            place[i] = (j, unit);
        }
        for (j, &i) in coordinates.shared.iter().enumerate() {
            place[i] = (coordinates.own.len() + j, 1.0);
        }
        let people = said.iter().map(|s| lay_out(panel, s, &place, coordinates.starts)).collect();
        let layout = Layout {
            known: known.first().map_or(1, Vec::len),
            own: coordinates.own.len(),
            shared: coordinates.shared.len(),
            people: said.len(),
        };
        Self { layout, prior, known, people }
    }
}

fn lay_out(panel: &Panel, statements: &[usize], place: &[(usize, f64)], starts: &[f64]) -> Said {
    let mut said = Said::default();
    for &statement in statements {
        let rows = panel.rows(statement);
        let offset = |row: &Vec<(usize, f64)>| row.iter().map(|&(i, x)| x * starts[i]).sum();
        let laid = |row: &Vec<(usize, f64)>| -> Vec<(usize, f64)> {
            row.iter().map(|&(i, x)| (place[i].0, x * place[i].1)).collect()
        };
        let answer = &panel.statements()[statement].answer;
        match (answer.logit(), rows) {
            (Some(yes), [row]) => {
                said.logits.push(Logit { yes, offset: offset(row), entries: row.len() });
                said.entries.extend(laid(row));
            }
            _ => said.others.push(Other {
                answer: Arc::clone(answer),
                rows: rows.iter().map(laid).collect(),
                offsets: rows.iter().map(offset).collect(),
            }),
        }
    }
    said
}

impl Said {
    /// Log-likelihood at a view; slopes are added.
    fn evaluate(&self, view: &[f64], slopes: &mut [f64], scratch: &mut Scratch) -> f64 {
        self.of_logits(view, slopes) + self.of_others(view, slopes, scratch)
    }

    /// `log p = yes eta + log sigmoid(-eta)`. Logarithms of `1 + e^-|eta|` are taken of products.
    fn of_logits(&self, view: &[f64], slopes: &mut [f64]) -> f64 {
        let (mut sum, mut product) = (0.0, 1.0_f64);
        let mut rest = self.entries.as_slice();
        for logit in &self.logits {
            let (row, behind) = rest.split_at(logit.entries);
            rest = behind;
            let eta = row.iter().fold(logit.offset, |sum, &(i, x)| sum + x * view[i]);
            let small = (-eta.abs()).exp();
            let inverse = (1.0 + small).recip();
            let chance = if eta > 0.0 { inverse } else { small * inverse };
            sum += logit.yes * eta - eta.max(0.0);
            product *= 1.0 + small;
            if product > 1e250 {
                sum -= product.ln();
                product = 1.0;
            }
            let slope = logit.yes - chance;
            row.iter().for_each(|&(i, x)| slopes[i] += slope * x);
        }
        sum - product.ln()
    }

    fn of_others(&self, view: &[f64], slopes: &mut [f64], scratch: &mut Scratch) -> f64 {
        let mut sum = 0.0;
        for Other { answer, rows, offsets } in &self.others {
            scratch.eta.clear();
            let predictors = rows.iter().zip(offsets);
            scratch.eta.extend(
                predictors.map(|(row, &offset)| {
                    row.iter().fold(offset, |sum, &(i, x)| sum + x * view[i])
                }),
            );
            sum += answer.evaluate(&scratch.eta, &mut scratch.evaluated);
            for (row, slope) in rows.iter().zip(&scratch.evaluated.slope) {
                row.iter().for_each(|&(i, x)| slopes[i] += slope * x);
            }
        }
        sum
    }
}

/// A position in words, in units.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// `Delta`, row by row. `[known, own]`
    pub delta: Vec<f64>,
    /// `L`, row by row; 0 above the diagonal. `[own, own]`
    pub factor: Vec<f64>,
    /// How far shared columns are from their start.
    pub shared: Vec<f64>,
}

impl Drawn {
    /// Of a position.
    pub fn at(layout: &Layout, position: &[f64]) -> Self {
        let factor = of_entries(&position[layout.factor()..layout.columns()], layout.own);
        let delta = position[..layout.factor()].to_vec();
        let shared = position[layout.columns()..layout.of_people()].to_vec();
        Self { delta, factor, shared }
    }

    /// Standard deviations of people.
    pub fn sds(&self) -> impl Iterator<Item = f64> + '_ {
        let p = self.factor.len().isqrt();
        self.factor.chunks(p.max(1)).map(|row| dot(row, row).sqrt())
    }

    /// Mean of people of whom this is known, put into `mean`.
    pub fn mean(&self, known: &[f64], mean: &mut [f64]) {
        mean.fill(0.0);
        for (row, z) in self.delta.chunks(mean.len().max(1)).zip(known) {
            mean.iter_mut().zip(row).for_each(|(sum, delta)| *sum += z * delta);
        }
    }

    /// Adds `L x`.
    pub fn add(&self, x: &[f64], to: &mut [f64]) {
        let p = x.len();
        for (i, sum) in to.iter_mut().enumerate() {
            *sum += dot(&self.factor[i * p..][..=i], &x[..=i]);
        }
    }
}

/// `x` of each person in a position.
pub fn people<'p>(layout: &Layout, position: &'p [f64]) -> impl Iterator<Item = &'p [f64]> {
    position[layout.of_people()..].chunks(layout.own.max(1))
}

#[derive(Debug, Default)]
struct Scratch {
    eta: Vec<f64>,
    evaluated: Evaluated,
}

/// The density of one chain.
pub struct Posterior<'a> {
    data: &'a Data,
    scratch: Scratch,
}

impl<'a> Posterior<'a> {
    /// Of these statements.
    pub fn new(data: &'a Data) -> Self {
        Self { data, scratch: Scratch::default() }
    }

    /// Log-likelihood of all that was said; slopes by `Delta`, `L` and shared columns are added, those by
    /// `x` are put in the place of what is there.
    fn likelihood(&mut self, drawn: &Drawn, x: &[f64], slopes: Slopes<'_>) -> f64 {
        let Slopes { of_delta, of_factor, of_shared, of_x } = slopes;
        let Layout { own: p, shared, .. } = self.data.layout;
        let mut view = vec![0.0; p + shared];
        view[p..].copy_from_slice(&drawn.shared);
        let mut slope = vec![0.0; p + shared];
        let mut sum = 0.0;
        let people = self.data.people.iter().zip(&self.data.known);
        let places = x.chunks(p.max(1)).zip(of_x.chunks_mut(p.max(1)));
        for ((said, known), (x, of_x)) in people.zip(places) {
            drawn.mean(known, &mut view[..p]);
            drawn.add(x, &mut view[..p]);
            slope.fill(0.0);
            sum += said.evaluate(&view, &mut slope, &mut self.scratch);
            for (row, z) in of_delta.chunks_mut(p.max(1)).zip(known) {
                row.iter_mut().zip(&slope).for_each(|(of, slope)| *of += z * slope);
            }
            of_shared.iter_mut().zip(&slope[p..]).for_each(|(of, slope)| *of += slope);
            of_x.fill(0.0);
            for (i, slope) in slope[..p].iter().enumerate() {
                let row = &drawn.factor[i * p..][..=i];
                let of_row = &mut of_factor[i * p..][..=i];
                for (((of_x, of_entry), entry), x) in of_x.iter_mut().zip(of_row).zip(row).zip(x) {
                    *of_x += slope * entry;
                    *of_entry += slope * x;
                }
            }
        }
        sum
    }

    /// Log-density of `Delta` and `L`, and its slopes.
    fn prior(&self, drawn: &Drawn, of_delta: &mut [f64], of_factor: &mut [f64]) -> f64 {
        let Prior { freedom, scale, mean_variance } = self.data.prior;
        let Layout { own: p, known, .. } = self.data.layout;
        let inverse = inverse_of_lower(&drawn.factor, p);
        let mut sum = -0.5 * scale * dot(&inverse, &inverse);
        // L^-T L^-1 L^-T, of which what is on and below the diagonal is the slope of -|L^-1|^2 / 2.
        let product = |i: usize, j: usize| -> f64 {
            let gram = |k: usize| {
                (i.max(k)..p).map(|r| inverse[r * p + i] * inverse[r * p + k]).sum::<f64>()
            };
            (0..=j).map(|k| gram(k) * inverse[j * p + k]).sum()
        };
        for i in 0..p {
            for j in 0..=i {
                of_factor[i * p + j] += scale * product(i, j);
            }
            // That of V, and that of each row of Delta given V.
            let power = freedom + (i + 1) as f64 + known as f64;
            sum -= power * drawn.factor[i * p + i].ln();
            of_factor[i * p + i] -= power / drawn.factor[i * p + i];
        }
        for (row, of_row) in drawn.delta.chunks(p.max(1)).zip(of_delta.chunks_mut(p.max(1))) {
            let whitened = lower_times(&inverse, row);
            let pulled = transposed_times(&inverse, &whitened);
            sum -= 0.5 * dot(&whitened, &whitened) / mean_variance;
            for i in 0..p {
                of_row[i] -= pulled[i] / mean_variance;
                for j in 0..=i {
                    of_factor[i * p + j] += pulled[i] * whitened[j] / mean_variance;
                }
            }
        }
        sum
    }
}

/// Where slopes go.
struct Slopes<'a> {
    of_delta: &'a mut [f64],
    of_factor: &'a mut [f64],
    of_shared: &'a mut [f64],
    of_x: &'a mut [f64],
}

impl LogDensity for Posterior<'_> {
    fn dim(&self) -> usize {
        self.data.layout.dim()
    }

    fn log_density(&mut self, position: &[f64], gradient: &mut [f64]) -> f64 {
        let layout = self.data.layout;
        let p = layout.own;
        let drawn = Drawn::at(&layout, position);
        let x = &position[layout.of_people()..];
        gradient.fill(0.0);
        let (of_population, of_x) = gradient.split_at_mut(layout.of_people());
        let (of_delta, rest) = of_population.split_at_mut(layout.factor());
        let (slopes_of_entries, of_shared) = rest.split_at_mut(layout.columns() - layout.factor());
        let mut of_factor = vec![0.0; p * p];
        let slopes = Slopes { of_delta, of_factor: &mut of_factor, of_shared, of_x };
        let mut sum = self.likelihood(&drawn, x, slopes);
        sum += self.prior(&drawn, of_delta, &mut of_factor);
        sum = into_entries(&drawn.factor, &mut of_factor, slopes_of_entries, sum);
        let precision = SHARED_SD.powi(-2);
        for (slope, away) in of_shared.iter_mut().zip(&drawn.shared) {
            *slope -= precision * away;
        }
        of_x.iter_mut().zip(x).for_each(|(slope, x)| *slope -= x);
        sum - 0.5 * dot(x, x) - 0.5 * precision * dot(&drawn.shared, &drawn.shared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Binary, Chosen, Column, Ordered, PanelParts, Predictor, Statement};

    /// Three kinds of answers, one column with a spread and two without.
    fn panel() -> Panel {
        let item = |i: usize| vec![(i * 7 % 5) as f64 - 2.0, (i * 3 % 4) as f64 - 1.0];
        let mut statements = Vec::new();
        for n in 0..12 {
            let (first, second) = (n % 5, (n + 2) % 5);
            let (predictors, answer): (_, Arc<dyn Answer>) = match n % 3 {
                0 => {
                    let by = Predictor::difference(first, second).and(0, 0.5);
                    (vec![by], Arc::new(Binary { yes: [0.0, 0.3, 1.0][n / 4] }))
                }
                1 => {
                    let options = [first, second, (n + 1) % 5];
                    (options.map(Predictor::of).to_vec(), Arc::new(Chosen::one(n % 3, 3)))
                }
                _ => {
                    let cut = |column| Predictor::default().and(column, 1.0);
                    (
                        vec![Predictor::of(first), cut(1), cut(2)],
                        Arc::new(Ordered { level: n % 3, levels: 3 }),
                    )
                }
            };
            statements.push(Statement { person: n % 4, predictors, answer });
        }
        let column = |name: &str, start, spread| Column { name: name.to_owned(), start, spread };
        let parts = PanelParts {
            features: vec!["a".to_owned(), "b".to_owned()],
            items: (0..5).map(item).collect(),
            people: 4,
            columns: vec![
                column("side", 0.2, Some(0.5)),
                column("low", -1.0, None),
                column("high", 1.0, None),
            ],
            statements,
            ..PanelParts::default()
        };
        Panel::new(parts).unwrap()
    }

    fn data() -> Data {
        let panel = panel();
        let coordinates = Coordinates {
            own: &[0, 1, 2],
            shared: &[3, 4],
            units: &[1.0, 2.0, 0.5],
            starts: &[0.0, 0.0, 0.2, -1.0, 1.0],
        };
        let said: Vec<&[usize]> = (0..4).map(|a| panel.said_by(a)).collect();
        let known = (0..4).map(|a| vec![1.0, a as f64 - 1.5]).collect();
        let prior = Prior { freedom: 6.0, scale: 5.0, mean_variance: 100.0 };
        Data::new(&panel, &coordinates, &said, known, prior)
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let data = data();
        let mut density = Posterior::new(&data);
        assert_eq!(density.dim(), 6 + 6 + 2 + 12);
        let position: Vec<f64> =
            (0..density.dim()).map(|i| 0.1 * ((i * 13 % 7) as f64 - 3.0)).collect();
        let (mut gradient, mut ignored) = (vec![0.0; density.dim()], vec![0.0; density.dim()]);
        assert!(density.log_density(&position, &mut gradient).is_finite());
        for i in 0..density.dim() {
            let mut at = |away: f64| {
                let mut moved = position.clone();
                moved[i] += away;
                density.log_density(&moved, &mut ignored)
            };
            let expect = (at(1e-5) - at(-1e-5)) / 2e-5;
            let away = (gradient[i] - expect).abs() / (1.0 + expect.abs());
            assert!(away < 1e-7, "{i}: {} {expect}", gradient[i]);
        }
    }

    #[test]
    fn one_coordinate_by_hand() {
        // Delta 0.5, L = 2, x = -0.25: beta = 0. One answer: log 1/2. nu = s = 4, k = 100:
        // -(4 + 1 + 1 - 1) log 2 - 4/2 / 4 - (0.5/2)^2 / 200 - 0.25^2 / 2.
        let panel = Panel::new(PanelParts {
            features: vec!["x".to_owned()],
            items: vec![vec![1.0]],
            people: 1,
            statements: vec![Statement {
                person: 0,
                predictors: vec![Predictor::of(0)],
                answer: Arc::new(Binary { yes: 1.0 }),
            }],
            ..PanelParts::default()
        })
        .unwrap();
        let coordinates = Coordinates { own: &[0], shared: &[], units: &[1.0], starts: &[0.0] };
        let prior = Prior { freedom: 4.0, scale: 4.0, mean_variance: 100.0 };
        let data = Data::new(&panel, &coordinates, &[&[0]], vec![vec![1.0]], prior);
        let at = [0.5, 2_f64.ln(), -0.25];
        let found = Posterior::new(&data).log_density(&at, &mut [0.0; 3]);
        let expect = -6.0 * 2_f64.ln() - 0.5 - 0.062_5 / 200.0 - 0.031_25;
        assert!((found - expect).abs() < 1e-12, "{found} {expect}");
    }

    #[test]
    fn many_answers_of_one_person_do_not_overflow() {
        let said = Said {
            logits: vec![Logit { yes: 1.0, offset: 0.0, entries: 0 }; 3000],
            ..Said::default()
        };
        let found = said.evaluate(&[], &mut [], &mut Scratch::default());
        assert!((found / (0.5_f64.ln() * 3000.0) - 1.0).abs() < 1e-12, "{found}");
    }
}
