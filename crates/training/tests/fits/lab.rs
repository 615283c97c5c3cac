//! Fits of a setting, as a run would carry them out and combine them.

use crate::setting::Setting;
use burn::tensor::Device;
use medley_reward_model::{Backbone, HeadLayout, Linear, ModelShape, Placement, Returns};
use medley_training::{
    Combination, CrossPrediction, Evidence, Fit, Fitted, HeldOut, Inference, Laplace, Mixing,
    Options, Source, Task, TrainingError, member_variance, return_sd,
};

/// Everything that the fits of a setting need beside its sources.
pub struct Lab {
    pub place: Placement,
    pub shape: ModelShape,
    pub options: Options,
    pub backbone: Box<dyn Backbone>,
    pub inference: Box<dyn Inference>,
}

impl Lab {
    pub fn new() -> Self {
        Self::of(1)
    }

    pub fn of(members: usize) -> Self {
        Self {
            place: Placement::single(Device::flex().autodiff()),
            shape: ModelShape { features: 3, layout: HeadLayout::shared(), members },
            options: Options::default(),
            backbone: Box::new(Linear { initial_scale: 0.01 }),
            inference: Box::new(Laplace::default()),
        }
    }

    pub fn task<'a>(
        &'a self,
        setting: &'a Setting,
        mixing: &'a dyn Mixing,
        fit: &'a Fit,
        sources: &'a [Source],
    ) -> Task<'a> {
        Task {
            sources,
            mixing,
            fit,
            tie: None,
            features: &setting.features,
            returns: Returns::Mean,
            backbone: self.backbone.as_ref(),
            shape: &self.shape,
            seed: 5,
            place: &self.place,
        }
    }

    pub fn fit(&self, setting: &Setting, sources: &[Source], mixing: &dyn Mixing) -> Vec<Fitted> {
        let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
        let fit = |fit: &Fit| {
            let own: Vec<Source> =
                sources.iter().filter(|s| fit.sources.contains(&s.name)).cloned().collect();
            let task = self.task(setting, mixing, fit, &own);
            self.inference.infer(&task, &self.options, None, &mut |_| {}).unwrap()
        };
        mixing.fits(&names).iter().map(fit).collect()
    }

    /// Fits with the heads and the tie that the mixing wants, and what they come to.
    pub fn mix(
        &self,
        setting: &Setting,
        sources: &[Source],
        mixing: &dyn Mixing,
    ) -> (Vec<Fitted>, Combination) {
        let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
        self.with_evidence(setting, sources, mixing, |evidence| {
            let fit = |fit: &Fit| {
                let own: Vec<Source> =
                    sources.iter().filter(|s| fit.sources.contains(&s.name)).cloned().collect();
                let layout = HeadLayout::shared().and(mixing.heads(fit)).unwrap();
                let shape = ModelShape { layout, ..self.shape.clone() };
                let tie = mixing.tie(fit, evidence).unwrap();
                let task = self.task(setting, mixing, fit, &own);
                let task = Task { shape: &shape, tie: tie.as_ref(), ..task };
                self.inference.infer(&task, &self.options, None, &mut |_| {}).unwrap()
            };
            let fitted: Vec<Fitted> = mixing.fits(&names).iter().map(fit).collect();
            let combination = mixing.combine(&fitted, evidence).unwrap();
            (fitted, combination)
        })
    }

    pub fn combine(&self, setting: &Setting, mixing: &dyn Mixing) -> (Vec<Fitted>, Combination) {
        let fitted = self.fit(setting, &setting.sources, mixing);
        let combination = self.combined(setting, mixing, &fitted).unwrap();
        (fitted, combination)
    }

    pub fn combined(
        &self,
        setting: &Setting,
        mixing: &dyn Mixing,
        fitted: &[Fitted],
    ) -> Result<Combination, TrainingError> {
        self.with_evidence(setting, &setting.sources, mixing, |evidence| {
            mixing.combine(fitted, evidence)
        })
    }

    /// Calls `act` with what a mixing of `sources` may know.
    pub fn with_evidence<T>(
        &self,
        setting: &Setting,
        sources: &[Source],
        mixing: &dyn Mixing,
        act: impl FnOnce(&Evidence<'_>) -> T,
    ) -> T {
        let place = self.place.inner();
        let held_out = HeldOut::new(sources, &setting.features, Returns::Mean, &place);
        let inference = self.inference.as_ref();
        let all = all_of(sources);
        let task = self.task(setting, mixing, &all, sources);
        act(&Evidence {
            held_out: &held_out,
            trust: &|| Ok(CrossPrediction::new(&task, inference, &self.options)?.trust()),
            return_sd: &|model| return_sd(model, &task),
            member_variance: &|model| member_variance(model, &task),
        })
    }
}

pub fn all_of(sources: &[Source]) -> Fit {
    let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    Fit::of(&names)
}
