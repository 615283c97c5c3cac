//! How do the parts of a page become one HTML file?
//!
//! Style and script are within it, and a policy in its head forbids whatever would be loaded. The script
//! sorts tables and opens folds; all there is to read is there without it.

use crate::page::grid_html::quoted;
use crate::text::escape;
use std::fmt::Write;

const STYLE: &str = include_str!("../../assets/page.css");
const SCRIPT: &str = include_str!("../../assets/page.js");

/// A part of the page with a heading.
pub(crate) struct Section {
    pub id: &'static str,
    pub title: &'static str,
    /// HTML. A part without any is left out.
    pub content: String,
}

impl Section {
    pub fn new(id: &'static str, title: &'static str, content: String) -> Self {
        Section { id, title, content }
    }
}

/// The page.
pub(crate) fn document(title: &str, sections: &[Section]) -> String {
    let sections: Vec<&Section> = sections.iter().filter(|of| !of.content.is_empty()).collect();
    let title = escape(title);
    let mut text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'unsafe-inline'; img-src data:\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         <nav aria-label=\"Contents\"><ul>\n"
    );
    for section in &sections {
        let _ =
            writeln!(text, "<li><a href=\"#{}\">{}</a></li>", section.id, escape(section.title));
    }
    text.push_str("</ul></nav>\n");
    for Section { id, title, content } in sections {
        let _ = write!(
            text,
            "<section aria-labelledby=\"{id}\">\n<h2 id=\"{}\">{}</h2>\n{content}</section>\n",
            quoted(id),
            escape(title)
        );
    }
    let _ = write!(text, "</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    text
}
