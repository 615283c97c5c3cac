//! What is known of a function at a point?

/// A point with its value and gradient.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub at: Vec<f64>,
    pub value: f64,
    pub gradient: Vec<f64>,
}

impl Point {
    pub fn evaluate(at: Vec<f64>, f: &mut dyn FnMut(&[f64], &mut [f64]) -> f64) -> Self {
        let mut gradient = vec![0.0; at.len()];
        let value = f(&at, &mut gradient);
        Self { at, value, gradient }
    }

    pub fn is_finite(&self) -> bool {
        self.value.is_finite() && self.gradient.iter().all(|slope| slope.is_finite())
    }

    pub fn gradient_norm(&self) -> f64 {
        dot(&self.gradient, &self.gradient).sqrt()
    }
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
