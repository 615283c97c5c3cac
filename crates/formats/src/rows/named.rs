//! The fields of a row by name, without a copy of the names for each row.

use crate::rows::json_value::{Distinct, add};
use serde::de::value::MapDeserializer;
use serde::de::{DeserializeSeed, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

/// Fields in the order of the file. Rows that have the same names share them.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    names: Arc<FieldNames>,
    values: Vec<Value>,
}

/// Names of fields, each once.
#[derive(Debug, Default)]
pub(crate) struct FieldNames {
    list: Vec<String>,
    /// Places by name, if there are many.
    places: HashMap<String, usize>,
    /// Whether a name stands twice, which a file of columns may have.
    is_repeated: bool,
}

/// Up to so many names, looking at each takes no longer than a hash of one.
const FEW: usize = 16;

impl FieldNames {
    pub fn new(list: Vec<String>) -> Arc<Self> {
        let places = match list.len() > FEW {
            true => list.iter().cloned().enumerate().map(|(i, name)| (name, i)).collect(),
            false => HashMap::new(),
        };
        let mut known = HashSet::new();
        let is_repeated = !list.iter().all(|name| known.insert(name));
        Arc::new(Self { places, is_repeated, list })
    }

    fn find(&self, name: &str) -> Option<usize> {
        match self.places.is_empty() {
            true => self.list.iter().position(|known| known == name),
            false => self.places.get(name).copied(),
        }
    }

    /// Whether these are the names.
    pub fn is<'n>(&self, names: impl Iterator<Item = &'n str>) -> bool {
        self.list.iter().map(String::as_str).eq(names)
    }
}

impl Fields {
    /// Values under names, one for each. Of those under one name the last counts, as in JSON.
    pub(crate) fn new(names: &Arc<FieldNames>, values: Vec<Value>) -> Self {
        assert_eq!(names.list.len(), values.len(), "one value for each name");
        if names.is_repeated {
            return names.list.iter().cloned().zip(values).collect::<Map<_, _>>().into();
        }
        Self { names: names.clone(), values }
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.names.find(name).map(|place| &self.values[place])
    }

    /// Whether there is a field of this name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.names.find(name).is_some()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Their names.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.names.list.iter()
    }

    /// Their values.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.values.iter()
    }

    /// Names and values.
    pub fn iter(
        &self,
    ) -> std::iter::Zip<std::slice::Iter<'_, String>, std::slice::Iter<'_, Value>> {
        self.names.list.iter().zip(&self.values)
    }

    /// Puts a value in the place of the one under this name, or else behind all others.
    pub fn insert(&mut self, name: String, value: Value) {
        match self.names.find(&name) {
            Some(place) => self.values[place] = value,
            None => {
                let list = self.names.list.iter().cloned().chain([name]).collect();
                self.names = FieldNames::new(list);
                self.values.push(value);
            }
        }
    }

    /// The fields with others behind them, none of whose names they have; under the names of the row
    /// before if they are the same.
    pub(crate) fn with(&self, others: Vec<(&str, Value)>, known: &mut Arc<FieldNames>) -> Self {
        let names = || self.keys().map(String::as_str).chain(others.iter().map(|(name, _)| *name));
        if !known.is(names()) {
            *known = FieldNames::new(names().map(str::to_owned).collect());
        }
        let values = self.values.iter().cloned();
        let values = values.chain(others.into_iter().map(|(_, value)| value)).collect();
        Self::new(known, values)
    }

    /// The fields as JSON has them.
    pub fn to_map(&self) -> Map<String, Value> {
        self.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// What serde reads.
    pub(crate) fn reader(
        &self,
    ) -> MapDeserializer<'_, impl Iterator<Item = (&str, &Value)>, serde_json::Error> {
        MapDeserializer::new(self.iter().map(|(name, value)| (name.as_str(), value)))
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(map: Map<String, Value>) -> Self {
        let (list, values) = map.into_iter().unzip();
        Self { names: FieldNames::new(list), values }
    }
}

impl<'a> IntoIterator for &'a Fields {
    type Item = (&'a String, &'a Value);
    type IntoIter = std::iter::Zip<std::slice::Iter<'a, String>, std::slice::Iter<'a, Value>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        self.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

/// Reads the fields of an object, under the names of the object before if they are the same; what is no
/// object is told as it is.
pub(crate) struct Object<'a>(pub &'a mut Arc<FieldNames>);

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = Result<Fields, Value>;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Result<Fields, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::with_capacity(self.0.list.len());
        loop {
            let expected = self.0.list.get(values.len());
            match (map.next_key_seed(Name(expected))?, expected) {
                (None, None) => return Ok(Ok(Fields::new(self.0, values))),
                (Some(None), Some(_)) => values.push(map.next_value::<Distinct>()?.0),
                (other, _) => {
                    let known = self.0.list.iter().cloned().zip(values);
                    let mut all: Map<String, Value> = known.collect();
                    if let Some(Some(name)) = other {
                        add(&mut all, name, map.next_value()?)?;
                        while let Some(name) = map.next_key()? {
                            add(&mut all, name, map.next_value()?)?;
                        }
                    }
                    let fields = Fields::from(all);
                    *self.0 = fields.names.clone();
                    return Ok(Ok(fields));
                }
            }
        }
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Err(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Err(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Err(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Err(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Err(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Err(Value::Null))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Distinct(value)) = seq.next_element()? {
            list.push(value);
        }
        Ok(Err(Value::Array(list)))
    }
}

/// Reads a name: none if it is the expected one.
struct Name<'a>(Option<&'a String>);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<String>;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string key")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok((self.0.is_none_or(|expected| expected != name)).then(|| name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows as a map of JSON has them, one after the other.
    fn check(rows: &[&str]) {
        let mut names = Arc::default();
        for row in rows {
            let mut reader = serde_json::Deserializer::from_str(row);
            let read = Object(&mut names).deserialize(&mut reader).unwrap();
            let expect: Value = serde_json::from_str(row).unwrap();
            let found = match read {
                Ok(fields) => Value::Object(fields.to_map()),
                Err(value) => value,
            };
            // As texts, which tell the order of fields.
            assert_eq!(found.to_string(), expect.to_string(), "{row}");
        }
    }

    #[test]
    fn rows_of_any_names_are_what_json_says() {
        check(&[r#"{"a": 1, "b": 2}"#, r#"{"a": 3, "b": 4}"#, r#"{"b": 4, "a": 3}"#]);
        check(&[r#"{"a": 1, "b": 2}"#, r#"{"a": 3}"#, r#"{"a": 3, "c": 1, "b": 2}"#, "{}"]);
        check(&["7", "-7", "0.5", "true", "null", "\"x\"", "[1, {\"a\": []}]", "{}"]);
    }

    #[test]
    fn names_that_stand_twice_are_refused() {
        for row in [
            r#"{"a": 1, "a": 2}"#,
            r#"{"a": 1, "b": 2, "a": 3}"#,
            r#"{"a": 1, "b": {"c": 1, "a": 2, "a": 3}}"#,
            r#"{"a": 1, "b": 2, "c": [{"a": 3, "a": 4}]}"#,
            r#"[{"a": 1, "a": 2}]"#,
        ] {
            for before in ["{}", r#"{"a": 1}"#, r#"{"a": 1, "b": 2}"#] {
                let mut names = Arc::default();
                let mut read = |row: &str| {
                    let mut reader = serde_json::Deserializer::from_str(row);
                    Object(&mut names).deserialize(&mut reader)
                };
                read(before).unwrap().unwrap();
                let error = read(row).unwrap_err().to_string();
                assert!(error.contains("field `a` twice"), "{row}: {error}");
            }
        }
    }

    #[test]
    fn fields_are_found_among_few_and_many() {
        for count in [3, 40] {
            let map: Map<String, Value> =
                (0..count).map(|i| (format!("f{i}"), Value::from(i))).collect();
            let fields = Fields::from(map);
            assert_eq!(fields.get("f2"), Some(&Value::from(2)));
            assert!(!fields.contains_key("f40") && fields.len() == count);
        }
    }
}
