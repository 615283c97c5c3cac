//! What is asked about: a world that has been lived through, a dataset, or texts, and segments made for
//! some of the sources.

use crate::ground::Lived;
use crate::mtf::rollout::{Made, Making};
use crate::policies::{Learned, PolicyPart};
use crate::source::Source;
use crate::texts::{Answers, Texts};
use crate::untaken::Untaken;
use crate::world_note::{note, noted, world_of};
use crate::{Mtf, Simulation, SimulationError};
use medley_dataset::Dataset;
use medley_random::stream;
use medley_toml_file::{Problem, Tagged};
use medley_world::{Collection, Cut, Episode, Mixture, Policy, Window, World, collect, dataset_of};
use rand::RngExt;
use std::collections::BTreeMap;

/// What is asked about.
pub(crate) struct Scene {
    /// Without feedback.
    pub dataset: Dataset,
    /// Of the first groups; none if groups are all that is known.
    pub episodes: Option<Vec<Lived>>,
    /// So many of the segments, the first, are asked about by sources that make none.
    pub ordinary: usize,
    /// Segments that were made for sources, by the source.
    pub made: BTreeMap<String, Made>,
    /// What steps are worth in each hidden context; empty if nobody has one.
    pub by_context: Vec<Vec<f64>>,
    /// What actions would have been worth that nobody took, where the world was lived through.
    pub untaken: Option<Untaken>,
    /// The world that it is of, if that is known.
    pub world: Option<Tagged<dyn World>>,
    /// A note of that world.
    pub note: Option<String>,
}

impl Scene {
    /// Of a dataset, in place of whatever was said of it.
    pub fn of_dataset(dataset: &Dataset) -> Self {
        // A world that is not linked here is needed by those alone who plan, and they say so.
        let (world, note) = (world_of(dataset).ok().flatten(), noted(dataset));
        let mut bare = dataset.without_feedback();
        bare.card.import = None;
        bare.card.source = format!("simulated answers about: {}", dataset.card.source);
        Self { world, note, ..Self::of_bare(bare) }
    }

    /// Of a dataset as it is.
    fn of_bare(dataset: Dataset) -> Self {
        let ordinary = dataset.segments().len();
        let (made, by_context) = (BTreeMap::new(), Vec::new());
        let (world, note) = (None, None);
        let untaken = None;
        Self { dataset, episodes: None, ordinary, made, by_context, untaken, world, note }
    }

    /// Of the texts of a simulation.
    pub fn of_texts(
        simulation: &Simulation,
        texts: &Texts,
        seed: u64,
    ) -> Result<Self, SimulationError> {
        let Answers { dataset, by_context } = texts.draw(simulation.returns, seed)?;
        Ok(Self { by_context, ..Self::of_bare(dataset) })
    }

    /// Of the world of a simulation.
    pub fn of_world(
        simulation: &Simulation,
        known: &Tagged<dyn World>,
        seed: u64,
    ) -> Result<Self, SimulationError> {
        let world = &**known;
        let parts = match simulation.policies.is_empty() {
            true => vec![PolicyPart::uniform()],
            false => simulation.policies.clone(),
        };
        let (episodes, windows) = lived_through(simulation, known, &parts, seed)?;
        let lived = |episode: &Episode| Lived { total: episode.total(), steps: episode.len() };
        let lived = Some(episodes.iter().map(lived).collect());
        let made: Vec<(&String, &Source, &Mtf)> = simulation
            .sources
            .iter()
            .filter_map(|(name, source)| Some((name, source, source.mtf.as_ref()?)))
            .filter(|(_, _, mtf)| mtf.is_made())
            .collect();
        let (ordinary, first) = (windows.len(), episodes.len());
        let noise = BTreeMap::new();
        let mut making = Making { world, episodes, windows, ordinary, lived: first, noise, seed };
        let made = made.into_iter().map(|(name, source, mtf)| {
            Ok((name.clone(), making.make(name, mtf, source.questions)?))
        });
        let made = made.collect::<Result<BTreeMap<String, Made>, SimulationError>>()?;
        let Making { episodes, windows, noise, .. } = making;
        let width = world.feature_names().len();
        let disturb = |episode: usize, rows: &mut [f32]| {
            Making::disturb(&noise, seed, episode, width, rows);
        };
        let dataset = dataset_of(world, &episodes, &windows, "simulation", disturb)?;
        let untaken = Untaken::of(known, &episodes, seed);
        let (world, note) = (Some(known.clone()), note(known));
        Ok(Self { episodes: lived, ordinary, made, untaken, world, note, ..Self::of_bare(dataset) })
    }
}

/// Windows and their names.
type Named = Vec<(String, Window)>;

/// Episodes of the mixture of all policies without a number of their own, and those of the others, each
/// cut in its own way.
fn lived_through(
    simulation: &Simulation,
    known: &Tagged<dyn World>,
    parts: &[PolicyPart],
    seed: u64,
) -> Result<(Vec<Episode>, Named), SimulationError> {
    let (world, mut learned) = (&**known, Learned::default());
    let (limit, usual) = (simulation.limit, simulation.segments);
    let (mut episodes, mut windows) = (Vec::new(), Vec::new());
    let mixed: Vec<usize> =
        (0..parts.len()).filter(|&place| parts[place].episodes.is_none()).collect();
    if !mixed.is_empty() {
        let acting = mixed.iter().map(|&place| parts[place].acting(world, seed, &mut learned));
        let acting = acting.collect::<Result<Vec<Box<dyn Policy>>, SimulationError>>()?;
        let weights = mixed.iter().map(|&place| parts[place].weight);
        let weighted = weights.zip(acting.iter().map(|policy| &**policy));
        let mixture = Mixture::new(weighted.collect());
        let mixture = mixture.map_err(|problem| problem.within("policies"))?;
        let collection = Collection { episodes: simulation.episodes, limit, seed };
        episodes = collect(world, &mixture, &collection)?;
        episodes.iter_mut().for_each(|episode| episode.policy = mixed[episode.policy]);
        windows = named_windows(&episodes, usual.cut(seed), 0)?;
    }
    for (place, part) in parts.iter().enumerate() {
        let Some(count) = part.episodes else { continue };
        let acting = match part.learned_world {
            None => part.acting(world, seed, &mut learned)?,
            Some(_) => part.planning(known, &episodes, seed)?,
        };
        // A seed of its own: episodes of two lists have nothing to do with each other.
        let seed = stream(seed, &format!("episodes of policy {place}")).random();
        let collection = Collection { episodes: count, limit, seed };
        let mut own = collect(world, &Mixture::of(&*acting), &collection)?;
        own.iter_mut().for_each(|episode| episode.policy = place);
        let cut = part.segments.unwrap_or(usual).cut(seed);
        windows.extend(named_windows(&own, cut, episodes.len())?);
        episodes.extend(own);
    }
    Ok((episodes, windows))
}

/// Windows of episodes that are numbered from `first`, with names as [`medley_world::to_dataset`] has
/// them.
fn named_windows(episodes: &[Episode], cut: Cut, first: usize) -> Result<Named, SimulationError> {
    let windows = cut.windows(episodes)?;
    if windows.is_empty() {
        let message = format!("no episode out of {} is as long as a segment", episodes.len());
        return Err(Problem::new("length", message).within("segments").into());
    }
    let name = |window: Window| {
        let window = Window { episode: first + window.episode, ..window };
        let group = format!("e{:04}", window.episode);
        let id = if cut == Cut::Whole { group } else { format!("{group}/{}", window.start) };
        (id, window)
    };
    Ok(windows.into_iter().map(name).collect())
}
