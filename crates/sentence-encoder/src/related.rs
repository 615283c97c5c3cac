//! What a text has in common with its prompt and its context: the values of a row of features.

use crate::inputs::Row;
use std::borrow::Cow;

/// Names of what stands in a row of related vectors, each as many features as a vector has numbers:
/// the text; its product with the prompt and the absolute difference to it; the same with the
/// closest sentence of the context. As sentence classifiers compare two texts (Conneau et al. 2017).
pub(crate) const RELATED: [&str; 5] =
    ["embedding", "prompt-product", "prompt-difference", "context-product", "context-difference"];

/// Values of a row, where `vector` says what a text has and vectors have `width` numbers.
pub(crate) fn values_of<'v>(
    row: &Row,
    width: usize,
    vector: &impl Fn(usize) -> Cow<'v, [f32]>,
) -> Vec<f32> {
    match row {
        Row::Beside(texts) => {
            let of = |text: &Option<usize>| {
                text.map_or_else(|| vec![0.0; width], |text| vector(text).into_owned())
            };
            texts.iter().flat_map(of).collect()
        }
        Row::Related { text, prompt, context } => {
            let text = vector(*text);
            let context: Vec<Cow<'_, [f32]>> = context.iter().map(|&place| vector(place)).collect();
            let question = match prompt {
                Some(prompt) => Some(vector(*prompt).into_owned()),
                None => mean(&context, width),
            };
            let closest = closest(&text, &context);
            let mut values = text.to_vec();
            values.extend(compared(&text, question.as_deref()));
            values.extend(compared(&text, closest));
            values
        }
    }
}

/// Product and absolute difference; zeros if there is nothing to compare with.
fn compared(text: &[f32], other: Option<&[f32]>) -> Vec<f32> {
    match other {
        None => vec![0.0; 2 * text.len()],
        Some(other) => {
            let products = text.iter().zip(other).map(|(a, b)| a * b);
            let differences = text.iter().zip(other).map(|(a, b)| (a - b).abs());
            products.chain(differences).collect()
        }
    }
}

/// The direction of the mean of vectors, as long as they are on average; none if they add up to nothing.
fn mean(vectors: &[Cow<'_, [f32]>], width: usize) -> Option<Vec<f32>> {
    let mut sum = vec![0.0f64; width];
    for vector in vectors {
        sum.iter_mut().zip(vector.iter()).for_each(|(sum, &x)| *sum += f64::from(x));
    }
    let lengths: f64 = vectors.iter().map(|vector| dot(vector, vector).sqrt()).sum();
    let typical = lengths / vectors.len().max(1) as f64;
    let norm = dot(&sum, &sum).sqrt();
    (norm > 0.0).then(|| sum.iter().map(|x| (x / norm * typical) as f32).collect())
}

/// The vector of the largest cosine with a text, the first of equals.
fn closest<'v>(text: &[f32], vectors: &'v [Cow<'_, [f32]>]) -> Option<&'v [f32]> {
    let mut best: Option<(f64, &[f32])> = None;
    for vector in vectors {
        let found = cosine(text, vector);
        if best.is_none_or(|(known, _)| found > known) {
            best = Some((found, vector));
        }
    }
    best.map(|(_, vector)| vector)
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
}

fn dot<X: Copy + Into<f64>>(a: &[X], b: &[X]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| a.into() * b.into()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    const VECTORS: [[f32; 2]; 4] = [[0.6, 0.8], [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]];

    fn vector(text: usize) -> Cow<'static, [f32]> {
        Cow::Borrowed(&VECTORS[text])
    }

    fn related(prompt: Option<usize>, context: &[usize]) -> Vec<f32> {
        values_of(&Row::Related { text: 0, prompt, context: Rc::from(context) }, 2, &vector)
    }

    #[test]
    fn what_two_have_in_common_by_hand() {
        // Of the context, (0, 1) has the cosine 0.8 and (-1, 0) has -0.6.
        let found = related(Some(1), &[3, 2]);
        let expected = [0.6, 0.8, 0.6, 0.0, 0.4, 0.8, 0.0, 0.8, 0.6, 0.2];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
        assert_eq!(found.len(), expected.len());
    }

    #[test]
    fn without_a_prompt_it_is_the_mean_of_the_context_and_of_nothing_it_is_zeros() {
        // The mean of (1, 0) and (0, 1) is (1, 1) / sqrt(2).
        let found = related(None, &[1, 2]);
        let half = 0.5f32.sqrt();
        assert!((found[2] - 0.6 * half).abs() < 1e-6 && (found[5] - (0.8 - half)).abs() < 1e-6);
        assert_eq!(related(None, &[])[2..], [0.0; 8]);
        assert_eq!(related(Some(1), &[])[6..], [0.0; 4]);
        // What adds up to nothing is no direction.
        assert_eq!(related(None, &[1, 3])[2..6], [0.0; 4]);
    }

    /// A model that does not normalize has vectors of length 5, and so has what stands for a prompt.
    #[test]
    fn what_stands_for_a_prompt_is_as_long_as_vectors_are() {
        let long = |text: usize| Cow::Owned(VECTORS[text].iter().map(|x| 5.0 * x).collect());
        let found = mean(&[long(1), long(2)], 2).unwrap();
        let half = 0.5f32.sqrt();
        assert!((found[0] - 5.0 * half).abs() < 1e-5 && (found[1] - 5.0 * half).abs() < 1e-5);
    }

    #[test]
    fn vectors_stand_side_by_side() {
        let row = Row::Beside(vec![None, Some(2)]);
        assert_eq!(values_of(&row, 2, &vector), [0.0, 0.0, 0.0, 1.0]);
    }
}
