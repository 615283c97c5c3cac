//! Options that mean nothing where they were given.

use medley_toml_file::Problem;

/// Refuses the first of these keys that was given, where each of them means nothing.
///
/// # Errors
/// It says `why`, at the key.
pub(crate) fn none_given<const N: usize>(
    given: [(&'static str, bool); N],
    why: &str,
) -> Result<(), Problem> {
    match given.into_iter().find(|(_, is_given)| *is_given) {
        None => Ok(()),
        Some((key, _)) => Err(Problem::new(key, why)),
    }
}
