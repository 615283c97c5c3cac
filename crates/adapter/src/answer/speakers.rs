//! Response parameters that each person has, around a value that all share.
//!
//! A person's parameter is a deviation with a zero-mean prior. Whoever is anonymous, or speaks
//! only outside the training part, stays at the shared value; a table of plain values would answer
//! for strangers with numbers that nobody fitted.

use crate::{BindError, Origin, Response, ResponseParameter, Selection};
use burn::tensor::Tensor;
use medley_dataset::PersonIndex;
use medley_reward_model::Placement;
use serde::{Deserialize, Serialize};

/// Whether people have parameters of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sharing {
    /// One value for all.
    #[default]
    Shared,
    /// A deviation for each annotator, shrunk towards the shared value.
    PerAnnotator,
}

/// Who made each statement of a source, as positions among those who made any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speakers {
    people: Vec<PersonIndex>,
    of: Vec<Option<u32>>,
}

impl Speakers {
    /// The speakers of these statements.
    pub fn new(origins: &[Origin]) -> Self {
        let mut people: Vec<PersonIndex> = origins.iter().filter_map(|o| o.person).collect();
        people.sort_unstable();
        people.dedup();
        let position = |origin: &Origin| {
            let found = people.binary_search(&origin.person?);
            found.ok().map(|position| position as u32)
        };
        let of = origins.iter().map(position).collect();
        Self { people, of }
    }

    /// Refuses `per-annotator` where nobody is named.
    ///
    /// # Errors
    /// If `sharing` needs annotators and there is none; `option` is its name in TOML.
    pub fn check(
        &self,
        selection: &Selection<'_>,
        sharing: Sharing,
        option: &str,
    ) -> Result<(), BindError> {
        if sharing == Sharing::PerAnnotator && self.people.is_empty() {
            return Err(selection.unfit(format!(
                "`{option} = \"per-annotator\"` needs annotators, but no record names one: use \"shared\""
            )));
        }
        Ok(())
    }

    /// A deviation for each speaker, 0 at the start, with a prior of this standard deviation.
    pub fn parameter(&self, name: &str, sd: f32) -> ResponseParameter {
        let zeros = vec![0.0; self.people.len()];
        let parameter = ResponseParameter::shrunk(name, zeros, 0.0, sd);
        ResponseParameter { people: Some(self.people.clone()), ..parameter }
    }

    /// The deviation of whoever made each statement; 0 for the anonymous.
    ///
    /// # Shapes
    /// `[member, batch]`
    pub fn deviation(
        &self,
        response: &Response,
        name: &str,
        statements: &[usize],
        place: &Placement,
    ) -> Tensor<2> {
        let deviations = response.get(name); // [member, speaker]
        let [_, known] = deviations.dims();
        let nobody = deviations.zeros_like().narrow(1, 0, 1);
        let position = |&statement: &usize| self.of[statement].map_or(known as i32, |p| p as i32);
        let index = statements.iter().map(position).collect();
        Tensor::cat(vec![deviations, nobody], 1).select(1, place.indices(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::place;
    use crate::objective::choice::host;

    #[test]
    fn the_anonymous_deviate_by_nothing() {
        let origin = |person: Option<u32>| Origin {
            record: 0,
            clusters: vec![0],
            person: person.map(PersonIndex),
            segments: Vec::new(),
            question: None,
            seconds: None,
            part: None,
            role: medley_feedback::Role::Evidence,
        };
        let speakers = Speakers::new(&[origin(Some(9)), origin(None), origin(Some(4))]);
        assert_eq!(speakers.people, [PersonIndex(4), PersonIndex(9)]);
        let deviations = place().tensor(vec![1.0, 2.0, 10.0, 20.0], [2, 2]);
        let response = Response::new([("bias".to_owned(), deviations)]);
        let gathered = speakers.deviation(&response, "bias", &[0, 1, 2, 0], &place());
        assert_eq!(host(gathered), [2.0, 0.0, 1.0, 2.0, 20.0, 0.0, 10.0, 20.0]);
        let parameter = speakers.parameter("bias", 0.5);
        assert_eq!((parameter.initial.len(), parameter.people.unwrap().len()), (2, 2));
    }
}
