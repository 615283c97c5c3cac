//! Texts of a column, one behind the other in one piece of memory.
//!
//! A column of a million names is two allocations this way, and not a million.

/// Texts in a fixed order; some may be missing.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    bytes: String,
    /// Where each ends in `bytes`.
    ends: Vec<usize>,
    /// Which are missing; shorter than `ends` where the last are there.
    missing: Vec<bool>,
}

impl Texts {
    /// How many, the missing ones included.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Adds a text, or that one is missing.
    pub fn push(&mut self, text: Option<&str>) {
        self.bytes.push_str(text.unwrap_or_default());
        self.ends.push(self.bytes.len());
        if text.is_none() {
            self.missing.resize(self.ends.len() - 1, false);
            self.missing.push(true);
        }
    }

    /// One of them; none if it is missing.
    ///
    /// # Panics
    /// Beyond [`Texts::len`], as a slice does.
    pub fn get(&self, i: usize) -> Option<&str> {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        self.has(i).then(|| &self.bytes[start..self.ends[i]])
    }

    /// Whether one is there.
    ///
    /// # Panics
    /// Beyond [`Texts::len`].
    pub fn has(&self, i: usize) -> bool {
        assert!(i < self.len(), "text {i} of {}", self.len());
        !self.missing.get(i).copied().unwrap_or(false)
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<&str>> {
        (0..self.len()).map(|i| self.get(i))
    }
}

/// Memory that is set aside is no part of what they say.
impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<S: AsRef<str>> Extend<Option<S>> for Texts {
    fn extend<I: IntoIterator<Item = Option<S>>>(&mut self, texts: I) {
        texts.into_iter().for_each(|text| self.push(text.as_ref().map(AsRef::as_ref)));
    }
}

impl<S: AsRef<str>> FromIterator<Option<S>> for Texts {
    fn from_iter<I: IntoIterator<Item = Option<S>>>(texts: I) -> Self {
        let mut all = Self::default();
        all.extend(texts);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_what_was_pushed() {
        let check = |expect: &[Option<&str>]| {
            let texts: Texts = expect.iter().copied().collect();
            assert_eq!(texts.len(), expect.len());
            assert_eq!(texts.iter().collect::<Vec<_>>(), expect);
        };
        check(&[]);
        check(&[Some("a"), Some(""), Some("ß\n")]);
        check(&[None, Some("a"), None, None, Some("b")]);
        check(&[Some("a"), None]);
    }

    #[test]
    fn a_missing_text_is_no_empty_one() {
        let of = |text: Option<&str>| [Some("a"), text].into_iter().collect::<Texts>();
        assert_ne!(of(None), of(Some("")));
        assert_eq!(of(None), of(None));
    }
}
