//! What is every subset of sources worth?

use std::collections::BTreeSet;

/// Sources of which a table can hold all subsets: 2^8 fits.
pub const MOST_SOURCES: usize = 8;

/// The value of every subset of at most [`MOST_SOURCES`] sources, in any one unit, larger for better.
#[derive(Clone, Debug, PartialEq)]
pub struct SubsetValues {
    sources: Vec<String>,
    /// `[subset]`, where bit `i` says that source `i` is in it.
    values: Vec<f64>,
}

impl SubsetValues {
    /// Checks a table of values, in any order. The empty subset needs one too: what is reached without
    /// any source.
    ///
    /// ```
    /// use medley_evaluation::SubsetValues;
    /// let table = [(vec![], 0.5), (vec!["acts"], 0.7), (vec!["stops"], 0.6)];
    /// let error = SubsetValues::new(&["acts", "stops"], &table).unwrap_err();
    /// assert_eq!(error.to_string(), "no value of the subset {acts, stops}");
    /// ```
    ///
    /// # Errors
    /// There is no source, or more than [`MOST_SOURCES`]; a source is named twice, or is none of
    /// `sources`; a subset is missing or given twice; a value is NaN or infinite.
    pub fn new<S: AsRef<str>>(
        sources: &[S],
        values: &[(Vec<S>, f64)],
    ) -> Result<Self, ShapleyError> {
        let sources = distinct(sources)?;
        if sources.len() > MOST_SOURCES {
            return Err(ShapleyError::TooManySources { sources: sources.len() });
        }
        let mut table = vec![None; 1 << sources.len()];
        for (subset, value) in values {
            let mask = mask(&sources, subset)?;
            let subset = || name_of(&sources, &members(mask, sources.len()));
            if !value.is_finite() {
                return Err(ShapleyError::NotFinite { subset: subset(), value: *value });
            }
            if table[mask].replace(*value).is_some() {
                return Err(ShapleyError::RepeatedSubset { subset: subset() });
            }
        }
        if let Some(mask) = table.iter().position(Option::is_none) {
            let subset = name_of(&sources, &members(mask, sources.len()));
            return Err(ShapleyError::MissingSubset { subset });
        }
        Ok(Self { sources, values: table.into_iter().flatten().collect() })
    }

    /// Names, in the order in which results are.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// The value of the subset of these bits.
    pub(crate) fn of(&self, mask: usize) -> f64 {
        self.values[mask]
    }
}

/// The names, if none is there twice.
pub(crate) fn distinct<S: AsRef<str>>(sources: &[S]) -> Result<Vec<String>, ShapleyError> {
    let names: Vec<String> = sources.iter().map(|source| source.as_ref().to_owned()).collect();
    if names.is_empty() {
        return Err(ShapleyError::NoSources);
    }
    let mut seen = BTreeSet::new();
    match names.iter().find(|name| !seen.insert(*name)) {
        Some(repeated) => Err(ShapleyError::RepeatedSource { name: repeated.clone() }),
        None => Ok(names),
    }
}

/// As `{acts, stops}`.
pub(crate) fn name_of(sources: &[String], members: &[usize]) -> String {
    let names: Vec<&str> = members.iter().map(|member| sources[*member].as_str()).collect();
    format!("{{{}}}", names.join(", "))
}

fn mask<S: AsRef<str>>(sources: &[String], subset: &[S]) -> Result<usize, ShapleyError> {
    let mut mask = 0;
    for name in subset {
        let name = name.as_ref();
        let position = sources.iter().position(|source| source == name);
        let bit = 1 << position.ok_or_else(|| ShapleyError::UnknownSource { name: name.into() })?;
        if mask & bit != 0 {
            return Err(ShapleyError::RepeatedSource { name: name.into() });
        }
        mask |= bit;
    }
    Ok(mask)
}

fn members(mask: usize, sources: usize) -> Vec<usize> {
    (0..sources).filter(|source| mask >> source & 1 == 1).collect()
}

/// Why sources cannot be valued.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ShapleyError {
    /// Nothing to value.
    #[error("there are no sources")]
    NoSources,
    /// The table would be too large.
    #[error(
        "{sources} sources have too many subsets for a table (at most 8 sources): sample orders"
    )]
    TooManySources {
        /// As given.
        sources: usize,
    },
    /// A name is there twice.
    #[error("the source `{name}` is named twice")]
    RepeatedSource {
        /// Its name.
        name: String,
    },
    /// A subset holds what is no source.
    #[error("`{name}` is none of the sources")]
    UnknownSource {
        /// Its name.
        name: String,
    },
    /// A subset has no value.
    #[error("no value of the subset {subset}")]
    MissingSubset {
        /// Its sources, in braces.
        subset: String,
    },
    /// A subset has two values.
    #[error("two values of the subset {subset}")]
    RepeatedSubset {
        /// Its sources, in braces.
        subset: String,
    },
    /// A value is NaN or infinite.
    #[error("the value of the subset {subset} is {value}")]
    NotFinite {
        /// Its sources, in braces.
        subset: String,
        /// As given.
        value: f64,
    },
    /// No order was asked for.
    #[error("no orders to sample")]
    NoOrders,
    /// No seed has values.
    #[error("no seeds")]
    NoSeeds,
    /// What should be an order has not every source once.
    #[error("order {order} does not have each of the {sources} sources once")]
    NotAnOrder {
        /// From 0.
        order: usize,
        /// How many there are.
        sources: usize,
    },
    /// An order is there twice, and would count twice.
    #[error("order {order} is there twice")]
    RepeatedOrder {
        /// Of the second one, from 0.
        order: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(sources: &[&str], values: &[(Vec<&str>, f64)]) -> String {
        SubsetValues::new(sources, values).unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_table_is_refused_by_name() {
        let empty = (vec![], 0.0);
        let all = [empty.clone(), (vec!["a"], 1.0), (vec!["b"], 2.0)];
        assert_eq!(error(&["a", "b"], &all), "no value of the subset {a, b}");
        assert_eq!(error(&["a", "b"], &all[1..]), "no value of the subset {}");
        let with = |last: (Vec<&'static str>, f64)| [&all[..], &[last]].concat();
        let twice = with((vec!["b", "a"], f64::NAN));
        assert_eq!(error(&["a", "b"], &twice), "the value of the subset {a, b} is NaN");
        assert_eq!(error(&["a", "b"], &with((vec!["b"], 3.0))), "two values of the subset {b}");
        assert_eq!(error(&["a", "b"], &with((vec!["c"], 3.0))), "`c` is none of the sources");
        let repeated = with((vec!["a", "a"], 3.0));
        assert_eq!(error(&["a", "b"], &repeated), "the source `a` is named twice");
        assert_eq!(error(&["a", "a"], &all), "the source `a` is named twice");
        assert_eq!(error(&[], &all), "there are no sources");
        let many: Vec<String> = (0..9).map(|i| i.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(error(&many, &[empty]).starts_with("9 sources"));
    }
}
