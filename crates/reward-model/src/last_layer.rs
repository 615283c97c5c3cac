//! The last layer of a network: heads that are a product of a hidden layer, without bias.
//!
//! Given the layers before, such a reward is linear in the weights of its heads, so that whatever finds
//! the optimum of a linear reward finds that of the heads.

use crate::SegmentBatch;
use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;
use std::ops::Range;

/// A model whose heads are `hidden . weight`.
pub trait LastLayer {
    /// What the weights of the heads are multiplied by at every step.
    ///
    /// # Shapes
    /// `[member, batch, time, width]`, zero where the batch has padding; of one member where it is the
    /// same for all.
    fn hidden(&self, batch: &SegmentBatch) -> Tensor<4>;

    /// Weights of the heads.
    ///
    /// # Shapes
    /// `[member, width, head]`
    fn weight(&self) -> &Param<Tensor<3>>;
}

/// Where the numbers of a parameter are among those of a module, in the order of the module.
pub(crate) fn places_of<M: Module>(module: &M, parameter: ParamId) -> Option<Range<usize>> {
    let mut search = Search { parameter, start: 0, found: None };
    module.visit(&mut search);
    search.found
}

struct Search {
    parameter: ParamId,
    start: usize,
    found: Option<Range<usize>>,
}

impl ModuleVisitor for Search {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let end = self.start + param.val().shape().num_elements();
        if param.id == self.parameter {
            self.found = Some(self.start..end);
        }
        self.start = end;
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        Backbone, HeadLayout, Linear, Mlp, ModelShape, Placement, SegmentBatch, Trainable,
        Transformer,
    };
    use burn::tensor::{DType, Device};
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    const MEMBERS: usize = 2;

    fn backbones() -> [Box<dyn Backbone>; 4] {
        let mlp = |hidden| Mlp { hidden, head_scale: 1.0 };
        let transformer =
            Transformer { layers: 1, width: 4, heads: 2, expansion: 1, ..Transformer::default() };
        [
            Box::new(Linear::default()),
            Box::new(mlp(vec![])),
            Box::new(mlp(vec![5, 3])),
            Box::new(transformer),
        ]
    }

    fn built(backbone: &dyn Backbone) -> Box<dyn Trainable> {
        let place = Placement { device: Device::flex(), dtype: DType::F64 };
        let layout = HeadLayout::with_aspects(vec!["style".to_owned()]);
        let shape = ModelShape { features: 2, layout, members: MEMBERS };
        let mut streams: Vec<_> = (1..).take(MEMBERS).map(ChaCha8Rng::seed_from_u64).collect();
        backbone.module(&shape, &mut streams, &place)
    }

    /// Heads are, by hand, the product of the hidden layer and of the numbers that stand where the
    /// weights of the heads are said to be, and nothing at padding.
    #[test]
    fn heads_are_the_product_of_the_hidden_layer_and_their_weights() {
        for backbone in backbones() {
            let model = built(backbone.as_ref());
            let place = Placement { device: Device::flex(), dtype: DType::F64 };
            let batch = SegmentBatch::collate(2, &[&[1.0, 0.5, -1.0, 2.0], &[0.3, 0.1]], &place);
            let hidden = model.last_layer().unwrap().hidden(&batch);
            let [own, size, time, width] = hidden.dims();
            assert_eq!(backbone.hidden_width(2), Some(width), "{backbone:?}");
            let hidden: Vec<f64> = hidden.into_data().iter::<f64>().collect();
            let places = model.head_places().unwrap();
            assert_eq!(places.len(), MEMBERS * width * 2, "{backbone:?}");
            let weights = &model.read()[places];
            let heads: Vec<f64> = model.heads(&batch).into_data().iter::<f64>().collect();
            for (i, found) in heads.iter().enumerate() {
                let (head, step, member) = (i % 2, i / 2 % (size * time), i / (2 * size * time));
                let at = &hidden[(member % own * size * time + step) * width..][..width];
                let product = |(j, x): (usize, &f64)| x * weights[(member * width + j) * 2 + head];
                let by_hand: f64 = at.iter().enumerate().map(product).sum();
                assert!((found - by_hand).abs() < 1e-12, "{backbone:?} {i}: {found} {by_hand}");
            }
            assert!(heads[2 * 3..2 * 4].iter().all(|&x| x == 0.0), "padding of {backbone:?}");
        }
    }
}
