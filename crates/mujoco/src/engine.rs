//! How is a state that is a slice of numbers moved by MuJoCo?

use medley_world::{Action, Actions, WorldError};
use mujoco_rs::prelude::{MjData, MjModel, MjtDisableBit};
use std::sync::{Arc, Mutex, PoisonError};

/// A workspace of MuJoCo, and what is known after a step.
pub(crate) type Data = MjData<Arc<MjModel>>;

/// A model, and workspaces that nobody uses now. Nothing in a workspace outlives a step: whoever takes one
/// puts a whole state into it.
pub(crate) struct Engine {
    model: Arc<MjModel>,
    actions: Actions,
    /// Steps of the physics in a step of the world.
    frames: u32,
    spare: Mutex<Vec<Data>>,
}

impl Engine {
    /// Of a model that this crate carries, as XML.
    pub fn new(xml: &str, frames: u32) -> Self {
        let mut model = model(xml);
        // A state that runs away is to be seen, and not to become a first state without a word.
        model.opt_mut().disableflags |= MjtDisableBit::mjDSBL_AUTORESET as i32;
        let bounds = model.actuator_ctrlrange();
        let actions = Actions::Continuous {
            low: bounds.iter().map(|bounds| bounds[0]).collect(),
            high: bounds.iter().map(|bounds| bounds[1]).collect(),
        };
        Self { model: model.into(), actions, frames, spare: Mutex::default() }
    }

    /// Numbers of positions and of velocities.
    pub fn sizes(&self) -> [usize; 2] {
        [self.model.qpos0().len(), self.model.dof_damping().len()]
    }

    /// Numbers of a state: positions, velocities, and accelerations that the solver begins with.
    pub fn state_width(&self) -> usize {
        let [positions, velocities] = self.sizes();
        positions + 2 * velocities
    }

    /// The set of actions.
    pub fn actions(&self) -> Actions {
        self.actions.clone()
    }

    /// The positions that first states are near to; velocities are near 0.
    pub fn start(&self) -> &[f64] {
        self.model.qpos0()
    }

    /// Seconds of a step of the world.
    pub fn seconds(&self) -> f64 {
        self.model.opt().timestep * f64::from(self.frames)
    }

    /// Completes a first state, whose positions and velocities are there.
    pub fn begin<T>(&self, state: &mut [f64], look: impl FnOnce(&Data) -> T) -> T {
        self.with(|data| {
            self.load(data, state);
            data.qacc_warmstart_mut().fill(0.0);
            data.forward();
            self.save(data, state);
            look(data)
        })
    }

    /// Moves a state on under an action, whose numbers are clipped to their bounds.
    ///
    /// # Errors
    /// An action that is none of the world's.
    pub fn step<T>(
        &self,
        state: &mut [f64],
        action: Action<'_>,
        look: impl FnOnce(&Data) -> T,
    ) -> Result<T, WorldError> {
        self.actions.check(action)?;
        let moved = self.with(|data| {
            self.load(data, state);
            action.store(data.ctrl_mut());
            let bounds = self.model.actuator_ctrlrange();
            let numbers = data.ctrl_mut().iter_mut().zip(bounds);
            numbers.for_each(|(number, [low, high])| *number = number.clamp(*low, *high));
            (0..self.frames).for_each(|_| data.step());
            // Forces of contacts are not computed by a step.
            data.rne_post_constraint();
            self.save(data, state);
            look(data)
        });
        Ok(moved)
    }

    fn load(&self, data: &mut Data, state: &[f64]) {
        let [positions, velocities] = self.sizes();
        let (position, rest) = state.split_at(positions);
        let (velocity, warm) = rest.split_at(velocities);
        data.qpos_mut().copy_from_slice(position);
        data.qvel_mut().copy_from_slice(velocity);
        data.qacc_warmstart_mut().copy_from_slice(&warm[..velocities]);
    }

    fn save(&self, data: &Data, state: &mut [f64]) {
        let [positions, velocities] = self.sizes();
        let (position, rest) = state.split_at_mut(positions);
        let (velocity, warm) = rest.split_at_mut(velocities);
        position.copy_from_slice(data.qpos());
        velocity.copy_from_slice(data.qvel());
        warm[..velocities].copy_from_slice(data.qacc_warmstart());
    }

    /// Does something with a workspace of one's own.
    fn with<T>(&self, act: impl FnOnce(&mut Data) -> T) -> T {
        let spare = || self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = spare().pop();
        let mut data = taken.unwrap_or_else(|| MjData::new(Arc::clone(&self.model)));
        let found = act(&mut data);
        spare().push(data);
        found
    }
}

/// The model of a text. MuJoCo still reads a mass that the whole is scaled to, and complains of it on the
/// console and in a file beside whatever the user is doing; so this is done here, in the way that it names.
fn model(xml: &str) -> Box<MjModel> {
    // They are carried and tested, so that only a library of another version could refuse one.
    let read = |xml: &str| {
        Box::new(MjModel::from_xml_string(xml).expect("a model of Gymnasium is one of MuJoCo"))
    };
    let Some((before, rest)) = xml.split_once(TOTAL_MASS) else { return read(xml) };
    let (mass, behind) = rest.split_once('"').expect("an attribute has an end");
    let mut model = read(&format!("{before}{behind}"));
    model.set_totalmass(mass.parse().expect("a mass is a number"));
    let mut data = MjData::new(model);
    data.set_const();
    data.model_clone()
}

/// The attribute that says what all bodies weigh together.
const TOTAL_MASS: &str = " settotalmass=\"";
