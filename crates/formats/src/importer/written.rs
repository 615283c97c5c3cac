//! A text as somebody wrote it: what it says, and what is known of it beside that.

use medley_dataset::MetadataValue;
use std::borrow::Cow;

/// A text and its metadata, such as the model that wrote it. Importers pass a plain text where nothing
/// else is known.
///
/// The same text by two models is two segments, since who wrote it is a question to ask of the data.
///
/// ```
/// # use medley_formats::Written;
/// let plain = Written::from("Yes.");
/// assert_eq!(plain.clone().by(Some("gpt-4")).metadata, [("model".to_owned(), "gpt-4".into())]);
/// assert_eq!(plain.clone().by(None), plain);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Written<'t> {
    /// What it says.
    pub text: Cow<'t, str>,
    /// Columns of the segment table and their values, in the order of their names.
    pub metadata: Vec<(String, MetadataValue)>,
}

/// The column of the model that wrote an answer.
const MODEL: &str = "model";

impl Written<'_> {
    /// The same by a model; a name that is missing or blank is unknown.
    pub fn by(mut self, model: Option<&str>) -> Self {
        if let Some(model) = model.map(str::trim).filter(|model| !model.is_empty()) {
            self.metadata.push((MODEL.to_owned(), model.into()));
        }
        self
    }

    /// What is hashed of it, beside its text.
    pub(crate) fn labels(&self) -> Vec<(&str, String)> {
        let label = |value: &MetadataValue| match value {
            MetadataValue::Text(text) => format!("text {text}"),
            MetadataValue::Number(number) => format!("number {number}"),
        };
        self.metadata.iter().map(|(name, value)| (&**name, label(value))).collect()
    }
}

impl<'t> From<&'t str> for Written<'t> {
    fn from(text: &'t str) -> Self {
        Self { text: Cow::Borrowed(text), metadata: Vec::new() }
    }
}

impl<'t> From<&'t String> for Written<'t> {
    fn from(text: &'t String) -> Self {
        Self::from(text.as_str())
    }
}

impl<'t> From<&&'t str> for Written<'t> {
    fn from(text: &&'t str) -> Self {
        Self::from(*text)
    }
}

impl<'t> From<&'t Cow<'t, str>> for Written<'t> {
    fn from(text: &'t Cow<'t, str>) -> Self {
        Self::from(&**text)
    }
}
