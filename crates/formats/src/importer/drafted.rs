//! Which groups and texts did a row add so far, by name and by fingerprint?
//!
//! Most rows add few, which are looked through. A row of a long list is indexed, since looking through
//! it for each of its elements takes the square of its length.

use std::collections::HashMap;

/// What has a name and a fingerprint, and belongs to a group.
pub(crate) trait Named {
    fn name(&self) -> &str;
    fn print(&self) -> u64;
    fn group(&self) -> &str;
}

/// Things in the order in which they were added.
pub(crate) struct Drafted<T> {
    things: Vec<T>,
    /// Of all of them, once there are more than [`FEW`].
    index: Index,
}

/// Places by name and by fingerprint, the first of each, and how many there are of each group.
#[derive(Default)]
struct Index {
    names: HashMap<String, usize>,
    prints: HashMap<u64, usize>,
    groups: HashMap<String, usize>,
}

const FEW: usize = 16;

impl<T> Default for Drafted<T> {
    fn default() -> Self {
        Self { things: Vec::new(), index: Index::default() }
    }
}

impl<T: Named> Drafted<T> {
    pub fn push(&mut self, thing: T) {
        self.things.push(thing);
        let known = self.things.len();
        let new = match known.checked_sub(FEW + 1) {
            None => return,
            Some(0) => 0..known,
            Some(_) => known - 1..known,
        };
        for place in new {
            self.index.add(&self.things[place], place);
        }
    }

    /// The first of this name.
    pub fn named(&self, name: &str) -> Option<&T> {
        match self.is_indexed() {
            true => self.index.names.get(name).map(|&place| &self.things[place]),
            false => self.things.iter().find(|it| it.name() == name),
        }
    }

    /// The first of this fingerprint.
    pub fn printed(&self, print: u64) -> Option<&T> {
        match self.is_indexed() {
            true => self.index.prints.get(&print).map(|&place| &self.things[place]),
            false => self.things.iter().find(|it| it.print() == print),
        }
    }

    /// How many belong to a group.
    pub fn count_in(&self, group: &str) -> usize {
        match self.is_indexed() {
            true => self.index.groups.get(group).copied().unwrap_or(0),
            false => self.things.iter().filter(|it| it.group() == group).count(),
        }
    }

    /// Takes one away, if it is there.
    pub fn remove(&mut self, name: &str) {
        self.things.retain(|it| it.name() != name);
        self.index = Index::default();
        if self.is_indexed() {
            self.things.iter().enumerate().for_each(|(place, it)| self.index.add(it, place));
        }
    }

    pub fn last_mut(&mut self) -> Option<&mut T> {
        self.things.last_mut()
    }

    fn is_indexed(&self) -> bool {
        self.things.len() > FEW
    }
}

impl<T> std::ops::Deref for Drafted<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.things
    }
}

impl Index {
    fn add(&mut self, thing: &impl Named, place: usize) {
        self.names.entry(thing.name().to_owned()).or_insert(place);
        self.prints.entry(thing.print()).or_insert(place);
        *self.groups.entry(thing.group().to_owned()).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Thing(String, u64);

    impl Named for Thing {
        fn name(&self) -> &str {
            &self.0
        }

        fn print(&self) -> u64 {
            self.1
        }

        fn group(&self) -> &str {
            if self.1.is_multiple_of(2) { "even" } else { "odd" }
        }
    }

    /// Few and many are found alike, the first where two are alike.
    #[test]
    fn what_was_added_is_found() {
        let mut drafted = Drafted::default();
        for number in 0..3 * FEW as u64 {
            assert!(drafted.named(&number.to_string()).is_none(), "{number}");
            assert!(drafted.printed(number).is_none(), "{number}");
            drafted.push(Thing(number.to_string(), number));
            drafted.push(Thing(number.to_string(), number));
            for known in 0..=number {
                let place = 2 * known as usize;
                assert!(std::ptr::eq(drafted.named(&known.to_string()).unwrap(), &drafted[place]));
                assert!(std::ptr::eq(drafted.printed(known).unwrap(), &drafted[place]));
            }
            let even = 2 * (number as usize / 2 + 1);
            assert_eq!(drafted.count_in("even"), even, "{number}");
            assert_eq!(drafted.count_in("odd"), drafted.len() - even, "{number}");
        }
        for number in 0..3 * FEW as u64 {
            drafted.remove(&number.to_string());
            assert!(drafted.printed(number).is_none(), "{number}");
            assert_eq!(drafted.printed(47).is_some(), number != 47, "{number}");
        }
        assert!(drafted.is_empty() && drafted.count_in("even") == 0);
    }
}
