//! Every linked model keeps the laws of models of people, and models with a defect are caught.
#![allow(clippy::unwrap_used)]

use medley_aggregation::BridgingForm;
use medley_people::conformance::{Law, check, check_except};
use medley_people::{
    Answer, Answering, Belief, Binary, Bridging, CalibratedEnsemble, Categorical, Chosen, Column,
    Count, Covariate, CrowdBt, Fitted, Group, Hierarchical, HierarchicalPosterior, LatentClasses,
    Lore, LowRank, MeanVariance, Noise, NoiseAndValues, Number, Ordered, Pal, Panel, PanelParts,
    PeopleError, PeopleModel, Pooled, Predicted, Predictor, Rating, Statement, Tree, Values, View,
    Vpl,
};
use medley_random::{normal, stream};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const PEOPLE: usize = 18;
const ITEMS: usize = 7;

/// People of two groups with weights of their own, twelve questions each, about seven items in the plane.
/// `ask` makes of a random question and the utilities of items the predictors and the answer.
fn panel(
    columns: Vec<Column>,
    mut ask: impl FnMut(&[f64], &mut dyn FnMut() -> f64) -> (Vec<Predictor>, Arc<dyn Answer>),
) -> Panel {
    let mut rng = stream(8, "panel");
    let items: Vec<Vec<f64>> =
        (0..ITEMS).map(|_| vec![normal(&mut rng), normal(&mut rng)]).collect();
    let mut statements = Vec::new();
    for person in 0..PEOPLE {
        let own = [1.0 + 0.7 * normal(&mut rng), (person % 2) as f64 + 0.7 * normal(&mut rng)];
        let worth: Vec<f64> = items.iter().map(|x| own[0] * x[0] + own[1] * x[1]).collect();
        for _ in 0..12 {
            let (predictors, answer) = ask(&worth, &mut || rng.random::<f64>());
            statements.push(Statement { person, predictors, answer });
        }
    }
    let group = |person: usize| (person > 0).then_some((person % 2) as f64);
    Panel::new(PanelParts {
        features: vec!["x".to_owned(), "y".to_owned()],
        items,
        people: PEOPLE + 1,
        covariates: vec![Covariate {
            name: "group".to_owned(),
            values: (0..=PEOPLE).map(group).collect(),
        }],
        columns,
        statements,
    })
    .unwrap()
}

fn sigmoid(x: f64) -> f64 {
    (1.0 + (-x).exp()).recip()
}

fn item(luck: f64) -> usize {
    (luck * ITEMS as f64) as usize
}

fn comparisons() -> Panel {
    panel(Vec::new(), |worth, luck| {
        let first = item(luck());
        let second = (first + 1 + item(luck() * 0.8)) % ITEMS;
        let yes = f64::from(u8::from(luck() < sigmoid(worth[first] - worth[second])));
        (vec![Predictor::difference(first, second)], Arc::new(Binary { yes }))
    })
}

/// Votes above a threshold, of each person once on most items.
fn votes() -> Panel {
    let mut rng = stream(9, "votes");
    let mut plane = || vec![normal(&mut rng), normal(&mut rng)];
    let items: Vec<Vec<f64>> = (0..32).map(|_| plane()).collect();
    let people: Vec<Vec<f64>> = (0..30).map(|_| plane()).collect();
    let mut statements = Vec::new();
    for (person, own) in people.iter().enumerate() {
        // Everybody in an order of their own, so that no item is always the one that is held out.
        for item in (0..28).map(|k| (5 * k + person) % items.len()) {
            let x = &items[item];
            let worth = (1.0 + 0.7 * own[0]) * x[0] + (person % 2) as f64 * x[1] + own[1];
            let yes = f64::from(u8::from(rng.random::<f64>() < sigmoid(worth)));
            let predictors = vec![Predictor::of(item).and(0, -1.0)];
            statements.push(Statement { person, predictors, answer: Arc::new(Binary { yes }) });
        }
    }
    Panel::new(PanelParts {
        features: vec!["x".to_owned(), "y".to_owned()],
        items,
        people: 31,
        columns: vec![Column { name: "threshold".to_owned(), start: 0.0, spread: Some(0.5) }],
        statements,
        ..PanelParts::default()
    })
    .unwrap()
}

/// One of two, or neither.
fn choices() -> Panel {
    let column = Column { name: "neither".to_owned(), start: 0.0, spread: Some(0.5) };
    panel(vec![column], |worth, luck| {
        let first = item(luck());
        let second = (first + 1 + item(luck() * 0.8)) % ITEMS;
        let neither = Predictor { items: Vec::new(), columns: vec![(0, 1.0)] };
        let odds = [worth[first].exp(), worth[second].exp(), 0.7];
        let sum: f64 = odds.iter().sum();
        let chosen = medley_random::place(odds.map(|odd| odd / sum), luck());
        let predictors = vec![Predictor::of(first), Predictor::of(second), neither];
        (predictors, Arc::new(Chosen::one(chosen, 3)))
    })
}

/// Levels 0, 1, 2.
fn ratings() -> Panel {
    let column = |name: &str, start| Column { name: name.to_owned(), start, spread: None };
    panel(vec![column("c0", -0.7), column("c1", 0.7)], |worth, luck| {
        let (item, luck) = (item(luck()), luck());
        let above = [-0.7, 0.7].iter().filter(|cut| luck > sigmoid(**cut - worth[item])).count();
        let cut = |column| Predictor { items: Vec::new(), columns: vec![(column, 1.0)] };
        let answer = Arc::new(Ordered { level: above, levels: 3 });
        (vec![Predictor::of(item), cut(0), cut(1)], answer)
    })
}

/// Laws that a model does not promise, and why.
type Excused = &'static [(Law, &'static str)];

const NONE: Excused = &[];
const BY_NUMBER: Excused = &[(Law::Renaming, "people start at random, or are drawn, by number")];
const CHAINS: Excused = &[
    (Law::StatementOrder, "rounding leads chains elsewhere"),
    (Law::Renaming, "rounding leads chains elsewhere, and strangers are drawn by number"),
];
const FIFTHS: Excused = &[
    (Law::StatementOrder, "every fifth answer of a person says how sure scores are"),
    (Law::Renaming, "people start at random, by number"),
];
const SCORES: Excused = &[(Law::Alike, "scores by squares are no probabilities")];
const CROSSING: Excused = &[
    (Law::Renaming, "people start at random, by number"),
    (Law::Extremes, "its steps cross cutpoints that no answer tells apart"),
];

/// Models of any answer.
fn general() -> Vec<(Box<dyn PeopleModel>, Excused)> {
    let draws = Hierarchical { predict: Predicted::Draws, ..Hierarchical::default() };
    vec![
        (Box::new(Pooled::default()), NONE),
        (Box::new(Hierarchical::default()), NONE),
        (Box::new(Hierarchical { covariates: true, ..Hierarchical::default() }), NONE),
        (Box::new(draws), BY_NUMBER),
        (Box::new(posterior()), CHAINS),
        (Box::new(LatentClasses { restarts: 2, ..LatentClasses::default() }), NONE),
        (Box::new(LowRank { rank: Count::One(1), ..LowRank::default() }), NONE),
        (Box::new(Noise { steps: 20, ..Noise::default() }), NONE),
        (Box::new(NoiseAndValues { steps: 40, ..NoiseAndValues::default() }), NONE),
        (Box::new(Tree { people: Some(6), ..Tree::default() }), NONE),
    ]
}

fn posterior() -> HierarchicalPosterior {
    let (chains, warmup, draws) = (1, 60, 60);
    HierarchicalPosterior { chains, warmup, draws, r_hat: 100.0, ess: 0.0, ..Default::default() }
}

fn group() -> Group {
    Group { by: vec!["group".to_owned()], ..Group::default() }
}

fn lore() -> Lore {
    Lore { steps: 200, ..Lore::default() }
}

/// Models of comparisons alone, or of one of two. Small ones, where a full one takes long.
fn of_comparisons() -> Vec<(Box<dyn PeopleModel>, Excused)> {
    let (hidden, steps, rate) = (vec![4], 100, 0.01);
    let mean = MeanVariance { hidden: hidden.clone(), steps, rate, ..MeanVariance::default() };
    let levels = Categorical { hidden, steps, rate, ..Categorical::default() };
    let vpl = Vpl { dimension: 2, hidden: 4, layers: 2, epochs: 30, ..Vpl::default() };
    let pal = Pal { dimension: 2, hidden: Vec::new(), steps: 200, ..Pal::default() };
    vec![
        (Box::new(group()), NONE),
        (Box::new(Group { shrink: false, ..group() }), NONE),
        (Box::new(lore()), BY_NUMBER),
        (Box::new(CrowdBt { steps: 200, ..CrowdBt::default() }), NONE),
        (Box::new(CalibratedEnsemble { members: 2, ..CalibratedEnsemble::default() }), NONE),
        (Box::new(pal), FIFTHS),
        (Box::new(vpl), BY_NUMBER),
        (Box::new(mean), NONE),
        (Box::new(levels), NONE),
    ]
}

/// Models of votes, or of answers with a threshold.
fn of_votes() -> Vec<(Box<dyn PeopleModel>, Excused)> {
    let with = |factors| Bridging { factors, ..Bridging::default() };
    let form = BridgingForm::Squares;
    vec![
        (Box::new(Answering::default()), NONE),
        (Box::new(with(0)), NONE),
        (Box::new(with(1)), NONE),
        (Box::new(with(2)), NONE),
        (Box::new(Bridging { people: false, ..with(0) }), NONE),
        (Box::new(Bridging { form, ..with(1) }), SCORES),
    ]
}

/// Models of answers on an ordered scale.
fn of_ratings() -> Vec<(Box<dyn PeopleModel>, Excused)> {
    let own = Rating { values: Values::Own, ..Rating::default() };
    vec![(Box::new(Rating::default()), NONE), (Box::new(own), NONE)]
}

fn keep(models: Vec<(Box<dyn PeopleModel>, Excused)>, panel: &Panel) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (model, excused) in models {
        let start = std::time::Instant::now();
        let name = model.typetag_name();
        let found = check_except(&*model, panel, excused);
        println!("{name}: {:?}", start.elapsed());
        let report = found.unwrap_or_else(|failures| panic!("{model:?}\n{failures}"));
        assert_eq!(report.held.len() + report.skipped.len(), 16, "{report:?}");
        assert_eq!(report.skipped.len(), excused.len(), "{report:?}");
        names.insert(name.to_owned());
    }
    names
}

#[test]
fn every_linked_model_keeps_the_laws() {
    let comparisons = comparisons();
    let mut found = keep(general(), &comparisons);
    found.extend(keep(of_comparisons(), &comparisons));
    found.extend(keep(of_votes(), &votes()));
    found.extend(keep(of_ratings(), &ratings()));
    let linked = medley_toml_file::linked::<Box<dyn PeopleModel>>(|model| model.summary());
    let names = linked.into_iter().map(|linked| linked.name.to_owned());
    let linked: BTreeSet<String> = names.filter(|name| name != "broken-for-a-test").collect();
    assert_eq!(found, linked);
}

#[test]
fn answers_of_other_kinds() {
    for panel in [choices(), ratings()] {
        keep(general(), &panel);
        keep(vec![(Box::new(group()), NONE)], &panel);
    }
    keep(vec![(Box::new(lore()), BY_NUMBER), (Box::new(Answering::default()), NONE)], &choices());
    keep(vec![(Box::new(lore()), CROSSING)], &ratings());
}

/// A model with one defect, or with none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Broken {
    Sound,
    RefusesItself,
    WeightsBeyondOne,
    ProbabilitiesBeyondOne,
    NumberIsNone,
    AnotherEachTime,
    FirstHalfOnly,
    LowNumbersCountMore,
    CountsTheSilent,
    LearnsFromHeldOut,
    LooksAtHeldOut,
    StrangersDiffer,
    MeetsTheOpposite,
    DividesByVariance,
    DividesByDegrees,
    KnowsEverything,
    TakesTheFirst,
    TenTimesAsSure,
}

/// Counts fits, so that no two are the same.
static FITS: AtomicU64 = AtomicU64::new(0);

#[derive(Debug)]
struct FittedBroken {
    broken: Broken,
    view: Vec<f64>,
}

impl Broken {
    /// What views are multiplied by.
    fn factor(self, panel: &Panel, statements: &[usize]) -> f64 {
        let yes = |s: &usize| panel.statements()[*s].answer.observed()[0];
        let count = statements.len() as f64;
        let mean = statements.iter().map(yes).sum::<f64>() / count;
        let people: BTreeSet<usize> =
            statements.iter().map(|&s| panel.statements()[s].person).collect();
        match self {
            Self::AnotherEachTime => 1.0 + 1e-9 * FITS.fetch_add(1, Ordering::Relaxed) as f64,
            Self::CountsTheSilent => panel.people() as f64 / 20.0,
            Self::DividesByVariance => 0.2 / (mean * (1.0 - mean)),
            Self::DividesByDegrees => count / (count - people.len() as f64),
            Self::TenTimesAsSure => 10.0,
            _ => 1.0,
        }
    }
}

#[typetag::serde(name = "broken-for-a-test")]
impl PeopleModel for Broken {
    fn summary(&self) -> &'static str {
        "for a test"
    }

    fn check(&self) -> Result<(), medley_toml_file::Problem> {
        match self {
            Self::RefusesItself => Err(medley_toml_file::Problem::new("it", "is refused")),
            _ => Ok(()),
        }
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        let all: Vec<usize> = (0..panel.statements().len()).collect();
        let used = match self {
            Self::LearnsFromHeldOut => &all,
            Self::FirstHalfOnly => &statements[..statements.len() / 2],
            Self::TakesTheFirst => &[&[statements[0]], statements].concat(),
            _ => statements,
        };
        let fitted = Pooled::default().fit(panel, used, seed)?;
        let belief = fitted.belief(panel, 0);
        let View::Linear(mut view) = belief.atoms[0].1.clone() else { unreachable!() };
        let factor = self.factor(panel, statements);
        view.iter_mut().for_each(|w| *w *= factor);
        Ok(Box::new(FittedBroken { broken: *self, view }))
    }
}

impl FittedBroken {
    fn scaled(&self, factor: f64) -> Belief {
        Belief::certain(self.view.iter().map(|w| w * factor).collect())
    }
}

impl Fitted for FittedBroken {
    fn belief(&self, panel: &Panel, person: usize) -> Belief {
        let answer = |&s: &usize| panel.statements()[s].answer.observed()[0];
        match self.broken {
            Broken::WeightsBeyondOne => {
                let View::Linear(view) = &self.scaled(1.0).atoms[0].1 else { unreachable!() };
                Belief { atoms: vec![(0.6, View::Linear(view.clone())); 2] }
            }
            Broken::LowNumbersCountMore => self.scaled(1.0 + 0.1 / (1.0 + person as f64)),
            Broken::LooksAtHeldOut => {
                self.scaled(1.0 + 0.01 * panel.said_by(person).iter().map(answer).sum::<f64>())
            }
            Broken::KnowsEverything => {
                let known = |covariate: &Covariate| covariate.values[person].unwrap();
                self.scaled(1.0 + 0.1 * panel.covariates().iter().map(known).sum::<f64>())
            }
            _ => self.scaled(1.0),
        }
    }

    fn meet(&self, panel: &Panel, person: usize, known: &[usize]) -> Result<Belief, PeopleError> {
        Ok(match self.broken {
            Broken::StrangersDiffer if known.is_empty() => self.scaled(0.0),
            Broken::MeetsTheOpposite if !known.is_empty() => self.scaled(-1.0),
            _ => self.belief(panel, person),
        })
    }

    fn log_probabilities(&self, panel: &Panel, statement: usize, belief: &Belief) -> Vec<f64> {
        let shift = if self.broken == Broken::ProbabilitiesBeyondOne { 0.01 } else { 0.0 };
        let logs = belief.log_probabilities(panel, statement);
        logs.into_iter().map(|log| log + shift).collect()
    }

    fn numbers(&self, _: &Panel) -> Vec<Number> {
        let value = if self.broken == Broken::NumberIsNone { f64::NAN } else { 1.0 };
        vec![Number::new("one", value)]
    }
}

#[test]
fn each_defect_is_caught_by_its_law() {
    let panel = comparisons().without_covariates();
    let sound = check(&Broken::Sound, &panel).unwrap_or_else(|failures| panic!("{failures}"));
    assert_eq!((sound.held.len(), sound.skipped.len()), (16, 0));
    for (broken, law) in [
        (Broken::RefusesItself, Law::Options),
        (Broken::WeightsBeyondOne, Law::Weights),
        (Broken::ProbabilitiesBeyondOne, Law::Normalization),
        (Broken::NumberIsNone, Law::Numbers),
        (Broken::AnotherEachTime, Law::Determinism),
        (Broken::FirstHalfOnly, Law::StatementOrder),
        (Broken::LowNumbersCountMore, Law::Renaming),
        (Broken::CountsTheSilent, Law::Silence),
        (Broken::LearnsFromHeldOut, Law::HeldOut),
        (Broken::LooksAtHeldOut, Law::HeldOut),
        (Broken::StrangersDiffer, Law::NothingKnown),
        (Broken::MeetsTheOpposite, Law::Meeting),
        (Broken::DividesByVariance, Law::Extremes),
        (Broken::DividesByDegrees, Law::OneStatement),
        (Broken::KnowsEverything, Law::Covariates),
        (Broken::TakesTheFirst, Law::Nothing),
        (Broken::TenTimesAsSure, Law::Alike),
    ] {
        let failures = check(&broken, &panel).unwrap_err();
        println!("{broken:?}:\n{failures}");
        assert!(failures.broke(law), "{broken:?} should break {law:?}, and broke:\n{failures}");
        // Excused, it is skipped with the reason.
        let others: Vec<(Law, &str)> =
            failures.0.iter().map(|(law, _)| (*law, "a known defect")).collect();
        if law != Law::Options && broken != Broken::AnotherEachTime {
            let report = check_except(&broken, &panel, &others).unwrap();
            assert_eq!(report.skipped.len(), others.len(), "{report:?}");
        }
    }
}

#[test]
fn a_panel_that_says_nothing_of_a_law() {
    let said = |person| Statement {
        person,
        predictors: vec![Predictor::of(0)],
        answer: Arc::new(Binary { yes: 1.0 }),
    };
    let panel = |people: usize| {
        Panel::new(PanelParts {
            features: vec!["x".to_owned()],
            items: vec![vec![1.0]],
            people,
            statements: (0..12).map(|i| said(i % people)).collect(),
            ..PanelParts::default()
        })
        .unwrap()
    };
    let alone = check(&Pooled::default(), &panel(1)).unwrap_err();
    assert!(alone.to_string().contains("two people who speak, found 1"), "{alone}");
    let report = check(&Pooled::default(), &panel(3)).unwrap();
    let expected = vec![(Law::HeldOut, "all answers of the panel are the same".to_owned())];
    assert_eq!(report.skipped, expected);
}
