//! How does a figure stand on the page?
//!
//! Inline, so that its colours follow those of the page, its texts can be searched and nothing is loaded. Its
//! name stands before its ids, so that no two figures share one.

use crate::Figure;
use crate::summary::capital;
use crate::text::escape;

/// A figure of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    name: String,
    title: String,
    description: String,
    /// From `<svg` to its end.
    svg: String,
    /// Pixels of 1/96 inch.
    width: u32,
}

/// A figure of more bytes stays a file.
const MOST_BYTES: usize = 400_000;

impl Picture {
    /// A figure as it is drawn.
    pub fn of(figure: &Figure) -> Self {
        Self::read(figure.name(), &figure.svg()).unwrap_or_else(|| Picture {
            name: figure.name().to_owned(),
            title: figure.title().to_owned(),
            description: figure.description().to_owned(),
            svg: figure.svg(),
            width: figure.size().0,
        })
    }

    /// A figure from the text of its file; none if that is no SVG. One that was drawn before figures had a
    /// text alternative is described by the texts on it.
    pub fn read(name: &str, svg: &str) -> Option<Self> {
        let start = svg.find("<svg")?;
        let svg = svg.get(start..)?.trim_end();
        let opening = svg.split('>').next()?;
        let width = attribute(opening, "width")?.parse().ok()?;
        let spoken = between(svg, "<title", "</title>").zip(between(svg, "<desc", "</desc>"));
        let words = capital(&name.replace('-', " "));
        let (title, description) = match spoken {
            Some((title, description)) => (title, description),
            None => (words, texts(svg)),
        };
        // Ours stand in their place, so that ids are those of the page.
        let svg = without(&without(svg, "<title", "</title>"), "<desc", "</desc>");
        Some(Picture { name: name.to_owned(), title, description, svg, width })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The figure with its caption, or what stands in its place where it is too large.
    pub(crate) fn html(&self, folder: &str) -> String {
        let Picture { name, title, description, svg, width } = self;
        let id = crate::page::grid::slug(name);
        let (title, description) = (escape(title), escape(description));
        if svg.len() > MOST_BYTES {
            return format!(
                "<p id=\"f-{id}\">{title}: the figure is too large for this page ({} KB); it is \
                 <code>{folder}/{}.svg</code>.</p>\n",
                svg.len() / 1000,
                escape(name)
            );
        }
        let Some((opening, rest)) = svg.split_once('>') else { return String::new() };
        let opening = bare(opening);
        format!(
            "<figure id=\"f-{id}\">\n<div class=\"scroll\" role=\"region\" aria-label=\"{title}\" \
             tabindex=\"0\">\n{opening} role=\"img\" aria-labelledby=\"f-{id}-t f-{id}-d\" \
             style=\"min-width:{}px;max-width:{}px\">\
             <title id=\"f-{id}-t\">{title}</title><desc id=\"f-{id}-d\">{description}</desc>{}\n</div>\n\
             <figcaption>{title}. <code>{folder}/{}.svg</code>\
             <details><summary>In words</summary><p>{description}</p></details></figcaption>\n</figure>\n",
            (width * 7 / 10).min(560),
            width * 3 / 2,
            squeezed(rest),
            escape(name)
        )
    }
}

/// Without the attributes that the page gives anew.
fn bare(opening: &str) -> String {
    let mut opening = opening.to_owned();
    for name in ["role", "aria-labelledby", "width", "height"] {
        if let Some((before, after)) = opening.split_once(&format!(" {name}=\"")) {
            let rest = after.split_once('"').map_or("", |(_, rest)| rest);
            opening = format!("{before}{rest}");
        }
    }
    opening
}

/// What the plotting layer writes on each shape and what says nothing beside other attributes.
fn squeezed(svg: &str) -> String {
    svg.replace(" opacity=\"1\"", "").replace(" stroke=\"none\"", "")
}

fn attribute<'a>(opening: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = opening.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// The content of an element, as text.
fn between(svg: &str, start: &str, end: &str) -> Option<String> {
    let (_, rest) = svg.split_once(start)?;
    let (_, rest) = rest.split_once('>')?;
    let (content, _) = rest.split_once(end)?;
    Some(unescaped(content))
}

fn without(svg: &str, start: &str, end: &str) -> String {
    let found =
        svg.split_once(start).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    found.map_or_else(|| svg.to_owned(), |(before, after)| format!("{before}{after}"))
}

fn texts(svg: &str) -> String {
    let lines = svg.split("<text").skip(1);
    let lines = lines.filter_map(|rest| rest.split_once('>')?.1.split_once("</text>"));
    lines.map(|(text, _)| unescaped(text)).collect::<Vec<_>>().join("; ")
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SVG: &str = "<?xml?><svg xmlns=\"x\" width=\"100\" height=\"50\" viewBox=\"0 0 1 1\">\n<text x=\"1\">a &lt; b</text></svg>\n";

    #[test]
    fn a_figure_without_a_description_is_told_by_its_texts() {
        let picture = Picture::read("by-seed", SVG).unwrap();
        assert_eq!((picture.title.as_str(), picture.description.as_str()), ("By seed", "a < b"));
        let html = picture.html("figures");
        assert!(
            html.contains(
                "<title id=\"f-by-seed-t\">By seed</title><desc id=\"f-by-seed-d\">a &lt; b</desc>"
            ),
            "{html}"
        );
        assert!(!html.contains("<?xml") && !html.contains("height=\"50\""), "{html}");
    }

    #[test]
    fn what_is_no_figure_is_none() {
        assert_eq!(Picture::read("x", "<html>"), None);
        assert_eq!(Picture::read("x", "<svg>"), None);
    }

    #[test]
    fn a_large_figure_stays_a_file() {
        let large = SVG.replace("a &lt; b", &"x".repeat(MOST_BYTES));
        let html = Picture::read("big", &large).unwrap().html("figures");
        assert!(html.len() < 1_000 && html.contains("figures/big.svg"), "{html}");
    }
}
