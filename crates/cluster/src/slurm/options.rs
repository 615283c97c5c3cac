//! What is asked of Slurm: `[execution.slurm]`. No number depends on it.

use medley_toml_file::{Problem, at_least};
use serde::{Deserialize, Serialize};

/// What the elements of a job array ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SlurmOptions {
    /// Partition; the cluster's default if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// Most time for an element, as `sbatch --time` takes it: minutes, or [days-]hours:minutes:seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Memory of an element, as `sbatch --mem` takes it: MiB, or with K, M, G or T.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mem: Option<String>,
    /// Cores of an element, and runs that it carries out at the same time, one thread each.
    pub cpus: u32,
    /// Most elements at the same time; no limit of ours if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel: Option<u32>,
    /// Runs of an element.
    pub chunk: u32,
    /// Seconds before the end of an element's time at which it is told to write a checkpoint.
    pub warning_secs: u32,
    /// Further arguments of `sbatch`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sbatch: Vec<String>,
}

impl Default for SlurmOptions {
    fn default() -> Self {
        Self {
            partition: None,
            time: None,
            mem: None,
            cpus: 1,
            parallel: None,
            chunk: 1,
            warning_secs: 120,
            sbatch: Vec::new(),
        }
    }
}

/// Slurm knows 65,535 as the largest lead of a signal.
const LONGEST_WARNING: u32 = 65_535;

impl SlurmOptions {
    /// Whether Slurm can be told all of it.
    ///
    /// # Errors
    /// The first that is wrong.
    pub fn check(&self) -> Result<(), Problem> {
        at_least("cpus", u64::from(self.cpus), 1)?;
        at_least("chunk", u64::from(self.chunk), 1)?;
        self.parallel.map_or(Ok(()), |count| at_least("parallel", u64::from(count), 1))?;
        self.check_partition()?;
        self.check_memory()?;
        self.check_time()?;
        match self
            .sbatch
            .iter()
            .find(|argument| argument.contains(['\n', '\0']) || argument.is_empty())
        {
            None => Ok(()),
            Some(found) => {
                let message = format!("expected arguments of one line each, found {found:?}");
                Err(Problem::new("sbatch", message))
            }
        }
    }

    fn check_partition(&self) -> Result<(), Problem> {
        let is_name = |text: &str| {
            let is_in = |c: char| c.is_alphanumeric() || "._-,+".contains(c);
            !text.is_empty() && text.chars().all(is_in)
        };
        match self.partition.as_deref().filter(|text| !is_name(text)) {
            None => Ok(()),
            Some(found) => {
                let message = format!("expected the name of a partition, found `{found}`");
                Err(Problem::new("partition", message))
            }
        }
    }

    fn check_memory(&self) -> Result<(), Problem> {
        let is_size = |text: &str| {
            let digits = text.strip_suffix(['K', 'M', 'G', 'T']).unwrap_or(text);
            is_number(digits)
        };
        match self.mem.as_deref().filter(|text| !is_size(text)) {
            None => Ok(()),
            Some(found) => {
                let message =
                    format!("expected a size such as `2G` or, in MiB, `2048`, found `{found}`");
                Err(Problem::new("mem", message))
            }
        }
    }

    fn check_time(&self) -> Result<(), Problem> {
        if self.warning_secs > LONGEST_WARNING {
            let message = format!("at most {LONGEST_WARNING} can be, found {}", self.warning_secs);
            return Err(Problem::new("warning-secs", message));
        }
        let Some(time) = &self.time else { return Ok(()) };
        match seconds(time) {
            None => {
                let message = format!(
                    "expected minutes or [days-]hours:minutes:seconds, as in `30` or `4:00:00`, found \
                     `{time}`"
                );
                Err(Problem::new("time", message))
            }
            // An element that is told to stop when it starts would never get anywhere.
            Some(limit) if limit <= u64::from(self.warning_secs) => {
                let message = format!(
                    "expected more than the {} s before its end at which an element is told to write a \
                     checkpoint (`warning-secs`), found `{time}`, which is {limit} s",
                    self.warning_secs
                );
                Err(Problem::new("time", message))
            }
            Some(_) => Ok(()),
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() < 10 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Seconds of a time as Slurm writes it: `minutes`, `minutes:seconds`, `hours:minutes:seconds`, and
/// after `days-` one to three numbers from hours on.
fn seconds(text: &str) -> Option<u64> {
    let numbers = |text: &str| -> Option<Vec<u64>> {
        text.split(':').map(|part| is_number(part).then(|| part.parse().ok())?).collect()
    };
    if let Some((days, rest)) = text.split_once('-') {
        let [days] = numbers(days)?[..] else { return None };
        let units = [3600, 60, 1];
        let rest = numbers(rest)?;
        let within: u64 = rest.iter().zip(units).map(|(count, unit)| count * unit).sum();
        return (rest.len() <= units.len()).then_some(days * 86_400 + within);
    }
    match numbers(text)?[..] {
        [minutes] => Some(minutes * 60),
        [minutes, seconds] => Some(minutes * 60 + seconds),
        [hours, minutes, seconds] => Some(hours * 3600 + minutes * 60 + seconds),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_slurm_reads_them() {
        for (text, expected) in [
            ("30", Some(1800)),
            ("1:30", Some(90)),
            ("4:00:00", Some(14_400)),
            ("2-12", Some(216_000)),
            ("1-0:30", Some(88_200)),
            ("1-1:1:1", Some(90_061)),
            ("", None),
            ("4h", None),
            ("1:2:3:4", None),
            ("-1", None),
            ("UNLIMITED", None),
            ("9999999999999", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn what_slurm_would_refuse_or_misread_is_refused() {
        let said = |text: &str| {
            let options: SlurmOptions = toml::from_str(text).unwrap();
            options.check().map_err(|problem| problem.to_string())
        };
        assert_eq!(said(""), Ok(()));
        let all = "partition = \"long,short\"\ntime = \"1-0\"\nmem = \"2G\"\ncpus = 4\nparallel = 10\n\
                   chunk = 5\nwarning-secs = 300\nsbatch = [\"--account=mine\"]";
        assert_eq!(said(all), Ok(()));
        for (text, expected) in [
            ("cpus = 0", "`cpus`: at least 1 is needed, found 0"),
            ("chunk = 0", "`chunk`: at least 1"),
            ("parallel = 0", "`parallel`: at least 1"),
            ("partition = \"a b\"", "`partition`: expected the name of a partition, found `a b`"),
            ("mem = \"2 GB\"", "`mem`: expected a size such as `2G`"),
            ("time = \"4h\"", "`time`: expected minutes or [days-]hours:minutes:seconds"),
            ("time = \"2\"", "found `2`, which is 120 s"),
            ("warning-secs = 100000", "`warning-secs`: at most 65535"),
            ("sbatch = [\"a\\nb\"]", "`sbatch`: expected arguments of one line each"),
        ] {
            let said = said(text).unwrap_err();
            assert!(said.contains(expected), "{text}: {said}");
        }
    }
}
