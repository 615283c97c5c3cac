//! A chain as bytes: all that its next transitions depend on but options, seed and number.
//!
//! Numbers are written with all their bits, so that a chain that was killed goes on as if it had not
//! been. Whoever writes them to a file sees to it that the file is whole.

use crate::nuts::{Metric, Moments, Point, StepSize};
use crate::{Chain, LogDensity, NutsOptions, SamplerError};

/// Names the layout; another one needs another name.
const MAGIC: &[u8; 8] = b"nuts-1\0\0";

/// Numbers beside the seven vectors: counts, log-density and step size.
const SCALARS: usize = 8;
const VECTORS: usize = 7;

impl Chain {
    /// The chain as it is now.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self { point, step, moments, .. } = self;
        let counts = [self.transitions, moments.count];
        let scalars =
            [point.log_density, step.step, step.anchor, step.count, step.error, step.log_mean];
        let [means, slopes] = &moments.means;
        let [squares, slope_squares] = &moments.squares;
        let vectors: [&[f64]; VECTORS] = [
            &point.position,
            &point.gradient,
            self.metric.variances(),
            means,
            slopes,
            squares,
            slope_squares,
        ];
        let numbers = scalars.iter().chain(vectors.into_iter().flatten());
        let words = counts.into_iter().chain(numbers.map(|number| number.to_bits()));
        MAGIC.iter().copied().chain(words.flat_map(u64::to_le_bytes)).collect()
    }

    /// The chain that was written, which goes on under the options, seed and number that it had.
    ///
    /// # Errors
    /// If these are not the bytes of a chain of this density.
    pub fn from_bytes(
        bytes: &[u8],
        density: &impl LogDensity,
        options: &NutsOptions,
        seed: u64,
        number: usize,
    ) -> Result<Self, SamplerError> {
        options.check()?;
        let dim = density.dim();
        let broken = |expected: String, found: String| SamplerError::Saved {
            chain: number,
            expected,
            found,
        };
        let length = MAGIC.len() + 8 * (SCALARS + VECTORS * dim);
        if bytes.len() != length {
            let expected = format!("{length} bytes for {dim} coordinates");
            return Err(broken(expected, format!("{} bytes", bytes.len())));
        }
        let (magic, rest) = bytes.split_at(MAGIC.len());
        if magic != MAGIC {
            let found = format!("`{}`", String::from_utf8_lossy(magic).escape_default());
            return Err(broken("a file that begins with `nuts-1`".to_owned(), found));
        }
        let words: Vec<u64> =
            rest.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
        let (scalars, vectors) = words.split_at(SCALARS);
        let scalar = |place: usize| f64::from_bits(scalars[place]);
        let vector = |place: usize| -> Vec<f64> {
            vectors[place * dim..][..dim].iter().map(|&bits| f64::from_bits(bits)).collect()
        };
        let chain = Self {
            options: options.clone(),
            seed,
            number,
            transitions: scalars[0],
            point: Point { position: vector(0), gradient: vector(1), log_density: scalar(2) },
            metric: Metric::new(vector(2)),
            step: StepSize {
                step: scalar(3),
                anchor: scalar(4),
                count: scalar(5),
                error: scalar(6),
                log_mean: scalar(7),
            },
            moments: Moments {
                count: scalars[1],
                means: [vector(3), vector(4)],
                squares: [vector(5), vector(6)],
            },
        };
        let numbers = chain.point.position.iter().chain([&chain.step.step]);
        let broken_number = numbers.copied().find(|value| !value.is_finite());
        match broken_number {
            None => Ok(chain),
            Some(value) => Err(broken("finite numbers".to_owned(), value.to_string())),
        }
    }
}
