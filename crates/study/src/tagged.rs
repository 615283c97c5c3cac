//! What is linked, by name.

use medley_toml_file::Tagged;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// Noise, values or both: what is always told together.
pub const USUAL_MODELS: [&str; 4] = ["pooled", "noise", "hierarchical", "noise-and-values"];

/// What a name stands for, with these options; none if nothing is linked by that name.
pub fn tagged<T: ?Sized>(name: &str, options: &str) -> Option<Tagged<T>>
where
    Box<T>: DeserializeOwned,
{
    let boxed: Option<Box<T>> = serde_json::from_str(&format!("{{\"{name}\": {options}}}")).ok();
    boxed.map(Tagged::new)
}

/// What names stand for with their usual options, as far as they are linked.
pub fn named<T: ?Sized>(names: &[&str]) -> BTreeMap<String, Tagged<T>>
where
    Box<T>: DeserializeOwned,
{
    let of = |name: &&str| Some(((*name).to_owned(), tagged::<T>(name, "{}")?));
    names.iter().filter_map(of).collect()
}
