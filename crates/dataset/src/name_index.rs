//! Positions by name, without a copy of the names: whoever has the rows has them.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// Where in a list a name stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct NameIndex {
    places: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

/// It says nothing that the names do not say.
impl PartialEq for NameIndex {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl NameIndex {
    /// The place of a name; `name_of` gives the name at a place.
    pub fn find<'a>(&self, name: &str, name_of: impl Fn(usize) -> &'a str) -> Option<usize> {
        let is_same = |&place: &u32| name_of(place as usize) == name;
        self.places.find(self.hasher.hash_one(name), is_same).map(|&place| place as usize)
    }

    /// Adds the name at a place, where `name_of` gives it; false if it is there already.
    pub fn insert<'a>(&mut self, place: usize, name_of: impl Fn(usize) -> &'a str) -> bool {
        let name = name_of(place);
        if self.find(name, &name_of).is_some() {
            return false;
        }
        let Self { places, hasher } = self;
        let rehash = |&place: &u32| hasher.hash_one(name_of(place as usize));
        places.insert_unique(hasher.hash_one(name), place as u32, rehash);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_where_they_stand() {
        let names: Vec<String> = (0..1000).map(|i| format!("s{i}")).collect();
        let mut index = NameIndex::default();
        let name_of = |place: usize| names[place].as_str();
        assert!((0..names.len()).all(|place| index.insert(place, name_of)));
        assert!(!index.insert(7, name_of));
        assert_eq!(index.find("s999", name_of), Some(999));
        assert_eq!(index.find("s1000", name_of), None);
    }
}
