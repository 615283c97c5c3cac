//! An extension point of a TOML file: exactly one tag, and what it names.
//!
//! `adapter.comparison = {}` names an implementation by its key. Serde reads the first key and
//! drops the others in silence; [`Tagged`] refuses a second one wherever it stands, so that no list
//! of such places has to be kept.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer, forward_to_deserialize_any};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// What one tag names: a typetag trait object, shared by all copies.
pub struct Tagged<T: ?Sized>(Arc<T>);

impl<T: ?Sized> Tagged<T> {
    /// For a value that was not read from TOML.
    pub fn new(value: impl Into<Arc<T>>) -> Self {
        Self(value.into())
    }

    /// The value, to change it, if there is no other copy of it.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        Arc::get_mut(&mut self.0)
    }
}

impl<T: ?Sized> Clone for Tagged<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: ?Sized> Deref for Tagged<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> AsRef<T> for Tagged<T> {
    fn as_ref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Tagged<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: ?Sized + Serialize> Serialize for Tagged<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_ref().serialize(serializer)
    }
}

impl<'de, T: ?Sized> Deserialize<'de> for Tagged<T>
where
    Box<T>: Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Arc::from(Box::<T>::deserialize(OneTag(deserializer))?)))
    }
}

/// A deserializer of a map with one entry.
struct OneTag<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for OneTag<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(OneEntry(visitor))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

/// Lets the visitor take its entry, and looks whether another one follows.
struct OneEntry<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for OneEntry<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        let mut entries = Entries { map, first: None };
        let value = self.0.visit_map(&mut entries)?;
        let Entries { mut map, first } = entries;
        match map.next_entry::<String, IgnoredAny>()? {
            None => Ok(value),
            Some((second, _)) => {
                let first = first.unwrap_or_default();
                Err(A::Error::custom(format!(
                    "exactly one name is expected, found `{first}` and `{second}`"
                )))
            }
        }
    }
}

/// Entries of a map, of which the first key is kept for the error.
struct Entries<A> {
    map: A,
    first: Option<String>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Entries<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.map.next_key_seed(KeptKey { seed, kept: &mut self.first })
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// Reads a key as text, keeps it, and hands it on.
struct KeptKey<'a, K> {
    seed: K,
    kept: &'a mut Option<String>,
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for KeptKey<'_, K> {
    type Value = K::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K::Value, D::Error> {
        let key = String::deserialize(deserializer)?;
        *self.kept = Some(key.clone());
        self.seed.deserialize(serde::de::value::StringDeserializer::new(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[typetag::serde]
    trait Food: fmt::Debug {}

    #[derive(Debug, Serialize, Deserialize)]
    struct Bread {
        slices: u32,
    }

    #[typetag::serde(name = "bread")]
    impl Food for Bread {}

    #[derive(Debug, Serialize, Deserialize)]
    struct Soup {}

    #[typetag::serde(name = "soup")]
    impl Food for Soup {}

    #[derive(Debug, Serialize, Deserialize)]
    struct Meal {
        food: Tagged<dyn Food>,
    }

    fn meal(text: &str) -> Result<Meal, String> {
        crate::parse(std::path::Path::new("meal.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn one_tag_is_read_and_written_again() {
        let text = "[food.bread]\nslices = 2\n";
        assert_eq!(toml::to_string(&meal(text).unwrap()).unwrap(), text);
        assert_eq!(format!("{:?}", meal(text).unwrap().food), "Bread { slices: 2 }");
    }

    #[test]
    fn a_second_tag_is_refused_wherever_it_stands() {
        let both = meal("food.bread = { slices = 2 }\nfood.soup = {}").unwrap_err();
        assert!(both.contains("exactly one name is expected, found `bread` and `soup`"), "{both}");
        let third = meal("food = { soup = {}, tea = 1 }").unwrap_err();
        assert!(third.contains("found `soup` and `tea`"), "{third}");
    }

    #[test]
    fn mistakes_inside_keep_their_place() {
        let unknown = meal("food.bred = {}").unwrap_err();
        assert!(unknown.starts_with("meal.toml:1:6: unknown variant `bred`"), "{unknown}");
        let wrong = meal("food.bread = { slices = \"two\" }").unwrap_err();
        assert!(wrong.starts_with("meal.toml:1:25: invalid type: string \"two\""), "{wrong}");
        assert!(meal("food = 3").unwrap_err().contains("invalid type: integer `3`"));
    }
}
