//! How does ink get onto a figure?
//!
//! A canvas keeps a list of shapes and texts in pixels of 1/96 inch, origin at the top left. At
//! the end Plotters' SVG backend writes the shapes. It only knows whole coordinates, so they are
//! written on a grid [`FINE`] times as fine, which the view box scales back. Texts are written
//! here, because the backend turns them only by quarters of a circle and guesses their height.
//! Texts lie above all shapes.

use plotters::prelude::{DrawingBackend, RGBAColor, SVGBackend, ShapeStyle};

use crate::palette::{Color, Ink};
use crate::text::{FAMILY, escape};
use crate::{Figure, ReportError};

/// Units of the view box for one pixel.
const FINE: f64 = 20.0;

/// Where a text lies relative to its point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A line of text; `at` is at half the height of its capitals.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub text: String,
    pub at: (f64, f64),
    pub size: f64,
    pub color: Color,
    pub anchor: Anchor,
    /// Degrees, clockwise.
    pub turn: f64,
}

enum Shape {
    Line((f64, f64), (f64, f64), Ink),
    Path(Vec<(f64, f64)>, Ink),
    Area(Vec<(f64, f64)>, Ink),
    Disc((f64, f64), f64, Ink),
}

/// What will be drawn.
#[derive(Default)]
pub(crate) struct Canvas {
    shapes: Vec<Shape>,
    texts: Vec<Text>,
}

impl Canvas {
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink) {
        self.shapes.push(Shape::Line(from, to, ink));
    }

    /// A line in dashes of these lengths, on and off in turn; solid for none.
    pub fn dashed(&mut self, from: (f64, f64), to: (f64, f64), dashes: &[f64], ink: Ink) {
        self.dashed_path(&[from, to], dashes, ink);
    }

    /// A line through points in dashes, which run on over the corners.
    pub fn dashed_path(&mut self, points: &[(f64, f64)], dashes: &[f64], ink: Ink) {
        let mut left = dashes.first().copied().unwrap_or(f64::INFINITY);
        let mut index = 0;
        for pair in points.windows(2) {
            let (mut from, to) = (pair[0], pair[1]);
            loop {
                let length = (to.0 - from.0).hypot(to.1 - from.1);
                let share = if length > left { left / length } else { 1.0 };
                let end = (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
                if index % 2 == 0 && length > 0.0 {
                    self.line(from, end, ink);
                }
                if length <= left {
                    left -= length;
                    break;
                }
                index += 1;
                left = dashes[index % dashes.len()];
                from = end;
            }
        }
    }

    pub fn path(&mut self, points: Vec<(f64, f64)>, ink: Ink) {
        self.shapes.push(Shape::Path(points, ink));
    }

    pub fn area(&mut self, points: Vec<(f64, f64)>, ink: Ink) {
        self.shapes.push(Shape::Area(points, ink));
    }

    /// A filled rectangle.
    pub fn block(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink) {
        self.area(vec![from, (to.0, from.1), to, (from.0, to.1)], ink);
    }

    /// Lines that rise to the right through a rectangle. They lie on one grid over the figure, so
    /// that they run on over the borders of neighbours.
    pub fn hatch(&mut self, from: (f64, f64), to: (f64, f64), distance: f64, ink: Ink) {
        let first = ((from.0 + from.1) / distance).ceil() as i64;
        let last = ((to.0 + to.1) / distance).floor() as i64;
        for sum in (first..=last).map(|count| count as f64 * distance) {
            let (left, right) = (from.0.max(sum - to.1), to.0.min(sum - from.1));
            self.line((left, sum - left), (right, sum - right), ink);
        }
    }

    pub fn disc(&mut self, center: (f64, f64), radius: f64, ink: Ink) {
        self.shapes.push(Shape::Disc(center, radius, ink));
    }

    pub fn text(&mut self, text: Text) {
        self.texts.push(text);
    }

    /// Lines of text, the first at `text.at`.
    pub fn lines(&mut self, lines: &[String], text: Text) {
        for (index, line) in lines.iter().enumerate() {
            let at = (text.at.0, text.at.1 + index as f64 * crate::text::LINE);
            self.text(Text { text: line.clone(), at, ..text.clone() });
        }
    }

    /// The figure, as SVG.
    pub fn finish(self, name: &str, width: f64, height: f64) -> Result<Figure, ReportError> {
        let (width, height) = (width.ceil() as u32, height.ceil() as u32);
        let drawing = |message: String| ReportError::Drawing { name: name.to_owned(), message };
        let mut svg = String::new();
        let fine = (width * FINE as u32, height * FINE as u32);
        let mut backend = SVGBackend::with_string(&mut svg, fine);
        for shape in &self.shapes {
            draw(&mut backend, shape).map_err(drawing)?;
        }
        backend.present().map_err(|error| drawing(error.to_string()))?;
        drop(backend);
        let texts: String = self.texts.iter().map(element).collect();
        let svg = complete(&svg, (width, height), &texts)
            .ok_or_else(|| drawing("the backend wrote no SVG element".to_owned()))?;
        let texts = self.texts.into_iter().map(|text| text.text).collect();
        Ok(Figure { name: name.to_owned(), width, height, svg, texts, alt: None })
    }
}

/// Replaces the opening tag by ours, with a white ground, and adds the texts before the end.
fn complete(svg: &str, (width, height): (u32, u32), texts: &str) -> Option<String> {
    let (_, rest) = svg.split_once('>')?;
    let (shapes, _) = rest.rsplit_once("</svg>")?;
    let (w, h) = (width * FINE as u32, height * FINE as u32);
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {w} {h}\" font-family=\"{FAMILY}, Verdana, sans-serif\" \
         stroke-linejoin=\"round\">\n\
         <rect class=\"ground\" width=\"{w}\" height=\"{h}\" fill=\"#FFFFFF\"/>{shapes}{texts}</svg>\n"
    ))
}

fn draw(backend: &mut SVGBackend, shape: &Shape) -> Result<(), String> {
    let points = |points: &[(f64, f64)]| points.iter().map(|p| fine(*p)).collect::<Vec<_>>();
    let drawn = match shape {
        Shape::Line(from, to, ink) => backend.draw_line(fine(*from), fine(*to), &style(ink)),
        Shape::Path(path, ink) => backend.draw_path(points(path), &style(ink)),
        Shape::Area(path, ink) => backend.fill_polygon(points(path), &style(ink)),
        Shape::Disc(center, radius, ink) => {
            let radius = (radius * FINE).round() as u32;
            backend.draw_circle(fine(*center), radius, &style(ink), true)
        }
    };
    drawn.map_err(|error| error.to_string())
}

fn fine((x, y): (f64, f64)) -> (i32, i32) {
    ((x * FINE).round() as i32, (y * FINE).round() as i32)
}

fn style(ink: &Ink) -> ShapeStyle {
    let (r, g, b) = ink.color;
    ShapeStyle {
        color: RGBAColor(r, g, b, ink.alpha),
        filled: true,
        stroke_width: (ink.width * FINE).round() as u32,
    }
}

fn element(text: &Text) -> String {
    // Half the height of capitals in DejaVu Sans, as a share of the font size.
    const HALF: f64 = 0.365;
    let (x, y) = fine(text.at);
    let size = (text.size * FINE).round();
    let baseline = y + (size * HALF).round() as i32;
    let anchor = match text.anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let (r, g, b) = text.color;
    let turn = match text.turn {
        0.0 => String::new(),
        turn => format!(" transform=\"rotate({turn} {x} {y})\""),
    };
    format!(
        "<text x=\"{x}\" y=\"{baseline}\" font-size=\"{size}\" text-anchor=\"{anchor}\" \
         fill=\"#{r:02X}{g:02X}{b:02X}\"{turn}>{}</text>\n",
        escape(&text.text)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::palette::{BLACK, ink};
    use crate::sample::check_layout;

    fn word(text: &str, x: f64) -> Text {
        let (size, color, anchor) = (10.0, BLACK, Anchor::Start);
        Text { text: text.into(), at: (x, 20.0), size, color, anchor, turn: 0.0 }
    }

    fn figure(second: f64) -> Figure {
        let mut canvas = Canvas::default();
        canvas.text(word("one", 10.0));
        canvas.text(word("two", second));
        canvas.finish("test", 100.0, 40.0).unwrap()
    }

    #[test]
    fn texts_apart_are_fine() {
        check_layout(&figure(50.0));
    }

    #[test]
    #[should_panic(expected = "\"one\" lies on \"two\"")]
    fn an_overlap_is_found() {
        check_layout(&figure(20.0));
    }

    #[test]
    #[should_panic(expected = "\"two\" leaves the figure")]
    fn a_text_outside_is_found() {
        check_layout(&figure(90.0));
    }

    #[test]
    fn hatching_stays_inside() {
        let mut canvas = Canvas::default();
        canvas.hatch((1.0, 1.0), (5.0, 3.0), 3.0, ink(BLACK, 1.0));
        let lines: Vec<[(f64, f64); 2]> = canvas
            .shapes
            .iter()
            .map(|shape| match shape {
                Shape::Line(from, to, _) => [*from, *to],
                _ => panic!("only lines"),
            })
            .collect();
        assert_eq!(lines, [[(1.0, 2.0), (2.0, 1.0)], [(3.0, 3.0), (5.0, 1.0)]]);
    }

    #[test]
    fn dashes_run_on_over_corners() {
        let mut canvas = Canvas::default();
        let corner = [(0.0, 0.0), (3.0, 0.0), (3.0, 7.0)];
        canvas.dashed_path(&corner, &[2.0, 2.0], ink(BLACK, 1.0));
        let lines: Vec<((f64, f64), (f64, f64))> = canvas
            .shapes
            .iter()
            .map(|shape| match shape {
                Shape::Line(from, to, _) => (*from, *to),
                _ => panic!("only lines"),
            })
            .collect();
        let expect = [((0.0, 0.0), (2.0, 0.0)), ((3.0, 1.0), (3.0, 3.0)), ((3.0, 5.0), (3.0, 7.0))];
        assert_eq!(lines, expect);
    }
}
