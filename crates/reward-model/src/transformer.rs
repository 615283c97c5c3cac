//! Backbone `transformer`: self-attention over the steps of a segment, so that the reward of a step
//! may depend on the steps around it.

use crate::{
    Backbone, HeadLayout, LastLayer, ModelShape, ModuleModel, Placement, RewardModel, SegmentBatch,
    Trainable, uniform,
};
use burn::module::{Module, Param};
use burn::tensor::Tensor;
use burn::tensor::activation::{gelu, softmax};
use medley_toml_file::above_zero;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Options of the transformer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Transformer {
    /// Number of layers.
    pub layers: usize,
    /// Width of the stream between layers; a multiple of `heads`.
    pub width: usize,
    /// Attention heads.
    pub heads: usize,
    /// Width of the dense part of a layer, as a multiple of `width`.
    pub expansion: usize,
    /// Whether a step sees only itself and the steps before it.
    pub causal: bool,
    /// Factor on the initial weights of the reward head, as in [`crate::Mlp`].
    pub head_scale: f64,
}

impl Default for Transformer {
    fn default() -> Self {
        Self { layers: 2, width: 64, heads: 4, expansion: 4, causal: false, head_scale: 0.1 }
    }
}

/// A pre-norm encoder (Vaswani et al. 2017; Xiong et al. 2020) for all members at once, with
/// sinusoidal positions, which set no limit to the length. The head has no bias, as in
/// [`crate::LinearModel`].
#[derive(Module, Debug)]
pub struct TransformerModel {
    embedding: Dense,
    layers: Vec<Layer>,
    norm: Norm,
    head: Param<Tensor<3>>, // [member, width, head]
    attention_heads: usize,
    causal: bool,
    #[module(skip)]
    layout: HeadLayout,
}

/// `x W + b`, with weights of each member.
#[derive(Module, Debug)]
struct Dense {
    weight: Param<Tensor<3>>, // [member, input, output]
    bias: Param<Tensor<3>>,   // [member, 1, output]
}

/// Layer normalization over the width.
#[derive(Module, Debug)]
struct Norm {
    gain: Param<Tensor<3>>, // [member, 1, width]
    bias: Param<Tensor<3>>, // [member, 1, width]
}

#[derive(Module, Debug)]
struct Layer {
    norm_attention: Norm,
    query: Dense,
    key: Dense,
    value: Dense,
    output: Dense,
    norm_dense: Norm,
    inner: Dense,
    outer: Dense,
}

impl Dense {
    /// Uniform within `1 / sqrt(inputs)`, as PyTorch's `nn.Linear`.
    fn new(
        [members, input, output]: [usize; 3],
        streams: &mut [ChaCha8Rng],
        place: &Placement,
    ) -> Self {
        let bound = 1.0 / (input as f32).sqrt();
        Self {
            weight: uniform([members, input, output], bound, streams, place),
            bias: uniform([members, 1, output], bound, streams, place),
        }
    }

    /// `[member, row, input]` to `[member, row, output]`
    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        x.matmul(self.weight.val()) + self.bias.val()
    }
}

impl Norm {
    fn new(members: usize, width: usize, place: &Placement) -> Self {
        let filled = |value: f32| {
            Param::from_tensor(place.tensor(vec![value; members * width], [members, 1, width]))
        };
        Self { gain: filled(1.0), bias: filled(0.0) }
    }

    /// `[member, row, width]`
    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let centred = x.clone() - x.mean_dim(2);
        let variance = centred.clone().powi_scalar(2).mean_dim(2);
        centred / (variance + 1e-5).sqrt() * self.gain.val() + self.bias.val()
    }
}

impl Layer {
    fn new(options: &Transformer, streams: &mut [ChaCha8Rng], place: &Placement) -> Self {
        let Transformer { width, expansion, .. } = *options;
        let members = streams.len();
        let mut dense = |input, output| Dense::new([members, input, output], streams, place);
        Self {
            norm_attention: Norm::new(members, width, place),
            query: dense(width, width),
            key: dense(width, width),
            value: dense(width, width),
            output: dense(width, width),
            norm_dense: Norm::new(members, width, place),
            inner: dense(width, expansion * width),
            outer: dense(expansion * width, width),
        }
    }

    /// `x` `[member, batch * time, width]`; `seen` is added to the attention logits.
    fn forward(&self, x: Tensor<3>, seen: &Seen) -> Tensor<3> {
        let x = x.clone() + self.attend(self.norm_attention.forward(x), seen);
        let dense = gelu(self.inner.forward(self.norm_dense.forward(x.clone())));
        x + self.outer.forward(dense)
    }

    fn attend(&self, x: Tensor<3>, seen: &Seen) -> Tensor<3> {
        let [member, rows, width] = x.dims();
        let Seen { batch, time, heads, logits } = seen;
        let (batch, time, heads) = (*batch, *time, *heads);
        let each = width / heads;
        let split = |x: Tensor<3>| {
            x.reshape([member, batch, time, heads, each]).swap_dims(2, 3) // [.., head, time, each]
        };
        let query = split(self.query.forward(x.clone())) / (each as f64).sqrt();
        let key = split(self.key.forward(x.clone()));
        let value = split(self.value.forward(x));
        let weights = softmax(query.matmul(key.swap_dims(3, 4)) + logits.clone(), 4);
        let mixed = weights.matmul(value).swap_dims(2, 3);
        self.output.forward(mixed.reshape([member, rows, width]))
    }
}

/// Which steps a step may look at.
struct Seen {
    batch: usize,
    time: usize,
    heads: usize,
    /// 0 where it may look, very low where not. `[1, batch, 1, 1 or time, time]`
    logits: Tensor<5>,
}

/// Low enough that the softmax gives exactly 0, and far from overflow.
const UNSEEN: f32 = -1e9;

impl Seen {
    fn of(batch: &SegmentBatch, heads: usize, causal: bool) -> Self {
        let (size, time) = (batch.len(), batch.time());
        let queries = if causal { time } else { 1 };
        let mut logits = vec![0.0; size * queries * time];
        for (segment, &length) in batch.lengths().iter().enumerate() {
            for query in 0..queries {
                let row = &mut logits[(segment * queries + query) * time..][..time];
                let end = if causal { length.min(query + 1) } else { length };
                row[end..].fill(UNSEEN);
            }
        }
        let logits = batch.place().tensor(logits, [1, size, 1, queries, time]);
        Self { batch: size, time, heads, logits }
    }
}

impl TransformerModel {
    /// Dense weights uniform within `1 / sqrt(inputs)`, norms at 1 and 0.
    pub fn new(
        shape: &ModelShape,
        options: &Transformer,
        streams: &mut [ChaCha8Rng],
        place: &Placement,
    ) -> Self {
        let ModelShape { features, ref layout, members } = *shape;
        let width = options.width;
        let layers = |streams: &mut [ChaCha8Rng]| {
            (0..options.layers).map(|_| Layer::new(options, streams, place)).collect()
        };
        let bound = options.head_scale as f32 / (width as f32).sqrt();
        Self {
            embedding: Dense::new([members, features, width], streams, place),
            layers: layers(streams),
            norm: Norm::new(members, width, place),
            head: uniform([members, width, layout.len()], bound, streams, place),
            attention_heads: options.heads,
            causal: options.causal,
            layout: layout.clone(),
        }
    }

    /// The stream after the last layer and its norm. `[member, batch * time, width]`
    fn stream(&self, batch: &SegmentBatch) -> Tensor<3> {
        let [member, width, _] = self.head.dims();
        let (size, time) = (batch.len(), batch.time());
        let embedded = self.embedding.forward(batch.rows().unsqueeze()); // [member, row, width]
        let positions = batch.place().tensor(sinusoids(time, width), [1, 1, time, width]);
        let padded = batch.spread(embedded) + positions; // [member, batch, time, width]
        let mut x = padded.reshape([member, size * time, width]);
        let seen = Seen::of(batch, self.attention_heads, self.causal);
        for layer in &self.layers {
            x = layer.forward(x, &seen);
        }
        self.norm.forward(x)
    }
}

/// Values of steps, `[member, batch * time, value]`, as `[member, batch, time, value]` with zeros at
/// padding.
fn masked(values: Tensor<3>, batch: &SegmentBatch) -> Tensor<4> {
    let [member, _, value] = values.dims();
    let (size, time) = (batch.len(), batch.time());
    values.reshape([member, size, time, value]) * batch.mask().reshape([1, size, time, 1])
}

impl RewardModel for TransformerModel {
    fn members(&self) -> usize {
        self.head.dims()[0]
    }

    fn layout(&self) -> &HeadLayout {
        &self.layout
    }

    fn is_stepwise(&self) -> bool {
        false
    }

    fn last_layer(&self) -> Option<&dyn LastLayer> {
        Some(self)
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        masked(self.stream(batch).matmul(self.head.val()), batch)
    }
}

impl LastLayer for TransformerModel {
    fn hidden(&self, batch: &SegmentBatch) -> Tensor<4> {
        masked(self.stream(batch), batch)
    }

    fn weight(&self) -> &Param<Tensor<3>> {
        &self.head
    }
}

/// `sin(t / 10000^(2i/width))` and the cosine, in turns (Vaswani et al. 2017, section 3.5).
///
/// # Shapes
/// `[time, width]`
fn sinusoids(time: usize, width: usize) -> Vec<f32> {
    let value = |t: usize, i: usize| {
        let angle = t as f64 / 10_000f64.powf((i - i % 2) as f64 / width as f64);
        if i.is_multiple_of(2) { angle.sin() as f32 } else { angle.cos() as f32 }
    };
    (0..time).flat_map(|t| (0..width).map(move |i| value(t, i))).collect()
}

#[typetag::serde(name = "transformer")]
impl Backbone for Transformer {
    fn module(
        &self,
        shape: &ModelShape,
        members: &mut [ChaCha8Rng],
        place: &Placement,
    ) -> Box<dyn Trainable> {
        Box::new(ModuleModel(TransformerModel::new(shape, self, members, place)))
    }

    fn hidden_width(&self, _features: usize) -> Option<usize> {
        Some(self.width)
    }

    /// Attention logits and weights, `[member, segment, head, step, step]` in f32: both at once, and to
    /// learn, those of every layer and their gradients, besides what one layer works with. Resident
    /// memory grew by 6.6 to 6.9 such tensors where this says 8, by 11.5 where it says 14.
    fn attention_bytes(
        &self,
        members: usize,
        segments: usize,
        steps: usize,
        learning: bool,
    ) -> u64 {
        let tensors = if learning { 3 * self.layers + 2 } else { 2 };
        [members, segments, self.heads, steps, steps, tensors]
            .into_iter()
            .fold(4u64, |bytes, factor| bytes.saturating_mul(factor as u64))
    }

    fn check(&self) -> Result<(), String> {
        let Self { layers, width, heads, expansion, head_scale, .. } = *self;
        for (name, value) in
            [("layers", layers), ("width", width), ("heads", heads), ("expansion", expansion)]
        {
            if value == 0 {
                return Err(format!("`{name}` must be above 0, found 0"));
            }
        }
        if !width.is_multiple_of(heads) {
            return Err(format!("`width` must be a multiple of `heads` = {heads}, found {width}"));
        }
        above_zero("head-scale", head_scale).map_err(|problem| problem.to_string())
    }

    fn summary(&self) -> &'static str {
        "self-attention over the steps of a segment"
    }
}

#[cfg(test)]
#[path = "transformer_tests.rs"]
mod tests;
