//! Where do people plan? In a table, or in a process that is learned from what the dataset shows.

use crate::learned::{Dynamics, LearnedWorld, MOST_STATES, Recorded};
use crate::point_list::PointList;
use crate::rows::{Distinct, Rows};
use crate::{Visit, WorldPoints, visited};
use medley_adapter::{BindError, Selection};
use medley_encoder::{ModelPoint, Unreadable};
use medley_toml_file::Tagged;
use medley_world::{Mdp, World};
use std::collections::BTreeMap;

/// A process, what the model has to be asked about it, and the states that feedback is about.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    /// The process whose values are found. Its rewards are not read.
    pub mdp: Mdp,
    /// Points of the model's feature space.
    pub points: Vec<Vec<f32>>,
    /// Which point each action in each state of the process is, `[state * actions + action]`.
    pub paid: Vec<u32>,
    /// Points of the process, which come before those of other states.
    pub own: usize,
    /// Actions in the states that feedback is about, and what follows them.
    pub asked: Rows,
    /// What is not known of the world.
    pub note: Option<&'static str>,
}

/// What is told where no episode is known to have been ended by the world.
const ENDLESS: &str = "are read in a learned world without an end: no segment says that the world ended \
                       its episode (metadata `end` = `terminated`, `steps-left` = 0)";

/// What is known of the world of the people who answer, and of how they plan in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whereabouts<'a> {
    /// A table.
    pub world: Option<&'a Tagged<dyn World>>,
    /// How to learn it.
    pub learned: Option<&'a LearnedWorld>,
    /// What a reward one step later is worth to people; none, as in the table.
    pub discount: Option<f64>,
    /// Temperature of values, in units of the rationality.
    pub temperature: f64,
}

impl Ground {
    /// For feedback about `segments`, and their steps.
    ///
    /// # Errors
    /// Not one world; a table that is none or too large; steps that a world cannot be learned from; a
    /// discount outside [0, 1), or none that is known; features that are not those that the model reads.
    pub fn new(
        selection: &Selection<'_>,
        known: Whereabouts<'_>,
        segments: &[usize],
    ) -> Result<(Self, Vec<Vec<Visit>>), BindError> {
        match (known.world, known.learned) {
            (Some(world), None) => {
                let ground = Self::table(selection, world, known.discount)?;
                let sizes = (ground.mdp.states(), ground.mdp.actions());
                let visits = segments.iter().map(|&segment| visited(selection, segment, sizes));
                let visits = visits.collect::<Result<_, _>>()?;
                Ok((ground, visits))
            }
            (None, Some(options)) => {
                let within = |problem: String| selection.unfit(format!("`learned-world`: {problem}"));
                options.check().map_err(|problem| within(problem.to_string()))?;
                Self::learned(selection, options, known.discount, segments)
            }
            (None, None) => Err(selection.unfit(
                "expected `world`, the table that people plan in, such as `world.grid = { preset = \
                 \"trap\" }`, or `learned-world = {}`, which learns it from the steps of the dataset; found \
                 neither",
            )),
            (Some(_), Some(_)) => {
                Err(selection.unfit("expected one of `world` and `learned-world`, found both"))
            }
        }
    }

    /// Points of actions in some states that are none of the process.
    pub fn further(&self, states: &[usize]) -> Distinct {
        let actions = self.asked.actions();
        let of = |&state: &usize| &self.asked.point_of[state * actions..(state + 1) * actions];
        let points = states.iter().flat_map(of).map(|&point| point as usize);
        Distinct::of(points.filter(|&point| point >= self.own))
    }

    fn table(
        selection: &Selection<'_>,
        world: &Tagged<dyn World>,
        discount: Option<f64>,
    ) -> Result<Self, BindError> {
        let name = world.typetag_name();
        world.check().map_err(|problem| selection.unfit(format!("`world.{name}`: {problem}")))?;
        let mdp = world.mdp().ok_or_else(|| {
            selection.unfit(format!(
                "expected a world that is a table (finitely many states and actions), or `learned-world = \
                 {{}}` in its place, found `world.{name}`"
            ))
        })?;
        if mdp.states() > MOST_STATES {
            let states = mdp.states();
            let problem = format!("`world.{name}`: expected at most {MOST_STATES} states");
            return Err(selection.unfit(format!("{problem}, found {states}")));
        }
        let mdp = match discount {
            None => mdp,
            Some(discount) => mdp
                .with_discount(discount)
                .map_err(|error| selection.unfit(format!("`discount`: {error}")))?,
        };
        let names = &selection.features.names;
        let points = WorldPoints::new(names, selection.standardizer, world.as_ref(), &mdp);
        let WorldPoints { points, point_of } =
            points.map_err(|problem| selection.unfit(problem))?;
        let asked = Rows::of_table(&mdp, &point_of);
        Ok(Self { own: points.len(), paid: point_of, points, asked, mdp, note: None })
    }

    fn learned(
        selection: &Selection<'_>,
        options: &LearnedWorld,
        discount: Option<f64>,
        segments: &[usize],
    ) -> Result<(Self, Vec<Vec<Visit>>), BindError> {
        let within = |problem: String| selection.unfit(format!("`learned-world`: {problem}"));
        let discount = discount.ok_or_else(|| {
            selection.unfit(
                "expected `discount` beside `learned-world`: what a reward one step later is worth to people, \
                 in [0, 1); found none",
            )
        })?;
        let recorded = Recorded::of(selection.dataset).map_err(within)?;
        let dynamics = Dynamics::learn(recorded, options).map_err(within)?;
        let mdp = dynamics.process(discount);
        let mdp = mdp.map_err(|error| selection.unfit(format!("`discount`: {error}")))?;
        let mut points = Points::new(selection).map_err(within)?;
        let (recorded, actions) = (dynamics.recorded(), mdp.actions());
        let mut paid = Vec::new();
        for &row in dynamics.representatives() {
            paid.extend((0..actions).map(|action| points.number(recorded, row, action)));
        }
        // Nothing is paid at the end, whichever point it is.
        paid.extend(vec![0; actions]);
        let own = points.list.all.len();
        let (mut asked, mut known) = (Rows::of_actions(actions), BTreeMap::new());
        let mut visit = |row: usize| {
            let state = *known.entry(row).or_insert_with(|| {
                for action in 0..actions {
                    let point = points.number(recorded, row, action);
                    let next = dynamics.follow(recorded.state(row), action);
                    asked.add(point, discount, next);
                }
                asked.states() - 1
            });
            Visit { state, action: recorded.action(row) }
        };
        let steps = |&segment: &usize| selection.dataset.segments().steps(segment);
        let visits = segments.iter().map(|segment| steps(segment).map(&mut visit).collect());
        let visits = visits.collect();
        let note = (!recorded.knows_ends()).then_some(ENDLESS);
        Ok((Self { mdp, points: points.list.all, paid, own, asked, note }, visits))
    }
}

/// Points that actions in recorded states are.
struct Points<'a> {
    reading: ModelPoint,
    stored: &'a medley_dataset::Values,
    width: usize,
    list: PointList,
}

impl<'a> Points<'a> {
    fn new(selection: &Selection<'a>) -> Result<Self, String> {
        let stored = selection.dataset.segments().stored_features();
        let (names, stored) = stored.ok_or("expected steps with stored features, found texts")?;
        let reading = ModelPoint::new(&selection.features.names, selection.standardizer, names);
        let reading = reading.map_err(|reason| match reason {
            Unreadable::Lacks(name) => {
                format!("the model reads feature `{name}`, which stored steps lack")
            }
            Unreadable::Components(_) => {
                "the model reads components of features, which an action that \
                                          nobody took has none of: expected no `dataset.components`"
                    .to_owned()
            }
        })?;
        Ok(Self { reading, stored, width: names.len(), list: PointList::default() })
    }

    /// The number of the point that an action is in the state of a row.
    fn number(&mut self, recorded: &Recorded, row: usize, action: usize) -> u32 {
        let stored = self.stored.range(row * self.width..(row + 1) * self.width);
        let changed = recorded.with_action(&stored, action);
        self.list.number(self.reading.read(|column| changed[column]))
    }
}
