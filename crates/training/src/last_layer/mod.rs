//! `inference.last-layer`: a network by AdamW as under [`Map`], and then the heads on its last hidden
//! layer as exactly as those of a linear reward.
//!
//! ```text
//! r_h(x) = w_h . phi(x)        phi = last hidden layer, as AdamW leaves it
//! log p(w, rho | y, phi) = sum_i log p(y_i | w, rho, phi) + log p(rho) - |w|^2 / (2 s^2) + const
//! ```
//!
//! Given `phi` the reward is linear, so that [`Laplace`] finds the optimum of all heads and response
//! parameters, the width of the prior, and the covariance between sources where the mixing ties them
//! (a last-layer Laplace approximation: Snoek et al. 2015; Kristiadi et al. 2020; Daxberger et al.
//! 2021). The alternative, a curvature of all weights, is neither exact nor a matrix that fits.
//!
//! All sources of the fit train `phi`, with the heads that the mixing asks for and without a tie: a tie
//! is a prior on heads, and AdamW with weight decay has none.
//!
//! Each member has a `phi` of its own. With one member, the heads are the maximum. With several, each
//! member has one draw of its heads, so that members differ by both, and their mixture is one of
//! Laplace approximations (Eschenhagen et al. 2021); maxima alone would leave out what the heads of one
//! network do not know, which is most of it where a source has few statements.
//!
//! What comes back is the network with other weights in its last layer.

mod hidden;

use crate::laplace::{Points, held_out};
use crate::map::initial_response;
use crate::{
    CheckpointFolder, Event, Fitted, Inference, Laplace, Map, Options, Scale, StopReason, Task,
    TrainingError,
};
use hidden::hidden_features;
use medley_encoder::Features;
use medley_reward_model::{Backbone, Linear, ModelShape};
use medley_toml_file::Problem;
use serde::{Deserialize, Serialize};

/// Most weights that the second derivative is taken by: a dense matrix of 128 MiB.
const MOST_WEIGHTS: usize = 4096;

/// Options: those of [`Laplace`], for the heads. Those of `[training]` are for the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct LastLayer {
    /// What chooses the width of the prior on heads.
    pub scale: Scale,
    /// Where that starts: standard deviation of the return of a typical segment, in nats.
    pub return_sd: f64,
    /// Most rounds of EM.
    pub rounds: u32,
}

impl Default for LastLayer {
    fn default() -> Self {
        let Laplace { scale, return_sd, rounds } = Laplace::default();
        Self { scale, return_sd, rounds }
    }
}

#[typetag::serde(name = "last-layer")]
impl Inference for LastLayer {
    fn infer(
        &self,
        task: &Task<'_>,
        options: &Options,
        checkpoints: Option<&CheckpointFolder>,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Fitted, TrainingError> {
        self.of_heads().check_task(task)?;
        check_size(task)?;
        let untied = Task { tie: None, ..*task };
        let trained = Map::default().infer(&untied, options, checkpoints, tell)?;
        let mut fitted = Fitted { response: initial_response(task), ..trained };
        let hidden = hidden_features(fitted.model.frozen().as_ref(), task)?;
        for (member, features) in hidden.iter().enumerate() {
            let heads = self.fit_heads(task, features, member, tell)?;
            put(&heads, member, &mut fitted)?;
        }
        fitted.held_out =
            held_out(task, fitted.model.frozen().as_ref(), &fitted.response, fitted.epochs)?;
        Ok(fitted)
    }

    fn check(&self, backbone: &dyn Backbone) -> Result<(), Problem> {
        self.of_heads().check_options()?;
        let refused = |message: String| Err(Problem { path: Vec::new(), message });
        match backbone.hidden_width(1) {
            None => refused(format!(
                "`reward-model.backbone.{}` does not say what its last hidden layer is \
                 (`Backbone::hidden_width`); expected one that does, or `inference.map`",
                backbone.typetag_name()
            )),
            Some(width) if width > MOST_WEIGHTS => refused(format!(
                "the second derivative by {width} weights of a head is too large a matrix; expected a \
                 last hidden layer of at most {MOST_WEIGHTS}, found one of {width}"
            )),
            Some(_) => Ok(()),
        }
    }

    fn can_tie(&self) -> bool {
        true
    }

    fn summary(&self) -> &'static str {
        "a network by AdamW, and exact heads on its last hidden layer"
    }
}

impl LastLayer {
    fn of_heads(&self) -> Laplace {
        let Self { scale, return_sd, rounds } = *self;
        Laplace { scale, return_sd, rounds }
    }

    /// The heads of a member, as a linear reward of its last hidden layer.
    fn fit_heads(
        &self,
        task: &Task<'_>,
        features: &Features,
        member: usize,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Fitted, TrainingError> {
        let points = match task.shape.members {
            1 => Points::Maximum,
            _ => Points::Draws(member..member + 1),
        };
        let shape =
            ModelShape { features: features.feature_count(), members: 1, ..task.shape.clone() };
        let heads = Task { features, backbone: &Linear::default(), shape: &shape, ..*task };
        self.of_heads().fit(&heads, &points, tell)
    }
}

/// Whether the matrix of second derivatives fits.
fn check_size(task: &Task<'_>) -> Result<(), TrainingError> {
    let width = task.backbone.hidden_width(task.shape.features).unwrap_or_default();
    let heads = task.tie.map_or(task.shape.layout.len(), |tie| tie.sources());
    match heads * width <= MOST_WEIGHTS {
        true => Ok(()),
        false => Err(TrainingError::Inference(format!(
            "`last-layer` of fit {}: expected at most {MOST_WEIGHTS} weights of heads, found {heads} \
             heads on a last hidden layer of {width}; a narrower one or fewer heads are needed",
            task.fit
        ))),
    }
}

/// Puts heads and response parameters of a member where the network has them.
fn put(heads: &Fitted, member: usize, into: &mut Fitted) -> Result<(), TrainingError> {
    let weights = heads.model.read();
    let places = into
        .model
        .head_places()
        .filter(|places| places.len() == into.model.members() * weights.len());
    let Some(places) = places else {
        return Err(TrainingError::Inference(format!(
            "`last-layer`: expected a model that says where its {} weights of heads are \
             (`Trainable::head_places`)",
            into.model.members() * weights.len()
        )));
    };
    let mut flat = into.model.read();
    flat[places.start + member * weights.len()..][..weights.len()].copy_from_slice(&weights);
    into.model.write(&flat);
    into.response.set_member(member, &heads.response.read());
    into.start_gap = match (into.start_gap, heads.start_gap) {
        (Some(one), Some(other)) => Some(f64::max(one, other)),
        (one, other) => one.or(other),
    };
    if heads.reason == StopReason::Unsettled {
        into.reason = StopReason::Unsettled;
    }
    Ok(())
}
