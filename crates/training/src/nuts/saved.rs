//! Draws so far, in memory and beside a chain on disk.

use crate::{CheckpointFolder, Task, TrainingError};
use medley_sampler::{Chain, LogDensity, NutsOptions, Report, SamplerError, Samples, Transition};
use std::path::Path;

/// Name of the file in the folder of checkpoints.
const FILE: &str = "chains.bin";

/// Numbers of a transition, which stand behind the position.
const OF_TRANSITION: usize = 6;

/// Draws of all chains, one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draws {
    /// A position, and behind it what the transition to it was like.
    rows: Vec<Vec<f64>>,
}

impl Draws {
    pub fn push(&mut self, position: &[f64], of: &Transition) {
        let flag = |is: bool| f64::from(u8::from(is));
        let numbers = [
            of.acceptance,
            f64::from(of.depth),
            of.leapfrogs as f64,
            flag(of.diverged),
            flag(of.cut),
            of.energy,
        ];
        self.rows.push(position.iter().copied().chain(numbers).collect());
    }

    /// Chains that have as many draws.
    pub fn complete(&self, draws: usize) -> usize {
        self.rows.len() / draws
    }

    pub fn leapfrogs(&self) -> u64 {
        self.rows.iter().map(|row| transition(row).leapfrogs).sum()
    }

    /// What can be said of each parameter, by its name, by chains of so many draws.
    pub fn report(&self, draws: usize, names: &[String]) -> Result<Report, SamplerError> {
        let mut samples = Samples::default();
        for chain in self.rows.chunks(draws) {
            samples.draws.push(chain.iter().map(|row| position(row).to_vec()).collect());
            samples.transitions.push(chain.iter().map(|row| transition(row)).collect());
        }
        samples.report(names)
    }

    /// The first `length` numbers of as many draws, evenly spaced; of the mean of all for one.
    pub fn members(&self, members: usize, length: usize) -> Vec<Vec<f64>> {
        let count = self.rows.len();
        if members == 1 {
            let mean =
                |place: usize| self.rows.iter().map(|row| row[place]).sum::<f64>() / count as f64;
            return vec![(0..length).map(mean).collect()];
        }
        let place = |member: usize| (2 * member + 1) * count / (2 * members);
        (0..members).map(|member| self.rows[place(member)][..length].to_vec()).collect()
    }
}

fn position(row: &[f64]) -> &[f64] {
    &row[..row.len() - OF_TRANSITION]
}

fn transition(row: &[f64]) -> Transition {
    let of = &row[row.len() - OF_TRANSITION..];
    Transition {
        acceptance: of[0],
        depth: of[1] as u32,
        leapfrogs: of[2] as u64,
        diverged: of[3] != 0.0,
        cut: of[4] != 0.0,
        energy: of[5],
    }
}

/// Writes draws and the chain that goes on: a hash of the rest, the fit, draws, the chain.
pub fn save(
    folder: &CheckpointFolder,
    task: &Task<'_>,
    draws: &Draws,
    chain: &Chain,
) -> Result<(), TrainingError> {
    let mut rest = header(task).to_vec();
    rest.extend((chain.number() as u64).to_le_bytes());
    rest.extend((draws.rows.len() as u64).to_le_bytes());
    rest.extend(draws.rows.iter().flatten().flat_map(|number| number.to_le_bytes()));
    rest.extend(chain.to_bytes());
    let bytes: Vec<u8> = blake3::hash(&rest).as_bytes().iter().copied().chain(rest).collect();
    folder.write_beside(FILE, &bytes)
}

/// Which fit it is of.
fn header(task: &Task<'_>) -> [u8; 32] {
    *blake3::hash(format!("{} {}", task.fit, task.seed).as_bytes()).as_bytes()
}

/// What was written; none if nothing was.
///
/// # Errors
/// If it is broken, or of another fit.
pub fn load(
    folder: &CheckpointFolder,
    task: &Task<'_>,
    density: &impl LogDensity,
    options: &NutsOptions,
) -> Result<Option<(Draws, Chain)>, TrainingError> {
    let Some((path, bytes)) = folder.read_beside(FILE)? else { return Ok(None) };
    parse(&bytes, task, density, options, &path).map(Some)
}

fn parse(
    bytes: &[u8],
    task: &Task<'_>,
    density: &impl LogDensity,
    options: &NutsOptions,
    path: &Path,
) -> Result<(Draws, Chain), TrainingError> {
    let broken = |reason: String| TrainingError::Broken { path: path.to_owned(), reason };
    let cut = |bytes: &[u8]| broken(format!("expected more than its {} bytes", bytes.len()));
    let (hash, rest) = bytes.split_at_checked(32).ok_or_else(|| cut(bytes))?;
    let found = blake3::hash(rest);
    if found.as_bytes() != hash {
        return Err(broken(format!("expected another content, found blake3 {}", found.to_hex())));
    }
    let (fit, rest) = rest.split_at_checked(32).ok_or_else(|| cut(bytes))?;
    if fit != header(task) {
        return Err(broken(format!(
            "expected fit {} of seed {}, found another",
            task.fit, task.seed
        )));
    }
    let (words, rest) = rest.split_at_checked(16).ok_or_else(|| cut(bytes))?;
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0_u64, |sum, &b| sum << 8 | u64::from(b));
    let (number, count) = (word(&words[..8]) as usize, word(&words[8..]) as usize);
    let width = density.dim() + OF_TRANSITION;
    let (rows, chain) = rest.split_at_checked(8 * width * count).ok_or_else(|| cut(bytes))?;
    let row = |bytes: &[u8]| bytes.chunks(8).map(|word_of| f64::from_bits(word(word_of))).collect();
    let draws = Draws { rows: rows.chunks(8 * width).map(row).collect() };
    let chain = Chain::from_bytes(chain, density, options, task.seed, number)
        .map_err(|error| broken(error.to_string()))?;
    Ok((draws, chain))
}
