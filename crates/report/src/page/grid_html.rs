//! How does a table become HTML?
//!
//! It lies in a box of its own that scrolls, so that a wide table never makes the page scroll. Cells carry
//! the number behind their text, by which the script sorts.

use crate::page::grid::{Grid, Item, Line};
use crate::text::escape;
use std::fmt::Write;

/// The table below its caption, which wraps where the table scrolls.
pub(crate) fn html(grid: &Grid) -> String {
    format!("<p class=\"caption\">{}</p>\n{}", escape(&grid.caption), bare_html(grid))
}

/// The table alone, where its caption stands above it already.
pub(crate) fn bare_html(grid: &Grid) -> String {
    let caption = quoted(&grid.caption);
    let mut text = format!(
        "<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">\n\
         <table aria-label=\"{caption}\">\n<thead><tr>"
    );
    for column in &grid.columns {
        let class = if column.is_number { " class=\"n\"" } else { "" };
        let _ = write!(text, "<th scope=\"col\"{class}>{}</th>", escape(&column.head));
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    grid.lines.iter().for_each(|one| line(&mut text, grid, one));
    text.push_str("</tbody>\n");
    if !grid.references.is_empty() {
        text.push_str("<tbody class=\"ref\">\n");
        grid.references.iter().for_each(|one| line(&mut text, grid, one));
        text.push_str("</tbody>\n");
    }
    text.push_str("</table></div>\n");
    text
}

fn line(text: &mut String, grid: &Grid, line: &Line) {
    match &line.id {
        Some(id) => {
            let _ = write!(text, "<tr id=\"{}\">", quoted(id));
        }
        None => text.push_str("<tr>"),
    }
    for (place, item) in line.items.iter().enumerate() {
        let is_number = grid.columns.get(place).is_some_and(|column| column.is_number);
        cell(text, item, is_number, place == 0);
    }
    text.push_str("</tr>\n");
}

fn cell(text: &mut String, item: &Item, is_number: bool, is_first: bool) {
    let tag = if is_first { "th scope=\"row\"" } else { "td" };
    let class = if is_number { " class=\"n\"" } else { "" };
    let value = item.value.filter(|value| value.to_string() != item.text);
    let value = value.map_or_else(String::new, |value| format!(" data-v=\"{value}\""));
    let shown = escape(&item.text);
    let shown = match &item.to {
        Some(to) => format!("<a href=\"#{}\">{shown}</a>", quoted(to)),
        None => shown,
    };
    let end = if is_first { "th" } else { "td" };
    let _ = write!(text, "<{tag}{class}{value}>{shown}</{end}>");
}

/// A text between quotation marks.
pub(crate) fn quoted(text: &str) -> String {
    escape(text).replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::grid::Column;

    #[test]
    fn nothing_of_a_name_is_markup() {
        let grid = Grid {
            name: "t".into(),
            caption: "a \"b\" <c>".into(),
            columns: vec![Column::words("<i>"), Column::numbers("n")],
            lines: vec![Line {
                id: Some("r\"1".into()),
                items: vec![
                    Item::words("<script>alert(1)</script>"),
                    Item::number(0.25).linked(Some("\"><b>".into())),
                ],
            }],
            references: vec![],
        };
        let text = html(&grid);
        assert!(
            !text.contains("<script") && !text.contains("<b>") && !text.contains("<c>"),
            "{text}"
        );
        assert!(text.contains("aria-label=\"a &quot;b&quot; &lt;c&gt;\""), "{text}");
        assert!(text.contains(
            "<td class=\"n\" data-v=\"0.25\"><a href=\"#&quot;&gt;&lt;b&gt;\">0.250</a></td>"
        ));
    }
}
