//! The forward pass of BERT, for texts of one length.
//!
//! All texts of a batch have as many tokens, so there is no padding and no mask, and nothing of
//! one text can enter another.
//!
//! Source: Devlin, Chang, Lee and Toutanova, "BERT: Pre-training of Deep Bidirectional
//! Transformers for Language Understanding", NAACL 2019; layers as in Vaswani et al., "Attention
//! Is All You Need", 2017, with the norm after each sum.

use crate::folder::{Config, Folder, Pooling, WEIGHTS};
use crate::weights::Weights;
use burn::tensor::activation::{gelu, softmax};
use burn::tensor::{Device, Tensor, TensorData};
use medley_encoder::EncodeError;
use std::fs;

/// A loaded model.
pub(crate) struct Bert {
    words: Vec<f32>,     // [vocabulary, width]
    positions: Vec<f32>, // [position, width], with the embedding of the first segment added
    norm: Norm,
    layers: Vec<Layer>,
    pooling: Pooling,
    normalize: bool,
    width: usize,
    device: Device,
}

impl Bert {
    /// Reads the weights.
    pub fn load(folder: &Folder) -> Result<Self, EncodeError> {
        let device = Device::flex();
        let file = folder.path.join(WEIGHTS);
        let bytes = fs::read(&file).map_err(EncodeError::io(&file, "read"))?;
        let weights = &Weights::new(&file, &bytes, device.clone())?;
        let config = &folder.config;
        let width = config.hidden_size;
        let table =
            |name: &str, rows| weights.numbers(&format!("embeddings.{name}"), &[rows, width]);
        let words = table("word_embeddings.weight", config.vocab_size)?;
        let mut positions = table("position_embeddings.weight", config.max_position_embeddings)?;
        let types = table("token_type_embeddings.weight", config.type_vocab_size)?;
        for position in positions.chunks_exact_mut(width) {
            position.iter_mut().zip(&types).for_each(|(value, first)| *value += first);
        }
        let layers = 0..config.num_hidden_layers;
        Ok(Self {
            words,
            positions,
            norm: Norm::load(weights, "embeddings.LayerNorm", config)?,
            layers: layers.map(|i| Layer::load(weights, i, config)).collect::<Result<_, _>>()?,
            pooling: folder.pooling,
            normalize: folder.normalize,
            width,
            device,
        })
    }

    /// One vector for each text; `texts` are tokens, as many in each.
    ///
    /// # Shapes
    /// `[text, width]`, row by row.
    pub fn forward(&self, texts: &[&[u32]]) -> Vec<f32> {
        let (batch, time, width) = (texts.len(), texts[0].len(), self.width);
        assert!(texts.iter().all(|text| text.len() == time), "texts of other lengths than {time}");
        let mut x = self.norm.forward(self.embed(texts)); // [batch * time, width]
        for layer in &self.layers {
            x = layer.forward(x, batch, time);
        }
        let tokens: Tensor<3> = x.reshape([batch, time, width]);
        let pooled: Tensor<2> = match self.pooling {
            Pooling::Mean => tokens.mean_dim(1).reshape([batch, width]),
            Pooling::First => tokens.narrow(1, 0, 1).reshape([batch, width]),
        };
        let pooled = match self.normalize {
            true => {
                let norm = pooled.clone().powi_scalar(2).sum_dim(1).sqrt(); // [batch, 1]
                pooled / norm.clamp_min(1e-12)
            }
            false => pooled,
        };
        pooled.into_data().iter::<f32>().collect()
    }

    /// Word plus position plus segment, `[batch * time, width]`.
    fn embed(&self, texts: &[&[u32]]) -> Tensor<2> {
        let width = self.width;
        let mut values = Vec::with_capacity(texts.len() * texts[0].len() * width);
        for text in texts {
            for (&token, position) in text.iter().zip(self.positions.chunks_exact(width)) {
                let word = &self.words[token as usize * width..][..width];
                values.extend(word.iter().zip(position).map(|(word, position)| word + position));
            }
        }
        let rows = values.len() / width;
        Tensor::from_data(TensorData::new(values, [rows, width]), &self.device)
    }
}

/// `(x - mean) / sqrt(variance + epsilon) * scale + shift` over the features of a row.
struct Norm {
    scale: Tensor<2>, // [1, width]
    shift: Tensor<2>, // [1, width]
    epsilon: f64,
}

impl Norm {
    fn load(weights: &Weights<'_>, name: &str, config: &Config) -> Result<Self, EncodeError> {
        let row = |part: &str| weights.row(&format!("{name}.{part}"), config.hidden_size);
        Ok(Self { scale: row("weight")?, shift: row("bias")?, epsilon: config.layer_norm_eps })
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let centred = x.clone() - x.mean_dim(1);
        let variance = centred.clone().powi_scalar(2).mean_dim(1); // [row, 1]
        let scaled = centred / (variance + self.epsilon).sqrt();
        scaled * self.scale.clone() + self.shift.clone()
    }
}

/// `x W + b`.
struct Dense {
    weight: Tensor<2>, // [input, output]
    bias: Tensor<2>,   // [1, output]
}

impl Dense {
    fn load(
        weights: &Weights<'_>,
        name: &str,
        [input, output]: [usize; 2],
    ) -> Result<Self, EncodeError> {
        let weight = weights.matrix(&format!("{name}.weight"), input, output)?;
        Ok(Self { weight, bias: weights.row(&format!("{name}.bias"), output)? })
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        x.matmul(self.weight.clone()) + self.bias.clone()
    }
}

struct Layer {
    query: Dense,
    key: Dense,
    value: Dense,
    attended: Dense,
    attended_norm: Norm,
    inner: Dense,
    outer: Dense,
    outer_norm: Norm,
    heads: usize,
}

impl Layer {
    fn load(weights: &Weights<'_>, layer: usize, config: &Config) -> Result<Self, EncodeError> {
        let (width, inner) = (config.hidden_size, config.intermediate_size);
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        let dense = |part: &str, shape| Dense::load(weights, &name(part), shape);
        let norm = |part: &str| Norm::load(weights, &name(part), config);
        Ok(Self {
            query: dense("attention.self.query", [width, width])?,
            key: dense("attention.self.key", [width, width])?,
            value: dense("attention.self.value", [width, width])?,
            attended: dense("attention.output.dense", [width, width])?,
            attended_norm: norm("attention.output.LayerNorm")?,
            inner: dense("intermediate.dense", [width, inner])?,
            outer: dense("output.dense", [inner, width])?,
            outer_norm: norm("output.LayerNorm")?,
            heads: config.num_attention_heads,
        })
    }

    /// # Shapes
    /// `[batch * time, width]` to the same.
    fn forward(&self, x: Tensor<2>, batch: usize, time: usize) -> Tensor<2> {
        let attended = self.attended.forward(self.attend(x.clone(), batch, time));
        let x = self.attended_norm.forward(x + attended);
        let inner = gelu(self.inner.forward(x.clone()));
        self.outer_norm.forward(x + self.outer.forward(inner))
    }

    /// `softmax(Q K^T / sqrt(d)) V` for each head, `d` its width.
    fn attend(&self, x: Tensor<2>, batch: usize, time: usize) -> Tensor<2> {
        let [rows, width] = x.dims();
        let split = |dense: &Dense| -> Tensor<4> {
            let each = [batch, time, self.heads, width / self.heads];
            dense.forward(x.clone()).reshape(each).swap_dims(1, 2) // [batch, head, time, d]
        };
        let (query, key, value) = (split(&self.query), split(&self.key), split(&self.value));
        let scale = 1.0 / ((width / self.heads) as f64).sqrt();
        let scores = query.matmul(key.swap_dims(2, 3)) * scale; // [batch, head, time, time]
        softmax(scores, 3).matmul(value).swap_dims(1, 2).reshape([rows, width])
    }
}
