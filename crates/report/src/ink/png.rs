//! How does an SVG become dots?

use resvg::{tiny_skia, usvg};

use crate::{Figure, ReportError, text};

/// Dots for each pixel of 1/96 inch.
const SCALE: u32 = 2;

pub(crate) fn rasterize(figure: &Figure) -> Result<Vec<u8>, ReportError> {
    let drawing = |message: String| ReportError::Drawing { name: figure.name.clone(), message };
    let tree = usvg::Tree::from_str(&figure.svg, &text::options())
        .map_err(|error| drawing(error.to_string()))?;
    let (width, height) = (figure.width * SCALE, figure.height * SCALE);
    let mut dots = tiny_skia::Pixmap::new(width, height)
        .ok_or_else(|| drawing(format!("no picture has {width} x {height} dots")))?;
    let transform = tiny_skia::Transform::from_scale(SCALE as f32, SCALE as f32);
    resvg::render(&tree, transform, &mut dots.as_mut());
    dots.encode_png().map_err(|error| drawing(error.to_string()))
}
