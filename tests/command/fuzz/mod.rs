//! Inputs that nearly fit, by the thousand: what is accepted is sound, what is refused is named, and nothing
//! panics or is left behind.
//!
//! Inputs are drawn by proptest, which also makes a failing one small. Without more, each target draws the
//! same inputs every time; `scripts/fuzz.sh` sets `MEDLEY_FUZZ_SECS` (for each target) and
//! `MEDLEY_FUZZ_SEED`, and draws others. What a target found stands as a test of its own beside what was
//! mended.

mod bytes;
mod conversations;
mod corpora;
mod edits;
mod files;
mod line_files;
mod mappings;
mod models;
mod specs;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::cell::Cell;
use std::fmt::Debug;
use std::time::{Duration, Instant};

type Outcome = Result<(), TestCaseError>;

/// Tries `property` on `cases` inputs, or for the time that the environment says.
fn fuzz<S: Strategy>(target: &str, cases: u32, inputs: S, property: impl Fn(S::Value) -> Outcome)
where
    S::Value: Debug,
{
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let Some(secs) = number("MEDLEY_FUZZ_SECS") else {
        return round(target, 0, cases, &inputs, &property);
    };
    let first = number("MEDLEY_FUZZ_SEED").unwrap_or(1);
    let (start, tried) = (Instant::now(), Cell::new(0_u64));
    let counted = |input: S::Value| {
        tried.set(tried.get() + 1);
        property(input)
    };
    for seed in first.. {
        round(target, seed, cases.min(500), &inputs, &counted);
        if start.elapsed() >= Duration::from_secs(secs) {
            break;
        }
    }
    println!("{target}: {} executions in {:.0} s", tried.get(), start.elapsed().as_secs_f64());
}

fn round<S: Strategy>(
    target: &str,
    seed: u64,
    cases: u32,
    inputs: &S,
    property: &impl Fn(S::Value) -> Outcome,
) where
    S::Value: Debug,
{
    let config =
        Config { cases, failure_persistence: None, max_shrink_iters: 4000, ..Config::default() };
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &key);
    match TestRunner::new_with_rng(config, rng).run(inputs, property) {
        Ok(()) => {}
        Err(TestError::Fail(reason, input)) => {
            panic!("{target}, seed {seed}: {reason}\nsmallest input: {input:#?}")
        }
        Err(TestError::Abort(reason)) => panic!("{target}, seed {seed}: {reason}"),
    }
}

/// Greatest memory that the process has had, in MiB; none where the system does not say.
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}
