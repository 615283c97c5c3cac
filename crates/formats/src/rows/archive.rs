//! Which file of a tar archive is read?

use crate::rows::refusal::{damaged, unfit};
use crate::{ImportError, Reading};
use std::io::{self, Read};
use std::path::{Component, Path};

/// Names that a message shows.
const SHOWN: usize = 20;

/// The one file in a tar archive, or the one that is asked for. All of the archive is read, so that
/// damage behind the file is found.
pub(crate) fn member(
    file: &Path,
    reader: impl Read,
    reading: &Reading<'_>,
) -> Result<Vec<u8>, ImportError> {
    let mut archive = tar::Archive::new(reader);
    let broken = |error: io::Error| damaged(file, &error);
    let (mut names, mut told) = (Vec::new(), None);
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let Some(name) = name(file, &entry.path().map_err(broken)?)? else { continue };
        let is_wanted = reading.member.map_or(names.is_empty(), |wanted| wanted == name);
        names.push(name);
        if is_wanted {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(broken)?;
            told = Some(bytes);
        }
    }
    let several = names.len() > 1 && reading.member.is_none();
    told.filter(|_| !several).ok_or_else(|| refused(file, &names, reading.member))
}

/// The names of the files in a tar archive, in its order.
pub(crate) fn names(file: &Path, reader: impl Read) -> Result<Vec<String>, ImportError> {
    let mut archive = tar::Archive::new(reader);
    let broken = |error: io::Error| damaged(file, &error);
    let mut names = Vec::new();
    for entry in archive.entries().map_err(broken)? {
        let entry = entry.map_err(broken)?;
        if entry.header().entry_type().is_file() {
            names.extend(name(file, &entry.path().map_err(broken)?)?);
        }
    }
    Ok(names)
}

/// Its path in the archive; none if it is what macOS adds to each file.
fn name(file: &Path, path: &Path) -> Result<Option<String>, ImportError> {
    if !path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(unfit(file, "members within the archive", &path.display().to_string()));
    }
    let is_extra = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("._"));
    let name = path.components().collect::<std::path::PathBuf>().display().to_string();
    Ok((!is_extra).then(|| name.strip_prefix("./").unwrap_or(&name).to_owned()))
}

fn refused(file: &Path, names: &[String], member: Option<&str>) -> ImportError {
    let shown = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>();
    let more = names.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let found = format!("{}{more}", shown.join(", "));
    match (member, names) {
        (_, []) => unfit(file, "an archive of one file", "none"),
        (Some(member), _) => unfit(file, &format!("`{member}` in the archive"), &found),
        (None, _) => {
            let expected = "an archive of one file, or the name of one as `member` (`--member`)";
            unfit(file, expected, &found)
        }
    }
}
