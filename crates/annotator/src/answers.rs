//! The records of a source, by all whom it asks.

use crate::SimulationError;
use crate::alike::Alike;
use crate::questions::Asker;
use crate::session::Session;
use crate::survey::Survey;
use burn::tensor::{DType, Device};
use medley_adapter::{Asking, Elicited, Respondent, Scorer, Select, Selection};
use medley_random::stream;
use medley_reward_model::{HeadLayout, Placement, Returns};
use medley_toml_file::Problem;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Distortions by name, and whether they act.
pub(crate) type Acting = BTreeMap<&'static str, bool>;

impl Asker<'_> {
    /// Records of the source, of people who see and answer alike at once.
    pub fn elicited(&self, returns: Returns) -> Result<(Elicited, Acting), SimulationError> {
        let alike = self.alike()?;
        let surveyed = [OnceCell::new(), OnceCell::new()];
        let mut all: BTreeMap<&'static str, Elicited> = BTreeMap::new();
        let mut acting = Acting::new();
        for them in &alike {
            // An infinite rationality is a unit of its own, so huge that others would not count.
            let is_infinite = them.rationality.is_infinite();
            let values = || {
                let asked = alike.iter().filter(|it| it.rationality.is_infinite() == is_infinite);
                let all = &surveyed[usize::from(is_infinite)];
                all.get_or_init(|| self.surveyed(asked, returns)).clone()
            };
            let (elicited, acted) = self.answered(them, &values, returns)?;
            acting.extend(acted);
            add(&mut all, elicited);
        }
        let elicited = all.into_values().next();
        let none = || Problem::new("questions", "at least 1 is needed, found 0");
        Ok((elicited.ok_or_else(|| self.at(none()))?, acting))
    }

    /// What answers of all of these grow with, times their rationality, rising.
    fn surveyed<'p>(&self, asked: impl Iterator<Item = &'p Alike>, returns: Returns) -> Vec<f64> {
        let mut all = Vec::new();
        for them in asked {
            let mut survey = Survey::of(them);
            // Whatever else is wrong is told when they answer.
            drop(self.ask(them, &mut survey, returns));
            all.extend(survey.values);
        }
        all.sort_by(f64::total_cmp);
        all
    }

    /// What people who see and answer alike say. `values` are those that cutpoints of all divide.
    fn answered(
        &self,
        them: &Alike,
        values: &dyn Fn() -> Vec<f64>,
        returns: Returns,
    ) -> Result<(Elicited, Acting), SimulationError> {
        let Self { name, source, people, ground, seed, .. } = *self;
        let streams = them.who.iter().map(|&person| {
            let purpose = format!("answers of {} to {name}", people[person].id);
            (stream(seed, &purpose), None)
        });
        let first = them.who.first().map_or("", |&person| people[person].id.as_str());
        let mut session = Session {
            name,
            seed,
            given: &source.parameters,
            ground,
            them,
            values,
            acting: None,
            left: vec![None; them.queries.len()],
            people: streams.collect(),
            numbers: stream(seed, &format!("numbers of {first} and those like them to {name}")),
            asked: false,
            problem: None,
        };
        let elicited = self.ask(them, &mut session, returns)?;
        if let Some(point) = them.perceived.points.unknown() {
            return Err(self.at(Problem::new("adapter", self.not_known(point))));
        }
        if !session.asked {
            source.check_unasked().map_err(|problem| self.at(problem))?;
        }
        if let Some(problem) = session.problem {
            return Err(Problem::new(name, problem).within("sources").into());
        }
        let distortions = &them.distortions;
        let mut acted: Acting = distortions.iter().map(|it| (it.typetag_name(), false)).collect();
        let acting = session.acting.into_iter().flatten();
        acted.extend(acting.map(|place| (distortions[place].typetag_name(), true)));
        Ok((elicited, acted))
    }

    /// Puts their questions to a respondent.
    fn ask(
        &self,
        them: &Alike,
        respondent: &mut dyn Respondent,
        returns: Returns,
    ) -> Result<Elicited, SimulationError> {
        let Self { name, source, ground, seed, .. } = *self;
        let place = Placement { device: Device::flex(), dtype: DType::F64 };
        let (select, layout) = (Select::default(), HeadLayout::shared());
        let perceived = &them.perceived;
        let selection = Selection {
            source: name,
            dataset: &ground.dataset,
            features: ground.features.as_ref().unwrap_or(&perceived.steps),
            standardizer: None,
            select: &select,
            partition: None,
            layout: &layout,
            seed,
        };
        let scorer = Scorer::new(&perceived.model, &perceived.steps, returns, &place);
        let scorer = scorer.with_points(&perceived.points);
        let asking = Asking { selection, scorer, form: &source.form, queries: &them.queries };
        let none = || Problem::new("adapter", "it or `mtf` is needed, found neither");
        let adapter = source.adapter.as_ref().ok_or_else(|| self.at(none()))?;
        Ok(adapter.elicit(&asking, respondent)?)
    }

    /// What is wrong if rewards of points are asked for that nobody knows.
    fn not_known(&self, point: &[f32]) -> String {
        let names = &self.ground.dataset.card.features;
        let told = names.iter().zip(point).filter(|(_, x)| **x != 0.0);
        let told: Vec<String> = told.map(|(name, x)| format!("{name} = {x}")).collect();
        let point = if told.is_empty() { "0 everywhere".to_owned() } else { told.join(", ") };
        format!(
            "people who plan have to know what each state and action of their world is worth, and a point with \
             features {point} is neither of a step nor of the world of the dataset: expected the table that its \
             note `world: ` names, as `medley simulate` writes it, or a `world` that is lived through"
        )
    }

    /// A problem of this source.
    fn at(&self, problem: Problem) -> SimulationError {
        problem.within(self.name).within("sources").into()
    }
}

/// Adds records to those of their kind.
pub(crate) fn add(all: &mut BTreeMap<&'static str, Elicited>, more: Elicited) {
    match all.entry(more.kind()) {
        Entry::Vacant(place) => drop(place.insert(more)),
        Entry::Occupied(mut known) => {
            assert!(known.get_mut().join(more).is_ok(), "kinds are equal");
        }
    }
}
