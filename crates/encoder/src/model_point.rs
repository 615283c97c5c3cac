//! How does a point of stored features look to a model?

use crate::Standardizer;

/// Where the features that a model reads stand in rows of others, and the scale that it reads them at.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelPoint {
    columns: Vec<usize>,
    mean: Vec<f32>,
    scale: Vec<f32>,
}

/// Why rows of some features cannot be read as a model reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The model reads this feature, which they lack.
    Lacks(String),
    /// The model reads components of as many features.
    Components(usize),
}

impl ModelPoint {
    /// For a model that reads the features `names`, brought to one scale by `standardizer` if there is
    /// one, from rows of the features `stored`.
    ///
    /// # Errors
    /// Rows lack a feature, or the model reads components of features.
    pub fn new(
        names: &[String],
        standardizer: Option<&Standardizer>,
        stored: &[String],
    ) -> Result<Self, Unreadable> {
        let column = |name: &String| {
            let found = stored.iter().position(|known| known == name);
            found.ok_or_else(|| Unreadable::Lacks(name.clone()))
        };
        let columns = names.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        let (mean, scale) = match standardizer {
            None => (vec![0.0; names.len()], vec![1.0; names.len()]),
            Some(fitted) if fitted.names == *names => (fitted.mean.clone(), fitted.scale.clone()),
            Some(fitted) => return Err(Unreadable::Components(fitted.names.len())),
        };
        Ok(Self { columns, mean, scale })
    }

    /// The model's features of a row, whose value in a column is `stored`.
    pub fn read(&self, stored: impl Fn(usize) -> f32) -> Vec<f32> {
        let fitted = self.mean.iter().zip(&self.scale);
        let read = self.columns.iter().zip(fitted);
        read.map(|(&column, (mean, scale))| (stored(column) - mean) / scale).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_and_standardized() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let fitted = Standardizer {
            names: names(&["b", "a"]),
            mean: vec![1.0, 0.0],
            scale: vec![2.0, 4.0],
            components: Vec::new(),
        };
        let stored = names(&["a", "unread", "b"]);
        let found = |read: &[&str], by| ModelPoint::new(&names(read), by, &stored);
        let row = [2.0, f32::NAN, 5.0];
        let plain = found(&["b", "a"], None).unwrap();
        assert_eq!(plain.read(|column| row[column]), [5.0, 2.0]);
        let scaled = found(&["b", "a"], Some(&fitted)).unwrap();
        assert_eq!(scaled.read(|column| row[column]), [2.0, 0.5]);
        assert_eq!(found(&["a", "c"], None), Err(Unreadable::Lacks("c".to_owned())));
        assert_eq!(found(&["a"], Some(&fitted)), Err(Unreadable::Components(2)));
    }
}
