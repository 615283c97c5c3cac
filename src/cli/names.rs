//! What this build can name in TOML and at the command line, by section.

use super::said::Said;
use anyhow::anyhow;
use medley_adapter::Adapter;
use medley_aggregation::Rule;
use medley_annotator::Distortion;
use medley_encoder::Encoder;
use medley_exact::Exact;
use medley_formats::{Exporter, Importer};
use medley_people::PeopleModel;
use medley_plan::compiled;
use medley_querying::Strategy;
use medley_reward_model::Backbone;
use medley_toml_file::{Linked, linked, nearest};
use medley_toml_schema::tags_schema;
use medley_training::{Inference, Mixing};
use medley_world::{Generator, World};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// Implementations of one extension point.
pub(super) struct Section {
    title: &'static str,
    /// What stands before a name in the list and in TOML; nothing for formats, which are also
    /// arguments.
    prefix: &'static str,
    /// Other names of the section.
    pub(super) names: [&'static str; 2],
    pub(super) entries: Vec<Linked>,
    /// The JSON schema of the options of each.
    pub(super) schema: fn() -> Map<String, Value>,
}

fn section<T: DeserializeOwned + Serialize>(
    title: &'static str,
    prefix: &'static str,
    names: [&'static str; 2],
    summary: fn(&T) -> &'static str,
) -> Section {
    Section { title, prefix, names, entries: linked::<T>(summary), schema: tags_schema::<T> }
}

pub(super) fn sections() -> [Section; 13] {
    [
        section::<Box<dyn Adapter>>("Adapters", "adapter.", ["adapters", "adapter"], |it| {
            it.summary()
        }),
        section::<Box<dyn Backbone>>("Backbones", "backbone.", ["backbones", "backbone"], |it| {
            it.summary()
        }),
        section::<Box<dyn Mixing>>("Mixings", "mixing.", ["mixings", "mixing"], |it| it.summary()),
        section::<Box<dyn Inference>>(
            "Inference",
            "inference.",
            ["inference", "inferences"],
            |it| it.summary(),
        ),
        section::<Box<dyn Strategy>>(
            "Strategies of asking",
            "querying.strategies.<name>.",
            ["strategies", "strategy"],
            |it| it.summary(),
        ),
        section::<Box<dyn PeopleModel>>(
            "Models of people",
            "people.<name>.",
            ["people", "models-of-people"],
            |it| it.summary(),
        ),
        section::<Box<dyn Rule>>(
            "Rules of aggregation",
            "aggregation.rules.<name>.",
            ["rules", "aggregation"],
            |it| it.summary(),
        ),
        section::<Box<dyn Encoder>>("Encoders", "encoder.", ["encoders", "encoder"], |it| {
            it.summary()
        }),
        section::<Box<dyn Exact>>(
            "Exact experiments",
            "exact.",
            ["exact", "exact-experiments"],
            |it| it.summary(),
        ),
        section::<Box<dyn World>>("Worlds", "world.", ["worlds", "world"], |it| it.summary()),
        section::<Box<dyn Distortion>>(
            "Distortions of simulated people",
            "",
            ["distortions", "distortion"],
            |it| it.summary(),
        ),
        section::<Box<dyn Importer>>("Importers", "", ["importers", "importer"], |it| it.summary()),
        section::<Box<dyn Exporter>>("Exporters", "", ["exporters", "exporter"], |it| it.summary()),
    ]
}

/// What makes datasets: named in TOML, and not listed, since there is one.
pub(super) fn generators() -> Section {
    section::<Box<dyn Generator>>("", "generator.", ["generators", "generator"], |it| it.summary())
}

impl Section {
    fn is_called(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    /// The name of an entry as the list has it.
    fn full(&self, entry: &Linked) -> String {
        format!("{}{}", self.prefix, entry.name)
    }

    /// Leaves the entries that are called `name`.
    fn keep(&mut self, name: &str) {
        let prefix = self.prefix;
        self.entries.retain(|it| it.name == name || format!("{prefix}{}", it.name) == name);
    }

    /// Title and entries.
    fn told(&self) -> String {
        let mut text = format!("{}\n", self.title);
        for entry in &self.entries {
            let _ = writeln!(text, "  {}    {}", self.full(entry), entry.summary);
            for option in &entry.options {
                let _ = writeln!(text, "      {option}");
            }
        }
        text
    }
}

/// Everything, or the section or the entries that are called `name`.
///
/// # Errors
/// Nothing is called so.
pub(super) fn listed(name: Option<&str>) -> anyhow::Result<Said> {
    let mut sections = Vec::from(sections());
    let devices = || format!("Devices\n  {}", compiled().join(", "));
    let Some(name) = name else {
        let all: Vec<String> = sections.iter().map(Section::told).collect();
        let text = format!("{}\n\n{}\n", all.join("\n").trim_end(), devices());
        return Ok(Said::new(text, listed_json(&sections, &compiled())));
    };
    let asked = name.to_lowercase();
    if asked == "devices" {
        return Ok(Said::new(devices() + "\n", listed_json(&[], &compiled())));
    }
    if sections.iter().any(|section| section.is_called(&asked)) {
        sections.retain(|section| section.is_called(&asked));
    } else {
        for section in &mut sections {
            section.keep(&asked);
        }
        sections.retain(|section| !section.entries.is_empty());
        if sections.is_empty() {
            return Err(anyhow!("{}", unknown(name, &self::sections())));
        }
    }
    let told: Vec<String> = sections.iter().map(Section::told).collect();
    Ok(Said::new(told.join("\n"), listed_json(&sections, &[])))
}

fn listed_json(sections: &[Section], devices: &[&str]) -> Value {
    let entries = sections.iter().flat_map(|section| {
        section.entries.iter().map(|entry| {
            json!({
                "section": section.names[0], "name": section.full(entry),
                "summary": entry.summary, "options": entry.options,
            })
        })
    });
    json!({ "entries": entries.collect::<Vec<_>>(), "devices": devices })
}

fn unknown(name: &str, sections: &[Section]) -> String {
    let of_sections =
        sections.iter().map(|section| section.names[0].to_owned()).collect::<Vec<_>>();
    let entries =
        sections.iter().flat_map(|section| section.entries.iter().map(move |it| (section, it)));
    let entries = entries.flat_map(|(section, entry)| [entry.name.clone(), section.full(entry)]);
    let all: Vec<String> = of_sections.iter().cloned().chain(entries).collect();
    let meant = nearest(name, all.iter().map(String::as_str));
    let meant = meant.map_or(String::new(), |meant| format!(": did you mean `{meant}`?"));
    format!(
        "nothing is called `{name}`{meant} Expected one of {}, devices, or a name that `medley list` has",
        of_sections.join(", ")
    )
}

/// What to say of a format that nothing reads or writes.
pub(super) fn unknown_format(name: &str, verb: &str, known: &[Linked]) -> anyhow::Error {
    let names: Vec<&str> = known.iter().map(|linked| linked.name.as_str()).collect();
    let meant = nearest(name, names.iter().copied());
    let meant = meant.map_or(String::new(), |meant| format!(" (did you mean `{meant}`?)"));
    anyhow::anyhow!(
        "unknown format `{name}`{meant}, expected a TOML file with `[{verb}.<format>]`, or one of {}",
        names.join(", ")
    )
}

pub(super) fn importers() -> Vec<Linked> {
    linked::<Box<dyn Importer>>(|it| it.summary())
}

pub(super) fn exporters() -> Vec<Linked> {
    linked::<Box<dyn Exporter>>(|it| it.summary())
}
