//! What is a finished figure, and how does it get to disk?

use std::path::{Path, PathBuf};

use crate::alt::Alt;
use crate::text::escape;
use crate::{ReportError, png, write_whole};

/// A figure as SVG, from which the PNG is made. Sizes are pixels of 1/96 inch.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub(crate) name: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) svg: String,
    pub(crate) texts: Vec<String>,
    pub(crate) alt: Option<Alt>,
}

impl Figure {
    /// Gives it another file name, without ending.
    pub fn rename(&mut self, name: String) {
        self.name = name;
    }

    /// With its text alternative.
    pub(crate) fn described(self, alt: Alt) -> Self {
        Self { alt: Some(alt), ..self }
    }

    /// Its file name without ending.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Width and height in pixels of 1/96 inch.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// What the figure is of; empty where nobody said so.
    pub fn title(&self) -> &str {
        self.alt.as_ref().map_or("", |alt| &alt.title)
    }

    /// What it shows, in words and numbers; empty where nobody said so.
    pub fn description(&self) -> &str {
        self.alt.as_ref().map_or("", |alt| &alt.description)
    }

    /// The whole SVG document, with title and description for those who do not see it.
    pub fn svg(&self) -> String {
        let (Some(Alt { title, description }), Some((opening, rest))) =
            (&self.alt, self.svg.split_once('>'))
        else {
            return self.svg.clone();
        };
        let (name, title, description) = (&self.name, escape(title), escape(description));
        format!(
            "{opening} role=\"img\" aria-labelledby=\"{name}-title {name}-desc\">\n\
             <title id=\"{name}-title\">{title}</title>\n\
             <desc id=\"{name}-desc\">{description}</desc>{rest}"
        )
    }

    /// Every line of text on it, in the order of drawing.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// The figure as the bytes of a PNG, two dots for each pixel, with the embedded font.
    ///
    /// # Errors
    /// The rasterizer refuses, for example a figure too large for memory.
    pub fn png(&self) -> Result<Vec<u8>, ReportError> {
        png::rasterize(&self.name, &self.svg, self.size())
    }

    /// Writes `name.svg` and `name.png` into a folder, which is created.
    ///
    /// # Errors
    /// As of [`Figure::png`], or the file system.
    pub fn save(&self, folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
        let path = |ending: &str| folder.join(format!("{}.{ending}", self.name));
        let (svg, png) = (path("svg"), path("png"));
        write_whole(&svg, self.svg().as_bytes())?;
        write_whole(&png, &self.png()?)?;
        Ok(vec![svg, png])
    }
}
