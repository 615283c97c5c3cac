//! How many job arrays do so many elements take, and how many elements of each may run at once?
//!
//! The largest index of an array is one below `MaxArraySize`, whose default is 1001. More elements take
//! several arrays, each of which starts again at 0 and adds an offset.

use crate::command::said;

/// Slurm's own default of `MaxArraySize`.
const DEFAULT: usize = 1001;

/// Most elements of an array on this cluster; Slurm's default where it cannot be asked.
pub fn largest_array() -> usize {
    let text = said("scontrol", &["show", "config"]).unwrap_or_default();
    size_in(&text).unwrap_or(DEFAULT)
}

/// `MaxArraySize = 1001` among the lines of `scontrol show config`; an array may be switched off by 0.
fn size_in(text: &str) -> Option<usize> {
    let value = |line: &str| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "MaxArraySize").then(|| value.trim().parse().ok())?
    };
    text.lines().find_map(value).filter(|&size| size > 0)
}

/// The job arrays of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrays {
    /// First element and number of elements of each.
    pub spans: Vec<(usize, usize)>,
    /// Most elements of each at the same time; no limit if none.
    pub parallel: Vec<Option<usize>>,
}

impl Arrays {
    /// Arrays of at most `largest` for so many elements, of which at most `parallel` run at once. A limit
    /// is of one array, so that several share it out.
    ///
    /// # Errors
    /// There are more arrays than elements may run at once.
    pub fn new(elements: usize, largest: usize, parallel: Option<usize>) -> Result<Self, String> {
        let largest = largest.max(1);
        let spans: Vec<(usize, usize)> = (0..elements)
            .step_by(largest)
            .map(|first| (first, largest.min(elements - first)))
            .collect();
        let arrays = spans.len();
        let share = |limit: usize| {
            (0..arrays).map(move |array| Some(limit / arrays + usize::from(array < limit % arrays)))
        };
        let parallel = match parallel {
            None => vec![None; arrays],
            Some(limit) if limit >= arrays => share(limit).collect(),
            Some(limit) => {
                return Err(format!(
                    "{elements} elements take {arrays} job arrays of this cluster (at most {largest} \
                     elements each), more than the {limit} elements that may run at once (`parallel`): \
                     expected more runs an element (`chunk`)"
                ));
            }
        };
        Ok(Self { spans, parallel })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_array_is_read_from_the_configuration() {
        let text =
            "Configuration data as of today\nMaxArraySize            = 20001\nMaxJobCount = 3\n";
        assert_eq!(size_in(text), Some(20_001));
        assert_eq!(size_in("MaxArraySizes = 3\n"), None);
        assert_eq!(size_in("MaxArraySize = 0\n"), None);
    }

    #[test]
    fn elements_are_cut_below_the_largest_index() {
        let spans = |elements| Arrays::new(elements, 1001, None).unwrap().spans;
        assert_eq!(spans(1), [(0, 1)]);
        assert_eq!(spans(1001), [(0, 1001)]);
        assert_eq!(spans(1002), [(0, 1001), (1001, 1)]);
        assert_eq!(spans(2500), [(0, 1001), (1001, 1001), (2002, 498)]);
        assert!(spans(0).is_empty());
    }

    #[test]
    fn arrays_share_out_what_may_run_at_once() {
        let parallel = |limit| Arrays::new(25, 10, Some(limit)).map(|arrays| arrays.parallel);
        assert_eq!(parallel(8).unwrap(), [Some(3), Some(3), Some(2)]);
        assert_eq!(parallel(3).unwrap(), [Some(1); 3]);
        let said = parallel(2).unwrap_err();
        assert!(said.starts_with("25 elements take 3 job arrays of this cluster"), "{said}");
    }
}
