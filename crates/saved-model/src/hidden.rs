//! What the last hidden layer of a trained network says of steps: features for whatever is linear in them.

use crate::{SavedModel, SavedModelError};
use burn::tensor::Device;
use medley_dataset::Dataset;
use medley_encoder::Features;
use medley_reward_model::{Placement, Returns, SegmentBatch};
use std::path::Path;

/// Segments that the network is asked about in one pass.
const AT_ONCE: usize = 256;

impl SavedModel {
    /// Activations of the last hidden layer of the first member at every step of a dataset, and how returns
    /// add up. One row a step, `hidden-0` and on.
    ///
    /// # Errors
    /// As of [`SavedModel::score`], or the model is a sum of several fits or has no hidden layer.
    pub fn hidden(
        folder: &Path,
        dataset: &Dataset,
        device: Device,
    ) -> Result<(Features, Returns), SavedModelError> {
        let saved = Self::read(folder)?;
        let standardizer = saved.standardizer(folder)?;
        let features = saved.features_of(standardizer.as_ref(), dataset)?;
        let place = Placement::single(device);
        let model = saved.model(folder, None, &place)?;
        let layer = model.last_layer().ok_or_else(|| SavedModelError::Broken {
            what: "model",
            reason:
                "expected one network with a hidden layer before its heads, found a sum of several \
                     fits, or a backbone that offers none"
                    .to_owned(),
        })?;
        let (mut values, mut windows, mut width) = (Vec::new(), Vec::new(), 0);
        let mut rows = 0;
        for first in (0..dataset.segments().len()).step_by(AT_ONCE) {
            let chunk = first..(first + AT_ONCE).min(dataset.segments().len());
            let read: Vec<_> = chunk.clone().map(|segment| features.segment(segment)).collect();
            let slices: Vec<&[f32]> = read.iter().map(AsRef::as_ref).collect();
            let batch = SegmentBatch::collate(features.feature_count(), &slices, &place);
            let hidden = layer.hidden(&batch);
            let [_, _, time, units] = hidden.dims();
            width = units;
            let all: Vec<f32> = hidden.into_data().iter::<f32>().collect();
            for (place, segment) in chunk.enumerate() {
                let steps = features.steps(segment);
                values.extend_from_slice(&all[place * time * units..][..steps * units]);
                windows.push(rows..rows + steps);
                rows += steps;
            }
        }
        let names = (0..width).map(|unit| format!("hidden-{unit}")).collect();
        Ok((Features::new(names, values, windows), saved.reward_model.returns))
    }
}
