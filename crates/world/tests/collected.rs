//! What is collected, what becomes a dataset, and what happens in a world that is broken.
#![allow(clippy::unwrap_used)]

use medley_dataset::Dataset;
use medley_toml_file::Tagged;
use medley_world::{
    Action, Actions, CartPole, Collection, Cut, End, Episode, Grid, GridOptions, Hold,
    LinearReward, LinearRewardOptions, Mixture, MountainCar, NowAndThen, Pendulum, Policy, Seen,
    Step, Uniform, World, WorldError, collect, to_dataset,
};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// One action for ever.
#[derive(Debug)]
struct Always(usize);

impl Policy for Always {
    fn act<'a>(&self, _: &Seen<'_>, _: &mut ChaCha8Rng, _: &'a mut [f64]) -> Action<'a> {
        Action::Discrete(self.0)
    }
}

/// Counts its steps and goes wrong where it is told to.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Broken {
    reward_is_nan_at: Option<f64>,
    state_is_infinite_at: Option<f64>,
    sees_nan_at: Option<f64>,
    ends_at: Option<f64>,
    limit: Option<u32>,
}

#[typetag::serde(name = "broken-in-a-test")]
impl World for Broken {
    fn summary(&self) -> &'static str {
        "goes wrong"
    }
    fn state_width(&self) -> usize {
        1
    }
    fn observation_names(&self) -> Vec<String> {
        vec!["step".into()]
    }
    fn observe(&self, state: &[f64], into: &mut [f32]) {
        into[0] = if self.sees_nan_at == Some(state[0]) { f32::NAN } else { state[0] as f32 };
    }
    fn actions(&self) -> Actions {
        Actions::Discrete(2)
    }
    fn reset(&self, _: &mut ChaCha8Rng, state: &mut [f64]) {
        state[0] = 0.0;
    }
    fn step(
        &self,
        state: &mut [f64],
        _: Action<'_>,
        _: &mut ChaCha8Rng,
    ) -> Result<Step, WorldError> {
        let now = state[0];
        let is = |at: Option<f64>| at == Some(now);
        state[0] = if is(self.state_is_infinite_at) { f64::INFINITY } else { now + 1.0 };
        let reward = if is(self.reward_is_nan_at) { f64::NAN } else { now };
        Ok(Step { reward, terminated: is(self.ends_at) })
    }
    fn steps(&self) -> Option<u32> {
        self.limit
    }
}

fn of(world: &dyn World, policy: &dyn Policy, episodes: usize) -> Result<Vec<Episode>, WorldError> {
    collect(world, &Mixture::of(policy), &Collection { episodes, limit: None, seed: 4 })
}

#[test]
fn the_end_of_a_world_and_the_end_of_patience_are_told_apart() {
    let fallen = of(&CartPole::default(), &Always(1), 3).unwrap();
    assert!(fallen.iter().all(|episode| episode.end == End::Terminated && episode.len() < 20));
    let tired = of(&MountainCar::default(), &Always(1), 2).unwrap();
    assert!(tired.iter().all(|episode| episode.end == End::Truncated && episode.len() == 200));
    assert_eq!(tired[0].total(), -200.0);
    // At a limit of its own length, the world ended it.
    let length = fallen[0].len() as u32;
    let exactly = Collection { episodes: 1, limit: Some(length), seed: 4 };
    let policy = Always(1);
    let again = collect(&CartPole::default(), &Mixture::of(&policy), &exactly).unwrap();
    assert_eq!(again[0], fallen[0]);
    let shorter = Collection { limit: Some(length - 1), ..exactly };
    let cut = collect(&CartPole::default(), &Mixture::of(&policy), &shorter).unwrap();
    assert_eq!((cut[0].end, cut[0].len()), (End::Truncated, length as usize - 1));
}

#[test]
fn an_episode_depends_on_its_number_and_seed_alone() {
    let world = Pendulum::default();
    let uniform = Uniform::of(&world);
    let few = of(&world, &uniform, 2).unwrap();
    let many = of(&world, &uniform, 5).unwrap();
    assert_eq!(few, many[..2]);
    assert_ne!(many[0], many[1]);
    // A state that was saved goes on as it did.
    let (episode, actions) = (&many[3], world.actions());
    let mut state = episode.state(120).to_vec();
    for step in 120..150 {
        let rng = &mut medley_world::stream(0, "never used");
        world.step(&mut state, episode.action(step, &actions), rng).unwrap();
        assert_eq!(state, episode.state(step + 1));
    }
}

#[test]
fn a_world_that_ends_at_once_has_episodes_of_one_step() {
    let world = Broken { ends_at: Some(0.0), limit: Some(9), ..Broken::default() };
    let episodes = of(&world, &Always(0), 2).unwrap();
    assert_eq!((episodes[0].len(), episodes[0].end), (1, End::Terminated));
    assert_eq!(to_dataset(&world, &episodes, Cut::Whole, "short").unwrap().segments().len(), 2);
    let cut = Cut::Every { length: 2, stride: 1 };
    let error = to_dataset(&world, &episodes, cut, "short").unwrap_err().to_string();
    let expect =
        "no segment: expected an episode of at least 2 steps, found 2 episodes of at most 1";
    assert_eq!(error, expect);
    let none = to_dataset(&world, &[], Cut::Whole, "none").unwrap_err().to_string();
    assert!(none.ends_with("at least 1 steps, found 0 episodes of at most 0"), "{none}");
}

#[test]
fn numbers_that_are_none_name_their_place() {
    let check = |world: Broken, action: usize, expect: &str| {
        let error = of(&world, &Always(action), 1).unwrap_err().to_string();
        assert_eq!(error, format!("`broken-in-a-test`{expect}"));
    };
    let limit = Some(9);
    let step = ", episode 0, step 3: ";
    let finite = "expected a finite number, found ";
    check(
        Broken { reward_is_nan_at: Some(3.0), limit, ..Broken::default() },
        0,
        &format!("{step}the reward: {finite}NaN"),
    );
    check(
        Broken { state_is_infinite_at: Some(3.0), limit, ..Broken::default() },
        0,
        &format!("{step}the state after it: {finite}inf"),
    );
    check(
        Broken { sees_nan_at: Some(3.0), limit, ..Broken::default() },
        0,
        &format!("{step}what is seen: {finite}NaN"),
    );
    check(
        Broken { limit, ..Broken::default() },
        2,
        ", episode 0, step 0: expected one of 2 actions, from 0, found action 2",
    );
    check(
        Broken::default(),
        0,
        " has no limit of its own: expected a number of steps of at least 1",
    );
    let never = of(&Broken { limit: Some(0), ..Broken::default() }, &Always(0), 1).unwrap_err();
    assert_eq!(never.to_string(), "`limit`: at least 1 is needed, found 0");
    // Rules out of range are found before the first step.
    let still = CartPole { pole_mass: f64::NAN, ..CartPole::default() };
    let error = of(&still, &Always(0), 1).unwrap_err().to_string();
    assert_eq!(error, "`pole-mass`: a number above 0 is needed, found NaN");
}

#[test]
fn policies_are_mixed_by_episode_or_by_step() {
    let world = MountainCar::default();
    let (left, right) = (Always(0), Always(2));
    let mixture = Mixture::new(vec![(3.0, &left), (1.0, &right), (0.0, &left)]).unwrap();
    let limit = Collection { episodes: 400, limit: Some(5), seed: 1 };
    let episodes = collect(&world, &mixture, &limit).unwrap();
    let by_right = episodes.iter().filter(|episode| episode.policy == 1).count() as f64;
    assert!((by_right - 100.0).abs() < 4.0 * (400.0 * 0.25 * 0.75_f64).sqrt(), "{by_right}");
    for episode in &episodes {
        let expect = if episode.policy == 1 { 2.0 } else { 0.0 };
        assert!(episode.policy < 2 && episode.actions.iter().all(|action| *action == expect));
    }
    let explores = NowAndThen { mostly: Always(0), sometimes: Uniform::of(&world), share: 0.3 };
    let actions =
        of(&world, &explores, 40).unwrap().into_iter().flat_map(|episode| episode.actions);
    let (mut all, mut zeros) = (0.0_f64, 0.0_f64);
    actions.for_each(|action| {
        all += 1.0;
        zeros += f64::from(u8::from(action == 0.0));
    });
    // 0.7 and a third of the rest.
    let sd = (0.8 * 0.2 / all).sqrt();
    assert!((zeros / all - 0.8).abs() < 4.0 * sd, "{zeros} of {all}");
}

#[test]
fn weights_of_a_mixture_are_checked() {
    let policy = Always(0);
    let check = |weights: &[f64], expect: &str| {
        let parts = weights.iter().map(|&weight| (weight, &policy as &dyn Policy)).collect();
        let error = Mixture::new(parts).unwrap_err().to_string();
        assert_eq!(error, format!("`weights`: {expect}"));
    };
    check(&[], "a finite sum above 0 is needed, found 0");
    check(&[0.0, 0.0], "a finite sum above 0 is needed, found 0");
    check(&[1.0, -1.0], "numbers of at least 0 are needed, found -1");
    check(&[f64::NAN], "numbers of at least 0 are needed, found NaN");
    check(&[f64::INFINITY], "a finite sum above 0 is needed, found inf");
}

#[test]
fn an_action_is_held() {
    let world = LinearReward::new(LinearRewardOptions::default()).unwrap();
    let nine = Hold { policy: Uniform::of(&world), steps: 9 };
    let episode = of(&world, &nine, 1).unwrap().remove(0);
    let of_step: Vec<&[f64]> = episode.actions.chunks(4).collect();
    assert_eq!(of_step.len(), 90);
    assert!(of_step.chunks(9).all(|held| held.iter().all(|action| *action == held[0])));
    assert!(of_step.chunks(9).collect::<Vec<_>>().windows(2).all(|two| two[0][0] != two[1][0]));
}

/// A dataset of a world under its uniform policy, its rows and its rewards.
fn dataset(world: &dyn World, cut: Cut) -> (Vec<Episode>, Dataset) {
    let uniform = Uniform::of(world);
    let episodes = of(world, &uniform, 6).unwrap();
    let dataset = to_dataset(world, &episodes, cut, "of-a-test").unwrap();
    (episodes, dataset)
}

#[test]
fn a_dataset_has_the_features_and_rewards_of_its_steps() {
    let world = CartPole::default();
    let (episodes, dataset) = dataset(&world, Cut::Every { length: 5, stride: 5 });
    let segments = dataset.segments();
    let names = ["position", "velocity", "angle", "angular-velocity", "action-0", "action-1"];
    let (found, values) = segments.stored_features().unwrap();
    assert_eq!(found, names);
    let rewards = segments.true_rewards().unwrap();
    assert_eq!(rewards.len(), episodes.iter().map(Episode::len).sum::<usize>());
    let values: Vec<f32> = values.chunks(1 << 20).flat_map(|chunk| chunk.to_vec()).collect();
    let mut row = 0;
    for episode in &episodes {
        for step in 0..episode.len() {
            let chosen = episode.actions[step] as usize;
            let seen = episode.state(step).iter().map(|value| *value as f32);
            let acted = (0..2).map(|action| f32::from(u8::from(action == chosen)));
            let expect: Vec<f32> = seen.chain(acted).collect();
            assert_eq!(values[row * 6..][..6], expect);
            assert_eq!(rewards[row], episode.rewards[step]);
            row += 1;
        }
    }
    // Segments are within their episode, and an episode is a group.
    let mut firsts = vec![0];
    episodes.iter().for_each(|episode| firsts.push(firsts.last().unwrap() + episode.len()));
    for segment in 0..segments.len() {
        let [group] = segments.groups(segment) else { panic!("two groups") };
        let (steps, episode) = (segments.steps(segment), *group as usize);
        assert!(firsts[episode] <= steps.start && steps.end <= firsts[episode + 1]);
        let name = format!("e{episode:04}/{}", steps.start - firsts[episode]);
        assert_eq!((segments.id(segment).0.as_str(), steps.len()), (name.as_str(), 5));
        let end = segments.metadata().column("end").unwrap().label(segment);
        assert_eq!(end.as_deref(), Some("terminated"));
    }
    let report = dataset.card.import.as_ref().unwrap();
    assert_eq!(report.kept["segment"], segments.len());
    assert_eq!(report.kept["episode that the world ended"], 6);
    assert!(dataset.card.source.contains("cart-pole"), "{}", dataset.card.source);
}

#[test]
fn a_dataset_is_written_and_read_again() {
    let world = Grid::new(GridOptions::default()).unwrap();
    let (_, dataset) = dataset(&world, Cut::Random { length: 10, draws: 20, seed: 0 });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grid");
    dataset.write(&path).unwrap();
    let read = Dataset::open(&path).unwrap();
    assert_eq!(read.segments().true_rewards(), dataset.segments().true_rewards());
    assert_eq!(read.segments().len(), dataset.segments().len());
}

#[derive(Debug, Deserialize, Serialize)]
struct Spec {
    world: Tagged<dyn World>,
}

#[test]
fn worlds_are_named_in_toml() {
    let check = |text: &str, expect: &str| {
        let path = std::path::Path::new("world.toml");
        let found = match medley_toml_file::parse::<Spec>(path, text) {
            Ok(spec) => toml::to_string(&spec).unwrap(),
            Err(error) => error.to_string(),
        };
        assert!(found.contains(expect), "{found}");
    };
    check(
        "world.cart-pole = { gravity = 1.6 }",
        "[world.cart-pole]\ngravity = 1.6\ncart-mass = 1.0\n",
    );
    check("world.grid.preset = \"cliff\"", "preset = \"cliff\"\nsize = 10\n");
    check("world.grid.size = 0", "`size`: at least 2 is needed, found 0");
    check("world.grid.slip = 1.5", "`slip`: a number from 0 to 1 is needed, found 1.5");
    check(
        "world.grid.discount = 1.0",
        "`discount`: a number of at least 0, below 1, is needed, found 1",
    );
    check("world.grid.preset = \"maze\"", "unknown variant `maze`");
    check("world.random-mdp.states = 0", "`states`: at least 1 is needed, found 0");
    check("world.random-mdp.actions = 0", "`actions`: at least 1 is needed, found 0");
    check("world.random-mdp.branching = 21", "`branching`: at most 20 is needed, found 21");
    check("world.random-mdp.branching = 0", "`branching`: at least 1 is needed, found 0");
    check(
        "world.random-mdp.discount = nan",
        "`discount`: a number of at least 0, below 1, is needed",
    );
    check("world.linear-reward.dimensions = 0", "`dimensions`: at least 1 is needed, found 0");
    check("world.linear-reward.steps = 0", "`steps`: at least 1 is needed, found 0");
    check("world.pendulum.weight = 1.0", "unknown field `weight`");
    check("world.mars = {}", "unknown variant `mars`");
}

#[test]
fn every_world_obeys_the_laws_of_one() {
    for linked in medley_toml_file::linked::<Box<dyn World>>(|world| world.summary()) {
        let text = format!("world.{} = {{}}", linked.name);
        if linked.name == "broken-in-a-test" {
            continue;
        }
        let world = toml::from_str::<Spec>(&text).unwrap().world;
        world.check().unwrap();
        let again: Spec =
            toml::from_str(&toml::to_string(&Spec { world: world.clone() }).unwrap()).unwrap();
        let episodes = of(&*world, &Uniform::of(&*world), 2).unwrap();
        assert_eq!(of(&*again.world, &Uniform::of(&*world), 2).unwrap(), episodes, "{text}");
        // A step that is refused changes nothing.
        let mut state = episodes[0].state(0).to_vec();
        let (before, rng) = (state.clone(), &mut medley_world::stream(0, "a"));
        let untouched = rng.clone();
        for wrong in [
            Action::Discrete(usize::MAX),
            Action::Continuous(&[f64::NAN; 4]),
            Action::Continuous(&[]),
        ] {
            assert!(world.step(&mut state, wrong, rng).is_err(), "{text}: {wrong}");
        }
        assert_eq!((&state, &*rng), (&before, &untouched), "{text}");
        // Where it is a table, the table says what steps do.
        let Some(mdp) = world.mdp() else { continue };
        assert_eq!(world.actions(), Actions::Discrete(mdp.actions()));
        for episode in &episodes {
            assert!(mdp.start()[episode.state(0)[0] as usize] > 0.0);
            for step in 0..episode.len() {
                let [from, to] = [step, step + 1].map(|step| episode.state(step)[0] as usize);
                let action = episode.actions[step] as usize;
                let nth = mdp.row(from, action).position(|(next, _)| next == to).unwrap();
                assert_eq!(mdp.reward(from, action, nth), episode.rewards[step], "{text}");
            }
        }
    }
}
