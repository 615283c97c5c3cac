//! Which sources does one model learn from?

/// Some sources that one model is fitted to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Its name, unique in the mixing.
    pub name: String,
    /// Its sources, at least one.
    pub sources: Vec<String>,
}

impl Fit {
    /// One fit for all of these sources.
    pub fn of(sources: &[&str]) -> Self {
        let sources = sources.iter().map(|&source| source.to_owned()).collect();
        Self { name: "all".to_owned(), sources }
    }
}
