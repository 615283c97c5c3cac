use super::*;
use crate::learned_policy::decide;
use crate::network::run;
use medley_world::{Acrobot, Pendulum, World};

fn device() -> Device {
    Device::flex().autodiff()
}

#[test]
fn the_slope_of_the_surrogate_stops_where_it_is_clipped() {
    let check = |ratio: f32, advantage: f32, loss: f32, slope: f32| {
        let leaf = |value: f32| Tensor::<1>::from_floats([value], &device());
        let log_probability = leaf(ratio.ln()).require_grad();
        let found = clipped_surrogate(log_probability.clone(), leaf(0.0), leaf(advantage), 0.2);
        let gradients = found.clone().sum().backward();
        let off = [
            found.into_scalar::<f32>() - loss,
            log_probability.grad(&gradients).unwrap().into_scalar::<f32>() - slope,
        ];
        assert!(off.iter().all(|off| off.abs() < 1e-6), "{ratio} {advantage}: {off:?}");
    };
    // Within the clip: -ratio A, which is its own derivative by the logarithm.
    check(1.1, 2.0, -2.2, -2.2);
    check(0.9, -2.0, 1.8, 1.8);
    // Beyond it, where going on would gain: no slope.
    check(1.5, 2.0, -2.4, 0.0);
    check(0.5, -2.0, 1.6, 0.0);
    // Beyond it, where coming back would gain: the slope stays.
    check(0.5, 2.0, -1.0, -1.0);
    check(1.5, -2.0, 3.0, 3.0);
}

/// The loss by plain loops, in double precision where it matters.
fn plain(network: &Network, parameters: &[f32], batch: &Minibatch, options: &PpoOptions) -> f64 {
    let steps = batch.advantages.len();
    let mut total = 0.0;
    for step in 0..steps {
        let seen = &batch.seen[step * network.inputs..][..network.inputs];
        let width = network.head.width();
        let of = decide(network, parameters, seen);
        let now = of.log_probability(&batch.choices[step * width..][..width]);
        let ratio = f64::from(now - batch.log_probabilities[step]).exp();
        let advantage = f64::from(batch.advantages[step]);
        let near = ratio.clamp(1.0 - options.clip, 1.0 + options.clip);
        let value = run(&network.values, parameters, seen)[0];
        let miss = f64::from(value - batch.returns[step]);
        let entropy = match &of {
            crate::distribution::Distribution::Discrete(all) => {
                -all.iter().map(|p| f64::from(*p).exp() * f64::from(*p)).sum::<f64>()
            }
            crate::distribution::Distribution::Continuous { log_sds, .. } => {
                let one = |log_sd: &f32| f64::from(log_sd + HALF_LOG_TAU) + 0.5;
                log_sds.iter().map(one).sum()
            }
        };
        total += -(ratio * advantage).min(near * advantage) + options.value * miss * miss / 2.0
            - options.entropy * entropy;
    }
    total / steps as f64
}

#[test]
fn the_gradient_is_that_of_the_plain_loss() {
    let check = |world: &dyn World, choices: Vec<f32>| {
        let options = PpoOptions { hidden: vec![3], entropy: 0.1, clip: 0.9, ..Default::default() };
        let network = Network::new(world, &options);
        let wave = |count: usize, by: f32| -> Vec<f32> {
            (0..count).map(|i| (by * (i as f32 + 1.0)).sin()).collect()
        };
        let mut parameters = wave(network.parameter_count(), 0.7);
        let batch = Minibatch {
            seen: wave(4 * network.inputs, 1.3),
            choices,
            log_probabilities: vec![-1.0, -1.2, -0.9, -1.1],
            advantages: vec![1.0, -0.5, 0.3, -1.2],
            returns: vec![0.5, 1.0, -1.0, 2.0],
        };
        let found = gradient(&network, &parameters, &batch, &options, &device());
        assert_eq!(found.len(), network.parameter_count());
        for (place, slope) in found.iter().enumerate() {
            let start = parameters[place];
            let mut at = |value: f32| {
                parameters[place] = value;
                plain(&network, &parameters, &batch, &options)
            };
            let (high, low) = (start + 5e-3, start - 5e-3);
            let expected = (at(high) - at(low)) / f64::from(high - low);
            parameters[place] = start;
            assert!((f64::from(*slope) - expected).abs() < 2e-3, "{place}: {slope} {expected}");
        }
    };
    check(&Acrobot::default(), vec![0.0, 2.0, 1.0, 2.0]);
    check(&Pendulum::default(), vec![0.3, -0.5, 1.0, 0.1]);
}
