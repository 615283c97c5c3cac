use super::*;
use medley_toml_file::Tagged;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Debug;

#[typetag::serde]
trait Shape: Debug {}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Circle {
    radius: f64,
    #[serde(default = "two")]
    rings: u32,
}

fn two() -> u32 {
    2
}

#[typetag::serde(name = "circle")]
impl Shape for Circle {}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pile {
    parts: BTreeMap<String, Tagged<dyn Shape>>,
}

#[typetag::serde(name = "pile")]
impl Shape for Pile {}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Colour {
    Red,
    Mixed(Vec<u8>),
    Named { name: String },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Drawing {
    title: String,
    first_shape: Tagged<dyn Shape>,
    #[serde(default)]
    is_wide: bool,
    colour: Option<Colour>,
    #[serde(default)]
    inner: Inner,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Inner {
    shift: i64,
}

#[test]
fn a_table_is_what_serde_reads() {
    let expected = json!({
        "type": "object",
        "x-table": "Drawing",
        "additionalProperties": false,
        "required": ["title", "first-shape"],
        "properties": {
            "title": { "type": "string" },
            "first-shape": { "x-tags": ["circle", "pile"] },
            "is-wide": { "type": "boolean", "default": false },
            "colour": { "anyOf": [
                { "enum": ["red"] },
                {
                    "type": "object", "required": ["mixed"], "additionalProperties": false,
                    "properties": { "mixed": {
                        "type": "array", "items": { "type": "integer", "minimum": 0 },
                    } },
                },
                {
                    "type": "object", "required": ["named"], "additionalProperties": false,
                    "properties": { "named": {
                        "type": "object", "x-table": "", "additionalProperties": false,
                        "required": ["name"], "properties": { "name": { "type": "string" } },
                    } },
                },
            ] },
            "inner": {
                "type": "object", "x-table": "Inner", "additionalProperties": false,
                "properties": { "shift": { "type": "integer", "default": 0 } },
            },
        },
    });
    let mut found = read::<Drawing>();
    found["properties"]["first-shape"]["x-tags"]
        .as_array_mut()
        .unwrap()
        .sort_by_key(Value::to_string);
    // A shape with only what is required cannot be made of nothing, so that there are no defaults.
    let mut without = expected.clone();
    without["properties"]["is-wide"].as_object_mut().unwrap().remove("default");
    without["properties"]["inner"]["properties"]["shift"]
        .as_object_mut()
        .unwrap()
        .remove("default");
    assert_eq!(found, without);
}

#[test]
fn options_of_implementations_have_defaults() {
    let found = tags_schema::<Box<dyn Shape>>();
    let circle = &found["circle"];
    assert_eq!(circle["required"], json!(["radius"]));
    assert_eq!(circle["properties"]["radius"]["type"], json!(["number", "null"]));
    assert_eq!(circle["properties"]["rings"]["default"], 2);
    let parts = &found["pile"]["properties"]["parts"];
    assert_eq!(parts["additionalProperties"]["x-tags"].as_array().unwrap().len(), 2);
}
