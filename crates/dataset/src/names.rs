//! Names in the order in which they came, each once, found by what they are.

use crate::Texts;
use crate::name_index::NameIndex;

/// Names, and where each stands. A million of them are three pieces of memory.
///
/// ```
/// let mut names = medley_dataset::Names::default();
/// assert_eq!((names.add("ann"), names.add("bob"), names.add("ann")), (Ok(0), Ok(1), Err(0)));
/// assert_eq!(names.find("bob"), Some(1));
/// assert_eq!(names.get(0), "ann");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Names {
    texts: Texts,
    index: NameIndex,
}

impl Names {
    /// How many.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Where a name stands.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.index.find(name, |place| self.get(place))
    }

    /// The name at a place. Panics beyond [`Names::len`], as a slice does.
    pub fn get(&self, place: usize) -> &str {
        self.texts.get(place).unwrap_or_default()
    }

    /// Adds a name and returns its place.
    ///
    /// # Errors
    /// The place at which it stands already.
    pub fn add(&mut self, name: &str) -> Result<usize, usize> {
        if let Some(known) = self.find(name) {
            return Err(known);
        }
        self.texts.push(Some(name));
        let Self { texts, index } = self;
        let place = texts.len() - 1;
        index.insert(place, |place| texts.get(place).unwrap_or_default());
        Ok(place)
    }
}
