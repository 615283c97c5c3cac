//! Can the fits that a mixing wants be carried out and added up?

use super::{Fit, Mixing};

/// The fits of a mixing, once it is sure that they can be carried out and added up.
///
/// # Errors
/// There is none, two have one name, one has no source or one that is not in the mix, or they
/// differ in their heads.
pub fn fits_of(mixing: &dyn Mixing, sources: &[&str]) -> Result<Vec<Fit>, String> {
    let fits = mixing.fits(sources);
    let Some(first) = fits.first() else {
        return Err(format!("no fit for {} sources", sources.len()));
    };
    let heads = mixing.heads(first);
    for (i, fit) in fits.iter().enumerate() {
        let name = &fit.name;
        if fits[..i].iter().any(|other| other.name == *name) {
            return Err(format!("two fits are called `{name}`"));
        }
        if fit.sources.is_empty() {
            return Err(format!("fit `{name}` has no source"));
        }
        if let Some(stranger) = fit.sources.iter().find(|s| !sources.contains(&s.as_str())) {
            return Err(format!("fit `{name}` has source `{stranger}`, which the mix lacks"));
        }
        if mixing.heads(fit) != heads {
            return Err(format!("fits `{}` and `{name}` have other heads", first.name));
        }
    }
    Ok(fits)
}
