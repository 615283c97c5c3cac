//! What is linked: implementations of an extension point, with their options and defaults.
//!
//! There is no registry to keep: asking for a name that cannot exist makes serde say which names
//! do, and reading `{}` as one of them gives its defaults. Where an option has none, serde says
//! which, and some value is put in its place, so that the others can be told.

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
    /// Its options: those without a default by name, then the others as TOML lines; why there are
    /// none otherwise.
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
    let mut required = Vec::new();
    match read::<T>(&name, &mut required) {
        Ok(holder) => {
            let mut options: Vec<String> =
                required.iter().map(|(key, _)| format!("required: `{key}`")).collect();
            options.extend(defaults(&holder, &required));
            Linked { summary: summary(&holder.object).to_owned(), name, options }
        }
        Err(message) => {
            let options = vec![format!("has no default for all options: {message}")];
            Linked { name, summary: String::new(), options }
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Holder<T> {
    object: T,
}

/// Values to try for an option without a default, until one is of its type.
const SOME: [&str; 5] = ["\"\"", "1", "true", "[]", "{}"];

/// Options without a default, each with the value of [`SOME`] that stands in its place.
type Required = Vec<(String, usize)>;

/// The implementation called `name`, with defaults wherever there are any; what has none is added
/// to `required`.
///
/// # Errors
/// An option has no default, and none of the values is of its type: what serde says.
fn read<T: DeserializeOwned>(name: &str, required: &mut Required) -> Result<Holder<T>, String> {
    loop {
        let given: Vec<String> =
            required.iter().map(|(key, place)| format!("{key} = {}", SOME[*place])).collect();
        let text = format!("object.{name} = {{ {} }}", given.join(", "));
        let message = match toml::from_str(&text) {
            Ok(holder) => return Ok(holder),
            Err(error) => error.message().trim().to_owned(),
        };
        // Serde reads what is there before it misses what is not: an error about a value is one
        // about the last that was added.
        let is_new = |key: &&str| required.iter().all(|(known, _)| known != key);
        if let Some(key) = missing(&message).filter(is_new) {
            required.push((key.to_owned(), 0));
            continue;
        }
        match required.last_mut() {
            Some((_, place)) if *place + 1 < SOME.len() => *place += 1,
            _ => return Err(message),
        }
    }
}

/// The option that an error says is missing.
fn missing(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.split('`').next()
}

/// The other options, as TOML lines.
fn defaults<T: Serialize>(holder: &Holder<T>, required: &Required) -> Vec<String> {
    let is_default = |line: &&str| {
        let key = line.split(" = ").next().unwrap_or_default();
        !line.starts_with('[')
            && !line.trim().is_empty()
            && required.iter().all(|(known, _)| known != key)
    };
    let text = toml::to_string(holder).unwrap_or_default();
    text.lines().filter(is_default).map(str::to_owned).collect()
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
        name: String,
        #[serde(default)]
        filled: bool,
        corners: usize,
        points: Vec<f64>,
    }

    #[typetag::serde(name = "polygon")]
    impl Shape for Polygon {
        fn summary(&self) -> &'static str {
            "straight"
        }
    }

    #[derive(Serialize, Deserialize)]
    enum Color {
        Red,
    }

    #[derive(Serialize, Deserialize)]
    struct Spot {
        color: Color,
    }

    #[typetag::serde(name = "spot")]
    impl Shape for Spot {
        fn summary(&self) -> &'static str {
            "never told"
        }
    }

    #[test]
    fn implementations_are_listed_with_defaults_and_what_is_required() {
        let shapes = linked::<Box<dyn Shape>>(|shape| shape.summary());
        let [circle, polygon, spot] = &shapes[..] else { panic!("{shapes:?}") };
        assert_eq!((circle.name.as_str(), circle.summary.as_str()), ("circle", "round"));
        assert_eq!(circle.options, ["radius = 1.5"]);
        assert_eq!((polygon.name.as_str(), polygon.summary.as_str()), ("polygon", "straight"));
        let options =
            ["required: `name`", "required: `corners`", "required: `points`", "filled = false"];
        assert_eq!(polygon.options, options);
        // No value is known that every option could have.
        assert_eq!((spot.name.as_str(), spot.summary.as_str()), ("spot", ""));
        assert!(spot.options[0].starts_with("has no default for all options: "), "{spot:?}");
    }
}
