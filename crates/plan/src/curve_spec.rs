//! `[ablation.curve]`: how much does a source need, alone and with the help of others?

use crate::Costs;
use medley_toml_file::Problem;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A learning curve: some statements of one source, and all, so many or as many of the others.
/// Smaller numbers are subsets of larger ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CurveSpec {
    /// The source whose statements are counted out, and that is evaluated.
    pub source: String,
    /// How many of them to learn from, rising.
    pub statements: Vec<usize>,
    /// Whether there is a point with all of them too.
    #[serde(default = "yes")]
    pub all: bool,
    /// How many statements of the other sources to learn from.
    #[serde(default)]
    pub others: Others,
}

/// How many statements of the other sources a point of a curve learns from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Others {
    /// All that there are.
    #[default]
    All,
    /// As many as of the source, or all where there are fewer.
    Equal,
    /// As many as take people the time that those of the source take, or all where there are fewer.
    EqualSeconds,
    /// So many of each.
    Count(usize),
}

impl Serialize for Others {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::Equal => serializer.serialize_str("equal"),
            Self::EqualSeconds => serializer.serialize_str("equal-seconds"),
            Self::Count(count) => serializer.serialize_u64(*count as u64),
        }
    }
}

impl<'de> Deserialize<'de> for Others {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordOrNumber)
    }
}

/// Written by hand because an untagged enum only says that no variant matched.
struct WordOrNumber;

impl Visitor<'_> for WordOrNumber {
    type Value = Others;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"all\", \"equal\", \"equal-seconds\" or a whole number of at least 1")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Others, E> {
        let wrong = || E::invalid_value(Unexpected::Signed(value), &self);
        usize::try_from(value).map(Others::Count).map_err(|_| wrong())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Others, E> {
        let wrong = || E::invalid_value(Unexpected::Unsigned(value), &self);
        usize::try_from(value).map(Others::Count).map_err(|_| wrong())
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Others, E> {
        match word {
            "all" => Ok(Others::All),
            "equal" => Ok(Others::Equal),
            "equal-seconds" => Ok(Others::EqualSeconds),
            other => Err(E::invalid_value(Unexpected::Str(other), &self)),
        }
    }
}

pub(crate) fn yes() -> bool {
    true
}

impl CurveSpec {
    /// Whether its numbers are in range.
    ///
    /// # Errors
    /// None, one that is 0, or one that does not rise.
    pub fn check(&self) -> Result<(), Problem> {
        if self.others == Others::Count(0) {
            let message = "a number of at least 1 is needed, found 0; a mix without them is what it is \
                           compared with";
            return Err(Problem::new("others", message));
        }
        let refused = |message: String| Err(Problem::new("statements", message));
        if self.statements.is_empty() && !self.all {
            return refused("at least one number is needed, found none".to_owned());
        }
        if self.statements.first() == Some(&0) {
            return refused("numbers of at least 1 are needed, found 0".to_owned());
        }
        match self.statements.windows(2).find(|pair| pair[1] <= pair[0]) {
            None => Ok(()),
            Some(pair) => {
                refused(format!("rising numbers are needed, found {} after {}", pair[1], pair[0]))
            }
        }
    }

    /// The points: numbers of statements, or all.
    pub(crate) fn points(&self) -> impl Iterator<Item = Option<usize>> + '_ {
        self.statements.iter().copied().map(Some).chain(self.all.then_some(None))
    }

    /// What the source alone may learn from at a point, whatever the others: none if that is
    /// everything.
    pub(crate) fn cut_alone(&self, statements: Option<usize>) -> Option<Cut> {
        let (source, others) = (self.source.clone(), Others::All);
        statements.map(|count| Cut { source, statements: Some(count), others, costs: None })
    }

    /// What a run at a point may learn from; none if that is everything.
    pub(crate) fn cut(&self, statements: Option<usize>, costs: &Costs) -> Option<Cut> {
        let statements = match (statements, self.others) {
            (None, Others::All) => return None,
            (statements, _) => statements,
        };
        let costs = (self.others == Others::EqualSeconds).then(|| costs.clone());
        Some(Cut { source: self.source.clone(), statements, others: self.others, costs })
    }
}

/// What a run at a point of a curve may learn from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Cut {
    /// The source whose statements are counted out.
    pub source: String,
    /// How many; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statements: Option<usize>,
    /// How many of the others.
    pub others: Others,
    /// What statements cost, where that decides how many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub costs: Option<Costs>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AblationSpec;

    fn curve(statements: &[usize], all: bool, others: Others) -> CurveSpec {
        CurveSpec { source: "votes".to_owned(), statements: statements.to_vec(), all, others }
    }

    #[test]
    fn numbers_rise_from_1() {
        assert_eq!(curve(&[25, 50], true, Others::All).check(), Ok(()));
        for wrong in [&[0, 5][..], &[50, 25], &[25, 25]] {
            assert_eq!(curve(wrong, true, Others::All).check().unwrap_err().path, ["statements"]);
        }
        assert!(curve(&[], false, Others::All).check().is_err());
        assert!(curve(&[], true, Others::All).check().is_ok());
        assert_eq!(curve(&[5], true, Others::Count(0)).check().unwrap_err().path, ["others"]);
    }

    #[test]
    fn others_are_a_word_or_a_number() {
        let others = |text: &str| {
            let spec: Result<CurveSpec, _> =
                toml::from_str(&format!("source = \"votes\"\nstatements = [5]\nothers = {text}"));
            spec.map(|spec| spec.others)
        };
        assert_eq!(others("\"all\""), Ok(Others::All));
        assert_eq!(others("\"equal-seconds\""), Ok(Others::EqualSeconds));
        assert_eq!(others("100"), Ok(Others::Count(100)));
        let error = others("\"some\"").unwrap_err().to_string();
        assert!(error.contains("others = \"some\""), "{error}");
        for wrong in ["\"some\"", "-1", "1.5"] {
            let error = others(wrong).unwrap_err().to_string();
            assert!(
                error.contains("expected \"all\", \"equal\", \"equal-seconds\" or a"),
                "{error}"
            );
        }
    }

    #[test]
    fn everything_is_no_cut() {
        let of_all = curve(&[5], true, Others::All);
        let costs = AblationSpec::default().costs();
        let points: Vec<_> = of_all.points().map(|point| of_all.cut(point, &costs)).collect();
        assert_eq!(points.len(), 2);
        assert_eq!(points[0].as_ref().unwrap().statements, Some(5));
        assert_eq!(points[1], None);
        assert!(curve(&[5], true, Others::Equal).cut(None, &costs).is_some());
        // What is learned from the source alone does not depend on the others.
        let alone = curve(&[5], true, Others::Equal).cut_alone(Some(5));
        assert_eq!(alone, curve(&[5], true, Others::Count(7)).cut_alone(Some(5)));
        assert_eq!(curve(&[5], true, Others::Equal).cut_alone(None), None);
    }
}
