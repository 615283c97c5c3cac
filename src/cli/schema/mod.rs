//! `medley schema`: the JSON schema of each TOML file that Medley reads.
//!
//! What serde is asked for gives keys, types and defaults (`medley_toml_schema`); here the extension
//! points get the implementations of this build, and keys what their documentation says.

mod described;

use super::arguments::{Arguments, SchemaOf};
use super::import::ImportFile;
use super::names::{Section, generators, sections};
use super::said::Said;
use super::simulate::SimulationFile;
use clap::CommandFactory;
use described::Described;
use medley_exact::ExactSpec;
use medley_optimize::OptimizeSpec;
use medley_plan::ExperimentSpec;
use medley_study::StudySpec;
use medley_toml_schema::{schema as schema_of, schema_of_read};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Draft 7, since Taplo and the editors that use it know no `$defs` beside `$ref` of later ones.
const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// The schema of a kind of file, as text and as what it is.
pub(super) fn schema(of: SchemaOf) -> anyhow::Result<Said> {
    let (title, root) = match of {
        SchemaOf::Experiment => ("An experiment of Medley", schema_of::<ExperimentSpec>()),
        SchemaOf::Simulation => ("A simulation of Medley", schema_of_read::<SimulationFile>()),
        SchemaOf::Study => ("A study of people by Medley", schema_of::<StudySpec>()),
        SchemaOf::Exact => ("An exact experiment of Medley", schema_of::<ExactSpec>()),
        SchemaOf::Import => ("A mapping for medley import", schema_of_read::<ImportFile>()),
        SchemaOf::World => ("A world for medley optimize", schema_of::<OptimizeSpec>()),
    };
    let whole = whole(title, root)?;
    Ok(Said::new(serde_json::to_string_pretty(&whole)? + "\n", whole))
}

/// The schema with its definitions: those extension points that it reaches.
fn whole(title: &str, mut root: Value) -> anyhow::Result<Value> {
    let points = Points::new()?;
    let mut open = BTreeSet::new();
    points.finish(&mut root, &mut open);
    let mut definitions = Map::new();
    while let Some(name) = open.iter().find(|name| !definitions.contains_key(**name)).copied() {
        let definition = points.definition(name, &mut open);
        definitions.insert(name.to_owned(), definition);
    }
    let mut whole = json!({ "$schema": DRAFT, "title": title });
    let Value::Object(root) = root else { return Ok(whole) };
    for (key, value) in root {
        whole[key] = value;
    }
    definitions.sort_keys();
    whole["definitions"] = Value::Object(definitions);
    Ok(whole)
}

/// The extension points of this build, and what is written of their options.
struct Points {
    sections: Vec<Section>,
    described: Described,
}

impl Points {
    fn new() -> anyhow::Result<Self> {
        let sections = sections().into_iter().chain([generators()]).collect();
        Ok(Self { sections, described: Described::read()? })
    }

    /// A table with one key, the name of an implementation, and its options behind it.
    fn definition(&self, name: &str, open: &mut BTreeSet<&'static str>) -> Value {
        let Some(section) = self.sections.iter().find(|it| it.names[0] == name) else {
            return json!({});
        };
        let mut properties = (section.schema)();
        for (name, options) in &mut properties {
            self.finish(options, open);
            if let Some(linked) = section.entries.iter().find(|it| it.name == *name) {
                options["description"] = json!(linked.summary);
            }
        }
        let mut definition = json!({
            "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
        });
        if name == "importers" {
            definition["maxProperties"] = json!(1 + reading().len());
            properties.extend(reading());
        }
        definition["properties"] = Value::Object(properties);
        definition
    }

    /// Puts references to definitions in place of names, and adds descriptions.
    fn finish(&self, schema: &mut Value, open: &mut BTreeSet<&'static str>) {
        if let Value::Array(items) = schema {
            items.iter_mut().for_each(|item| self.finish(item, open));
            return;
        }
        let Value::Object(parts) = schema else { return };
        if let Some(Value::Array(names)) = parts.remove("x-tags")
            && let Some(name) = self.point(&names)
        {
            open.insert(name);
            // Beside `$ref`, other keys would count for nothing.
            let reference = json!([{ "$ref": format!("#/definitions/{name}") }]);
            parts.insert("allOf".to_owned(), reference);
        }
        if let Some(Value::String(table)) = parts.remove("x-table")
            && let Some(Value::Object(properties)) = parts.get_mut("properties")
        {
            self.described.describe(&table, properties);
        }
        for (key, part) in parts.iter_mut() {
            // What stands there are values of the user's, and no schemas.
            if !["default", "enum", "required"].contains(&key.as_str()) {
                self.finish(part, open);
            }
        }
    }

    /// The extension point with these names.
    fn point(&self, names: &[Value]) -> Option<&'static str> {
        let names: BTreeSet<&str> = names.iter().filter_map(Value::as_str).collect();
        let is_it = |section: &&Section| {
            section.entries.iter().map(|entry| entry.name.as_str()).collect::<BTreeSet<_>>()
                == names
        };
        self.sections.iter().find(is_it).map(|section| section.names[0])
    }
}

/// Keys of `[import]` beside the format, which are options of the command line too.
fn reading() -> Map<String, Value> {
    let command = Arguments::command();
    let help = |key: &str| {
        let argument =
            command.find_subcommand("import")?.get_arguments().find(|it| it.get_id() == key)?;
        argument.get_help().map(ToString::to_string)
    };
    let keys =
        [("quoted", "boolean"), ("member", "string"), ("rows", "string"), ("empty", "string")];
    let key = |(key, kind): (&str, &str)| {
        (key.to_owned(), json!({ "type": kind, "description": help(key) }))
    };
    keys.into_iter().map(key).collect()
}
