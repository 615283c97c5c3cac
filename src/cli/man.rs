//! `medley man`: the manual, made from what clap knows.

use super::arguments::Arguments;
use super::said::Said;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use serde_json::json;
use std::path::{Path, PathBuf};

/// The page of `medley`; in a folder, that and a page for each verb.
pub(super) fn man(out: Option<&Path>) -> anyhow::Result<Said> {
    let mut command = Arguments::command();
    command.build();
    let Some(folder) = out else {
        let page = page(&command)?;
        return Ok(Said::new(page.clone(), json!({ "page": page, "files": [] })));
    };
    let mut files = vec![(folder.join("medley.1"), page(&command)?)];
    let is_ours = |verb: &&Command| verb.get_name() != "help" && !verb.is_hide_set();
    for verb in command.get_subcommands().filter(is_ours) {
        let name = format!("medley-{}", verb.get_name());
        files.push((folder.join(format!("{name}.1")), page(verb)?));
    }
    std::fs::create_dir_all(folder)?;
    for (file, text) in &files {
        medley_whole_file::write_named(file, text.as_bytes())?;
    }
    let files: Vec<PathBuf> = files.into_iter().map(|(file, _)| file).collect();
    Ok(Said::new(super::listing::written(&files), json!({ "files": files })))
}

fn page(command: &Command) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    Man::new(command.clone()).date("").manual("Medley").render(&mut bytes)?;
    Ok(String::from_utf8(bytes)?)
}
