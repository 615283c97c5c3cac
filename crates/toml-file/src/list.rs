//! What is linked: implementations of an extension point, with their options and defaults.
//!
//! There is no registry to keep: asking for a name that cannot exist makes serde say which names
//! do, and reading `{}` as one of them gives its defaults.

use serde::de::{self, DeserializeOwned, IntoDeserializer, value::MapDeserializer};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One implementation of an extension point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Name in TOML.
    pub name: String,
    /// What it says of itself.
    pub summary: String,
    /// Its options with their defaults, as TOML lines; why there are none otherwise.
    pub options: Vec<String>,
}

/// Every linked implementation of a typetag trait, by name.
pub fn linked<T: DeserializeOwned + Serialize>(
    summary: impl Fn(&T) -> &'static str,
) -> Vec<Linked> {
    let mut names = names::<T>();
    names.sort();
    names.into_iter().map(|name| describe(name, &summary)).collect()
}

fn describe<T: DeserializeOwned + Serialize>(
    name: String,
    summary: &impl Fn(&T) -> &'static str,
) -> Linked {
    #[derive(Serialize, Deserialize)]
    struct Holder<T> {
        object: T,
    }
    match toml::from_str::<Holder<T>>(&format!("object.{name} = {{}}")) {
        Ok(holder) => {
            let text = toml::to_string(&holder).unwrap_or_default();
            let options = text
                .lines()
                .filter(|line| !line.starts_with('[') && !line.trim().is_empty())
                .map(str::to_owned)
                .collect();
            Linked { summary: summary(&holder.object).to_owned(), name, options }
        }
        Err(error) => {
            let message = error.message().trim();
            let options = vec![format!("has no default for all options: {message}")];
            Linked { name, summary: String::new(), options }
        }
    }
}

/// The names under which implementations are linked.
fn names<T: DeserializeOwned>() -> Vec<String> {
    let entries = [("?", true)].into_iter();
    let asked: MapDeserializer<'_, _, Names> = MapDeserializer::new(entries);
    match T::deserialize(asked.into_deserializer()) {
        Ok(_) => Vec::new(),
        Err(Names(names)) => names,
    }
}

/// The error that carries which names were expected.
#[derive(Debug)]
struct Names(Vec<String>);

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl std::error::Error for Names {}

impl de::Error for Names {
    fn custom<M: fmt::Display>(_: M) -> Self {
        Self(Vec::new())
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self(expected.iter().map(|&name| name.to_owned()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[typetag::serde]
    trait Shape {
        fn summary(&self) -> &'static str;
    }

    #[derive(Serialize, Deserialize)]
    #[serde(default)]
    struct Circle {
        radius: f64,
    }

    impl Default for Circle {
        fn default() -> Self {
            Self { radius: 1.5 }
        }
    }

    #[typetag::serde(name = "circle")]
    impl Shape for Circle {
        fn summary(&self) -> &'static str {
            "round"
        }
    }

    #[derive(Serialize, Deserialize)]
    struct Polygon {
        corners: usize,
    }

    #[typetag::serde(name = "polygon")]
    impl Shape for Polygon {
        fn summary(&self) -> &'static str {
            "straight"
        }
    }

    #[test]
    fn implementations_are_listed_with_defaults_or_why_there_are_none() {
        let shapes = linked::<Box<dyn Shape>>(|shape| shape.summary());
        let [circle, polygon] = &shapes[..] else { panic!("{shapes:?}") };
        assert_eq!((circle.name.as_str(), circle.summary.as_str()), ("circle", "round"));
        assert_eq!(circle.options, ["radius = 1.5"]);
        assert_eq!(polygon.name, "polygon");
        assert!(polygon.options[0].contains("missing field `corners`"), "{polygon:?}");
    }
}
