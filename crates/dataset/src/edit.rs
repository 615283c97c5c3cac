//! Which sentences an edit changed.

use crate::sentence::step_sentences;

/// Sentences of each side that an edit changed: those of `original` that it removed or rewrote,
/// and those of `corrected` that it added or rewrote, rising. These are the steps of the texts.
pub fn changed_sentences(original: &str, corrected: &str) -> (Vec<u32>, Vec<u32>) {
    let texts = |text| step_sentences(text).into_iter().map(|s| s.text).collect::<Vec<_>>();
    changed(&texts(original), &texts(corrected))
}

/// Positions of the items of each side that are not in a longest common subsequence, rising.
///
/// An inserted item shows on the second side only, a removed one on the first, a rewritten one on
/// both. Where several longest subsequences exist, the one that matches earliest is taken.
fn changed<T: PartialEq>(first: &[T], second: &[T]) -> (Vec<u32>, Vec<u32>) {
    // lengths[i][j]: longest common subsequence of first[i..] and second[j..].
    let mut lengths = vec![vec![0; second.len() + 1]; first.len() + 1];
    for i in (0..first.len()).rev() {
        for j in (0..second.len()).rev() {
            lengths[i][j] = if first[i] == second[j] {
                lengths[i + 1][j + 1] + 1
            } else {
                lengths[i + 1][j].max(lengths[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    while i < first.len() || j < second.len() {
        if i < first.len() && j < second.len() && first[i] == second[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == second.len() || i < first.len() && lengths[i + 1][j] >= lengths[i][j + 1] {
            removed.push(i as u32);
            i += 1;
        } else {
            added.push(j as u32);
            j += 1;
        }
    }
    (removed, added)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_by_hand() {
        let check = |first: &str, second: &str, removed: &[u32], added: &[u32]| {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            let found = changed(&chars(first), &chars(second));
            assert_eq!(found, (removed.to_vec(), added.to_vec()), "{first} to {second}");
        };
        check("abc", "abc", &[], &[]);
        check("abc", "axbc", &[], &[1]);
        check("abc", "ac", &[1], &[]);
        check("abc", "axc", &[1], &[1]);
        check("", "ab", &[], &[0, 1]);
        check("ab", "ba", &[0], &[1]);
    }
}
