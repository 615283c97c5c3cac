//! What this build can name in TOML and at the command line, by section.

use anyhow::bail;
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
use medley_training::{Inference, Mixing};
use medley_world::World;
use std::fmt::Write;

/// Implementations of one extension point.
struct Section {
    title: &'static str,
    /// What stands before a name in the list and in TOML; nothing for formats, which are also
    /// arguments.
    prefix: &'static str,
    /// Other names of the section.
    names: [&'static str; 2],
    entries: Vec<Linked>,
}

fn sections() -> [Section; 13] {
    let section = |title, prefix, names, entries| Section { title, prefix, names, entries };
    [
        section(
            "Adapters",
            "adapter.",
            ["adapters", "adapter"],
            linked::<Box<dyn Adapter>>(|it| it.summary()),
        ),
        section(
            "Backbones",
            "backbone.",
            ["backbones", "backbone"],
            linked::<Box<dyn Backbone>>(|it| it.summary()),
        ),
        section(
            "Mixings",
            "mixing.",
            ["mixings", "mixing"],
            linked::<Box<dyn Mixing>>(|it| it.summary()),
        ),
        section(
            "Inference",
            "inference.",
            ["inference", "inferences"],
            linked::<Box<dyn Inference>>(|it| it.summary()),
        ),
        section(
            "Strategies of asking",
            "querying.strategies.<name>.",
            ["strategies", "strategy"],
            linked::<Box<dyn Strategy>>(|it| it.summary()),
        ),
        section(
            "Models of people",
            "people.<name>.",
            ["people", "models-of-people"],
            linked::<Box<dyn PeopleModel>>(|it| it.summary()),
        ),
        section(
            "Rules of aggregation",
            "aggregation.rules.<name>.",
            ["rules", "aggregation"],
            linked::<Box<dyn Rule>>(|it| it.summary()),
        ),
        section(
            "Encoders",
            "encoder.",
            ["encoders", "encoder"],
            linked::<Box<dyn Encoder>>(|it| it.summary()),
        ),
        section(
            "Exact experiments",
            "exact.",
            ["exact", "exact-experiments"],
            linked::<Box<dyn Exact>>(|it| it.summary()),
        ),
        section(
            "Worlds",
            "world.",
            ["worlds", "world"],
            linked::<Box<dyn World>>(|it| it.summary()),
        ),
        section(
            "Distortions of simulated people",
            "",
            ["distortions", "distortion"],
            linked::<Box<dyn Distortion>>(|it| it.summary()),
        ),
        section("Importers", "", ["importers", "importer"], importers()),
        section("Exporters", "", ["exporters", "exporter"], exporters()),
    ]
}

impl Section {
    fn is_called(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    /// The name of an entry as the list has it.
    fn full(&self, entry: &Linked) -> String {
        format!("{}{}", self.prefix, entry.name)
    }

    /// Title and entries; of these only `which` if one is asked for.
    fn told(&self, which: impl Fn(&Linked) -> bool) -> String {
        let mut text = format!("{}\n", self.title);
        for entry in self.entries.iter().filter(|entry| which(entry)) {
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
pub(super) fn listed(name: Option<&str>) -> anyhow::Result<String> {
    let sections = sections();
    let devices = || format!("Devices\n  {}", compiled().join(", "));
    let Some(name) = name else {
        let all: Vec<String> = sections.iter().map(|section| section.told(|_| true)).collect();
        return Ok(format!("{}\n\n{}\n", all.join("\n").trim_end(), devices()));
    };
    let asked = name.to_lowercase();
    if asked == "devices" {
        return Ok(devices() + "\n");
    }
    if let Some(section) = sections.iter().find(|section| section.is_called(&asked)) {
        return Ok(section.told(|_| true));
    }
    let found = |section: &Section| {
        let is_it = |entry: &Linked| entry.name == asked || section.full(entry) == asked;
        section.entries.iter().any(is_it).then(|| section.told(is_it))
    };
    let found: Vec<String> = sections.iter().filter_map(found).collect();
    if found.is_empty() {
        bail!("{}", unknown(name, &sections));
    }
    Ok(found.join("\n"))
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
