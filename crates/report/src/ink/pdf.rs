//! How does an SVG become a PDF?
//!
//! By the same reading of the SVG that its PNG has, with texts as texts in the embedded font.

use std::path::{Path, PathBuf};

use resvg::usvg;

use crate::{ReportError, text, write_whole};

/// Pixels of an inch, as in SVG.
const PIXELS: f32 = 96.0;

/// An SVG of ours as the bytes of a PDF of one page of its size. `name` is for messages.
///
/// # Errors
/// The text is no SVG, or its fonts cannot be embedded.
pub fn svg_to_pdf(name: &str, svg: &str) -> Result<Vec<u8>, ReportError> {
    let drawing = |message: String| ReportError::Drawing { name: name.to_owned(), message };
    let tree =
        usvg::Tree::from_str(svg, &text::options()).map_err(|error| drawing(error.to_string()))?;
    let page = svg2pdf::PageOptions { dpi: PIXELS };
    svg2pdf::to_pdf(&tree, svg2pdf::ConversionOptions::default(), page)
        .map_err(|error| drawing(error.to_string()))
}

/// Writes a PDF beside each SVG of a folder. Returns the PDFs, in the order of their names.
///
/// # Errors
/// As of [`svg_to_pdf`], or the file system.
pub fn write_pdfs(folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let io = |source| ReportError::Io { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.extension().is_some_and(|ending| ending == "svg") {
            files.push(path);
        }
    }
    files.sort();
    let pdf = |path: PathBuf| {
        let read = |source| ReportError::Io { path: path.clone(), source };
        let svg = std::fs::read_to_string(&path).map_err(read)?;
        let pdf = path.with_extension("pdf");
        write_whole(&pdf, &svg_to_pdf(&path.display().to_string(), &svg)?)?;
        Ok(pdf)
    };
    files.into_iter().map(pdf).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ladder, Rung, ladder_figure};

    #[test]
    fn a_figure_becomes_one_page_of_its_size_with_its_texts() {
        let rung = Rung { label: "gpt-4".into(), value: 0.5, interval: Some((0.25, 0.75)) };
        let ladder = Ladder {
            name: "x".into(),
            x_label: "strength".into(),
            rungs: vec![rung],
            ..Ladder::default()
        };
        let figure = ladder_figure(&ladder).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("x.svg"), figure.svg()).unwrap();
        let files = write_pdfs(folder.path()).unwrap();
        assert_eq!(files, [folder.path().join("x.pdf")]);
        let bytes = std::fs::read(&files[0]).unwrap();
        let shown = String::from_utf8_lossy(&bytes);
        assert!(shown.starts_with("%PDF-"), "{:?}", &shown[..20]);
        let (width, height) = figure.size();
        let points = |pixels: u32| pixels as f32 * 72.0 / 96.0;
        let size = format!("/MediaBox [0 0 {} {}]", points(width), points(height));
        assert!(shown.contains(&size), "{size} in {}", &shown[..600]);
        assert!(shown.contains("DejaVuSans"), "the font is embedded");
        assert_eq!(svg_to_pdf("x", &figure.svg()).unwrap(), bytes, "the same bytes each time");
        assert!(svg_to_pdf("x", "<html>").is_err());
    }
}
