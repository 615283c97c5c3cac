//! How far was each reward optimized beyond what it is worth?
//!
//! Proxy and gold are counted from the first policy, in standard deviations of its returns: a learned reward
//! has no origin and no unit of its own (Gao et al. 2023 and Coste et al. 2024 normalize so).

use crate::Optimized;
use crate::course::{Course, CourseStage};
use crate::overoptimization_labels::labels;
use medley_evaluation::{
    Alarm, AlarmError, AlarmState, Divergence, Optimization, OptimizedPolicy, OveroptimizationFit,
    Peak, ProxyAndGold, alarm, divergence, fit_overoptimization,
};
use medley_report::{AlarmVerdict, CourseRow, OveroptimizationRow, OveroptimizationRunRow};

/// What is known of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overoptimization {
    /// Every policy on the way.
    pub courses: Vec<CourseRow>,
    /// Every course: its fit, what was lost, its alarm.
    pub runs: Vec<OveroptimizationRunRow>,
    /// Numbers over all courses of a label.
    pub labels: Vec<OveroptimizationRow>,
}

/// Judges every course; nothing where there are none, as of tables.
pub fn overoptimization(found: &Optimized) -> Overoptimization {
    let Some(first) = found.rows.first() else { return Overoptimization::default() };
    let place = Place { world: &first.world, method: &first.method };
    let courses = found.courses.iter().flat_map(|course| place.stages(course)).collect();
    let runs: Vec<OveroptimizationRunRow> =
        found.courses.iter().map(|course| place.judged(course)).collect();
    let labels = labels(&runs);
    Overoptimization { courses, runs, labels }
}

/// Where, and how.
struct Place<'a> {
    world: &'a str,
    method: &'a str,
}

impl Place<'_> {
    fn stages<'c>(&self, course: &'c Course) -> impl Iterator<Item = CourseRow> + use<'c, '_> {
        let (world, method) = (self.world.to_owned(), self.method.to_owned());
        course.stages.iter().map(move |stage| CourseRow {
            world: world.clone(),
            method: method.clone(),
            label: course.label.clone(),
            reward: course.reward.clone(),
            seed: course.seed,
            at: stage.at,
            kl: stage.kl,
            proxy: stage.proxy,
            gold: stage.gold,
            proxy_gain: course.proxy.gain(stage.proxy),
            gold_gain: course.gold.gain(stage.gold),
            uncertainty: stage.uncertainty,
            from_data: stage.from_data,
        })
    }

    fn judged(&self, course: &Course) -> OveroptimizationRunRow {
        let curve = match self.method {
            "best-of-n" => Optimization::BestOfN,
            _ => Optimization::ReinforcementLearning,
        };
        let reach = course.stages.iter().map(|stage| stage.kl.sqrt()).fold(0.0, f64::max);
        let (fit, no_fit) = split(fitted(course, curve));
        let (peak, no_peak) = split(fit.map_or(Ok(None), |fit| within(&fit, reach).map(Some)));
        let (apart, no_gap) = split(apart(course));
        let (verdict, why) = warned(course);
        let last = course.stages.last();
        let gain = |of: fn(&Course, &CourseStage) -> Option<f64>| of(course, last?);
        let mut reasons = vec![why];
        reasons.extend([no_fit, no_peak, no_gap].into_iter().flatten());
        reasons.dedup();
        OveroptimizationRunRow {
            world: self.world.to_owned(),
            method: self.method.to_owned(),
            label: course.label.clone(),
            reward: course.reward.clone(),
            seed: course.seed,
            price: course.price,
            alpha: fit.map(|fit| fit.alpha),
            alpha_error: fit.and_then(|fit| Some(fit.errors?.alpha)),
            beta: fit.map(|fit| fit.beta),
            beta_error: fit.and_then(|fit| Some(fit.errors?.beta)),
            residual_sd: fit.map(|fit| fit.residual_sd).filter(|sd| sd.is_finite()),
            peak: peak.flatten().map(|peak| peak.distance),
            peak_error: peak.flatten().and_then(|peak| peak.distance_error),
            reach,
            proxy: gain(|course, last| course.proxy.gain(last.proxy)),
            gold: gain(|course, last| course.gold.gain(last.gold)),
            gap: apart.map(|apart| apart.gap),
            best: apart.map(|apart| apart.best_kl.sqrt()),
            lost: apart.map(|apart| apart.lost),
            alarm: verdict,
            reason: reasons.join("; "),
        }
    }
}

fn split<T>(result: Result<T, String>) -> (Option<T>, Option<String>) {
    match result {
        Ok(value) => (Some(value), None),
        Err(reason) => (None, Some(reason)),
    }
}

/// The curve of gold.
fn fitted(course: &Course, curve: Optimization) -> Result<OveroptimizationFit, String> {
    let policy = |stage: &CourseStage| {
        Some(OptimizedPolicy { kl: stage.kl, reward: course.gold.gain(stage.gold)? })
    };
    let policies: Option<Vec<OptimizedPolicy>> = course.stages.iter().map(policy).collect();
    let policies = policies.ok_or_else(|| flat("true"))?;
    fit_overoptimization(curve, &policies, 0.0).map_err(|error| format!("no fit: {error}"))
}

fn flat(which: &str) -> String {
    format!("no unit: {which} returns of the first policy do not differ")
}

/// The peak of a curve, if policies came that far.
pub(crate) fn within(fit: &OveroptimizationFit, reach: f64) -> Result<Peak, String> {
    match fit.peak() {
        Some(peak) if peak.distance <= reach => Ok(peak),
        Some(peak) => {
            Err(format!("no peak within reach: {:.3} lies beyond {reach:.3}", peak.distance))
        }
        None if fit.alpha <= 0.0 => Err("no peak: gold falls from the start".to_owned()),
        None => Err("no peak: gold rises on".to_owned()),
    }
}

fn apart(course: &Course) -> Result<Divergence, String> {
    let policy = |stage: &CourseStage| {
        let gold = course.gold.gain(stage.gold).ok_or_else(|| flat("true"))?;
        let proxy = course.proxy.gain(stage.proxy).ok_or_else(|| flat("learned"))?;
        Ok(ProxyAndGold { kl: stage.kl, proxy, gold })
    };
    let policies = course.stages.iter().map(policy).collect::<Result<Vec<_>, String>>()?;
    divergence(&policies).map_err(|error| format!("no gap: {error}"))
}

fn warned(course: &Course) -> (AlarmVerdict, String) {
    if course.reward == "true" {
        let reason = "nothing to warn of: it is the true reward";
        return (AlarmVerdict::Undecided, reason.to_owned());
    }
    match alarm(&course.samples) {
        Err(AlarmError::NoWarning) => {
            let reason = "nothing to warn by: one member, and no distance from the data, as features were \
                          not standardized";
            (AlarmVerdict::Undecided, reason.to_owned())
        }
        Err(error) => (AlarmVerdict::Undecided, error.to_string()),
        Ok(found) => (verdict(found.state), why(&found)),
    }
}

fn verdict(state: AlarmState) -> AlarmVerdict {
    match state {
        AlarmState::Raised { .. } => AlarmVerdict::Raised,
        AlarmState::Quiet => AlarmVerdict::Quiet,
        AlarmState::Undecided => AlarmVerdict::Undecided,
    }
}

fn why(found: &Alarm) -> String {
    match found.state {
        AlarmState::Raised { uncertainty: true, from_data: true } => {
            "the proxy rises, and so do disagreement and distance from the data".to_owned()
        }
        AlarmState::Raised { uncertainty: true, .. } => {
            "the proxy rises, and so does the disagreement of members".to_owned()
        }
        AlarmState::Raised { .. } => {
            "the proxy rises, and so does the distance from the data".to_owned()
        }
        AlarmState::Quiet if found.proxy.rises != Some(true) => {
            "the proxy is not shown to rise".to_owned()
        }
        AlarmState::Quiet => {
            "the proxy rises, and neither disagreement nor distance from the data is shown to"
                .to_owned()
        }
        AlarmState::Undecided => {
            format!("there are {} samples, and 5 are needed", found.proxy.slope.clusters)
        }
    }
}

#[cfg(test)]
#[path = "overoptimization_tests.rs"]
mod tests;
