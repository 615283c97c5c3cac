//! How do the summaries, which are Markdown, become parts of the page?
//!
//! Only what they use is read: headings, paragraphs, lists, tables, fenced and indented code, bold, emphasis,
//! code, and nothing else, so that no text of a dataset becomes markup. What is meant as a link or an image in
//! a card of a dataset stands there as it was written.

use crate::page::grid::{Column, Grid, Item, Line, slug};
use crate::text::escape;

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Block {
    Heading(usize, String),
    Paragraph(String),
    List(Vec<String>),
    Table(Grid),
    Code(String),
}

/// The parts of a text. Tables are named by `prefix` and the heading above them, and a number where there are
/// several.
pub(crate) fn blocks(text: &str, prefix: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut place = 0;
    while place < lines.len() {
        let (block, next) = block(&lines, place);
        found.extend(block);
        place = next;
    }
    named(found, prefix)
}

/// The block that begins at a line, and the line after it.
fn block(lines: &[&str], place: usize) -> (Option<Block>, usize) {
    let line = lines[place];
    let while_it = |is_it: &dyn Fn(&str) -> bool| {
        let more = lines[place..].iter().take_while(|line| is_it(line)).count();
        place + more.max(1)
    };
    if line.trim().is_empty() {
        return (None, place + 1);
    }
    if let Some(title) = heading(line) {
        return (Some(title), place + 1);
    }
    if line.trim_start().starts_with("```") {
        let rest = &lines[place + 1..];
        let length = rest.iter().take_while(|line| !line.trim_start().starts_with("```")).count();
        return (Some(Block::Code(rest[..length].join("\n"))), place + length + 2);
    }
    if is_row(line) && lines.get(place + 1).is_some_and(|next| is_rule(next)) {
        let end = while_it(&is_row);
        return (Some(Block::Table(table(&lines[place..end]))), end);
    }
    if item(line).is_some() {
        let end = while_it(&|line| item(line).is_some() || continues(line));
        return (Some(Block::List(items(&lines[place..end]))), end);
    }
    let starts = |line: &str| heading(line).is_some() || item(line).is_some() || is_row(line);
    let end = while_it(&|line| !line.trim().is_empty() && !starts(line));
    (Some(Block::Paragraph(lines[place..end].join(" "))), end)
}

fn heading(line: &str) -> Option<Block> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let title = line[level..].strip_prefix(' ')?;
    (1..=6).contains(&level).then(|| Block::Heading(level, title.trim().to_owned()))
}

fn is_row(line: &str) -> bool {
    line.trim_start().starts_with('|')
}

fn is_rule(line: &str) -> bool {
    is_row(line) && line.contains('-') && line.chars().all(|letter| "|-: ".contains(letter))
}

fn item(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix("- ")
}

fn continues(line: &str) -> bool {
    line.starts_with("  ") && !line.trim().is_empty()
}

fn items(lines: &[&str]) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in lines {
        match (item(line), items.last_mut()) {
            (None, Some(last)) => {
                last.push(' ');
                last.push_str(line.trim());
            }
            (start, _) => items.push(start.unwrap_or(line).trim().to_owned()),
        }
    }
    items
}

fn table(lines: &[&str]) -> Grid {
    let heads = cells(lines[0]);
    let rules = cells(lines[1]);
    let column = |(place, head): (usize, String)| {
        let is_number = rules.get(place).is_some_and(|rule| rule.ends_with(':'));
        Column { head: plain(&head), is_number }
    };
    let columns: Vec<Column> = heads.into_iter().enumerate().map(column).collect();
    let line = |line: &&str| {
        let mut items: Vec<Item> = cells(line).into_iter().map(|text| told(&text)).collect();
        items.resize(columns.len(), Item::default());
        Line::of(items)
    };
    let lines: Vec<Line> = lines[2..].iter().map(line).collect();
    let mut grid = Grid { columns, lines, ..Grid::default() };
    align(&mut grid);
    grid
}

/// Columns that the text does not align hold numbers where every cell does that holds anything.
fn align(grid: &mut Grid) {
    for (place, column) in grid.columns.iter_mut().enumerate() {
        let items = || grid.lines.iter().filter_map(|line| line.items.get(place));
        let mut said =
            items().filter(|item| !["", "-", "–"].contains(&item.text.as_str())).peekable();
        column.is_number |= said.peek().is_some() && said.all(|item| item.value.is_some());
    }
}

/// A cell; its number, if it begins with one, is what it is sorted by.
fn told(text: &str) -> Item {
    let text = plain(text);
    let first = text.trim_start_matches(['≥', '≤', '<', ' ']).split([' ', '[']).next();
    let value = first.and_then(|first| first.replace('−', "-").parse::<f64>().ok());
    Item { value: value.filter(|value| value.is_finite()), text, to: None }
}

/// Without the marks of emphasis.
fn plain(text: &str) -> String {
    text.replace("**", "").replace('`', "")
}

/// Cells of a row; `\|` is a bar within one.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim().trim_start_matches('|');
    let line = line.strip_suffix('|').unwrap_or(line);
    let mut cells = vec![String::new()];
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek() == Some(&'|') => {
                letters.next();
                if let Some(cell) = cells.last_mut() {
                    cell.push('|');
                }
            }
            '|' => cells.push(String::new()),
            letter => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(letter);
                }
            }
        }
    }
    cells.into_iter().map(|cell| cell.trim().to_owned()).collect()
}

fn named(mut blocks: Vec<Block>, prefix: &str) -> Vec<Block> {
    let mut above = String::new();
    let mut known: Vec<String> = Vec::new();
    for block in &mut blocks {
        match block {
            Block::Heading(_, title) => above = plain(title),
            Block::Table(grid) => {
                let base = slug(&format!("{prefix} {above}"));
                let count = known.iter().filter(|name| **name == base).count();
                grid.name = if count == 0 { base.clone() } else { format!("{base}-{}", count + 1) };
                grid.caption = if above.is_empty() { prefix.to_owned() } else { above.clone() };
                known.push(base);
            }
            _ => {}
        }
    }
    blocks
}

/// Bold, emphasis and code of a line, as HTML.
pub(crate) fn inline(text: &str) -> String {
    let mut written = String::new();
    for (place, part) in text.split('`').enumerate() {
        match place % 2 {
            1 => written.push_str(&format!("<code>{}</code>", escape(part))),
            _ => written.push_str(&emphasis(&escape(part))),
        }
    }
    written
}

/// `**bold**` and `*emphasis*`; a star without a partner is a star.
fn emphasis(text: &str) -> String {
    let bold = paired(text, "**", "strong");
    paired(&bold, "*", "em")
}

fn paired(text: &str, mark: &str, tag: &str) -> String {
    let parts: Vec<&str> = text.split(mark).collect();
    let mut written = String::new();
    for (place, part) in parts.iter().enumerate() {
        match (place % 2 == 1, place + 1 < parts.len()) {
            (true, true) => written.push_str(&format!("<{tag}>{part}</{tag}>")),
            (true, false) => {
                written.push_str(mark);
                written.push_str(part);
            }
            (false, _) => written.push_str(part),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_summary() {
        let text = "# A\n\nOne\ntwo.\n\n- x\n  y\n- z\n\n## B\n\n| m | n |\n|---|---:|\n| a\\|b | 0.5 [0.4, 0.6] |\n\n```sh\nls <x>\n```\n";
        let found = blocks(text, "p");
        let [
            Block::Heading(1, a),
            Block::Paragraph(one),
            Block::List(items),
            Block::Heading(2, _),
            Block::Table(grid),
            Block::Code(code),
        ] = found.as_slice()
        else {
            panic!("{found:?}")
        };
        assert_eq!((a.as_str(), one.as_str(), code.as_str()), ("A", "One two.", "ls <x>"));
        assert_eq!(items, &["x y", "z"]);
        assert_eq!((grid.name.as_str(), grid.caption.as_str()), ("p-b", "B"));
        assert_eq!(grid.columns, [Column::words("m"), Column::numbers("n")]);
        let items = &grid.lines[0].items;
        assert_eq!((items[0].text.as_str(), items[1].value), ("a|b", Some(0.5)));
    }

    #[test]
    fn marks_become_markup_and_names_do_not() {
        assert_eq!(
            inline("**a** *b* `<c>` 2 * 3"),
            "<strong>a</strong> <em>b</em> <code>&lt;c&gt;</code> 2 * 3"
        );
        assert_eq!(inline("<script>"), "&lt;script&gt;");
    }

    #[test]
    fn broken_text_is_no_panic() {
        for text in
            ["|", "|a|\n|-|", "```", "- ", "#", "####### x", "| a |\n| - |\n| b | c |", "`", "**"]
        {
            let found = blocks(text, "");
            for block in found {
                if let Block::Table(grid) = block {
                    assert!(grid.lines.iter().all(|line| line.items.len() == grid.columns.len()));
                }
            }
            inline(text);
        }
    }
}
