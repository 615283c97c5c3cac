//! How does an SVG become dots?

use resvg::{tiny_skia, usvg};

use crate::{ReportError, text};

/// Dots for each pixel of 1/96 inch.
const SCALE: u32 = 2;

/// `name` is for messages; `size` is width and height in pixels of 1/96 inch.
pub(crate) fn rasterize(name: &str, svg: &str, size: (u32, u32)) -> Result<Vec<u8>, ReportError> {
    let drawing = |message: String| ReportError::Drawing { name: name.to_owned(), message };
    let tree =
        usvg::Tree::from_str(svg, &text::options()).map_err(|error| drawing(error.to_string()))?;
    let (width, height) = (size.0 * SCALE, size.1 * SCALE);
    let mut dots = tiny_skia::Pixmap::new(width, height)
        .ok_or_else(|| drawing(format!("no picture has {width} x {height} dots")))?;
    let transform = tiny_skia::Transform::from_scale(SCALE as f32, SCALE as f32);
    resvg::render(&tree, transform, &mut dots.as_mut());
    dots.encode_png().map_err(|error| drawing(error.to_string()))
}
