//! Parts of the page that are one list or table each: plan, data, agreement, and what summaries say.

use std::fmt::Write;

use crate::page::grid::{Column, Grid, Item, Line, slug};
use crate::page::grid_html::{bare_html, quoted};
use crate::page::markdown::{Block, blocks, inline};
use crate::page::{DataCard, Fact};
use crate::text::escape;
use crate::{AgreementAggregate, Sign};

/// Characters of a page about a dataset or of a licence that the page holds.
const MOST: usize = 40_000;

/// Names and what they are.
pub(crate) fn facts(facts: &[Fact]) -> String {
    let fact =
        |fact: &Fact| format!("<dt>{}</dt><dd>{}</dd>\n", escape(&fact.name), escape(&fact.value));
    let all: String = facts.iter().map(fact).collect();
    if all.is_empty() { String::new() } else { format!("<dl>\n{all}</dl>\n") }
}

/// Text of a file, its lines kept.
pub(crate) fn code(text: &str) -> String {
    let shown: String = text.chars().take(MOST).collect();
    let cut = if shown.len() < text.len() { "\n[cut here]" } else { "" };
    let lines: Vec<String> =
        shown.lines().map(|line| escape(&line.replace('\t', "    "))).collect();
    format!(
        "<div class=\"scroll\" role=\"region\" aria-label=\"Text of a file\" tabindex=\"0\"><pre>{}{cut}</pre></div>\n",
        lines.join("\n")
    )
}

/// A fold.
pub(crate) fn fold(summary: &str, content: &str) -> String {
    format!("<details><summary>{}</summary>\n{content}</details>\n", escape(summary))
}

/// A list of sentences in Markdown.
pub(crate) fn list(items: &[String]) -> String {
    let items: String = items.iter().map(|item| format!("<li>{}</li>\n", inline(item))).collect();
    if items.is_empty() { String::new() } else { format!("<ul>\n{items}</ul>\n") }
}

/// The data, with licences.
pub(crate) fn cards(cards: &[DataCard]) -> String {
    let mut text = String::new();
    for card in cards {
        let unknown = "not said by its card";
        let said = |text: &str| if text.is_empty() { unknown.to_owned() } else { text.to_owned() };
        let _ = writeln!(text, "<h3 id=\"data-{}\">{}</h3>", slug(&card.name), escape(&card.name));
        let mut told = vec![
            Fact::new("Licence", said(&card.licence)),
            Fact::new("Attribution", said(&card.attribution)),
            Fact::new("Obtained from", said(&card.source)),
        ];
        told.extend(card.facts.iter().cloned());
        text += &facts(&told);
        if !card.page.is_empty() {
            let page: String = card.page.chars().take(MOST).collect();
            let mut unused = Vec::new();
            text += &fold("The page about it", &rendered(&page, &card.name, 4, &mut unused));
        }
        for (name, licence) in &card.licences {
            text += &fold(&format!("Text of the licence ({name})"), &code(licence));
        }
    }
    text
}

/// Markdown as HTML. Headings begin at `level`, a title of the whole text is left out, and tables are added to
/// `grids`.
pub(crate) fn rendered(text: &str, prefix: &str, level: usize, grids: &mut Vec<Grid>) -> String {
    let found = blocks(text, prefix);
    let above = found.iter().filter_map(|block| match block {
        Block::Heading(level, _) if *level > 1 => Some(*level),
        _ => None,
    });
    let top = above.min().unwrap_or(2);
    let mut written = String::new();
    for block in found {
        match block {
            Block::Heading(1, _) => {}
            Block::Heading(depth, title) => {
                let tag = (level + depth - top).min(6);
                let _ = writeln!(written, "<h{tag}>{}</h{tag}>", inline(&title));
            }
            Block::Paragraph(text) => {
                let _ = writeln!(written, "<p>{}</p>", inline(&text));
            }
            Block::List(items) => written += &list(&items),
            Block::Code(text) => written += &code(&text),
            Block::Table(grid) => {
                // Its caption is the heading above it.
                written += &bare_html(&grid);
                grids.push(grid);
            }
        }
    }
    written
}

/// Who predicts whom.
pub(crate) fn agreement(rows: &[AgreementAggregate]) -> Grid {
    let has_settings = rows.iter().any(|row| !row.setting.is_empty());
    let line = |row: &AgreementAggregate| {
        let mut items =
            vec![Item::words(row.trained_on.as_str()), Item::words(row.source.as_str())];
        items.extend(has_settings.then(|| Item::words(row.setting.as_str())));
        items.extend([
            Item::words(row.metric.as_str()),
            Item::number(row.mean),
            Item::number(row.low),
            Item::number(row.high),
            Item::count(row.seeds),
            Item::words(match row.sign() {
                Sign::Positive => "predicts it",
                Sign::Negative => "predicts the reverse",
                Sign::Open => "open",
            }),
        ]);
        Line::of(items)
    };
    let mut columns = vec![Column::words("reward learned from"), Column::words("judged on")];
    columns.extend(has_settings.then(|| Column::words("setting")));
    columns.extend([
        Column::words("metric"),
        Column::numbers("mean over seeds"),
        Column::numbers("95 % low"),
        Column::numbers("95 % high"),
        Column::numbers("seeds"),
        Column::words("what the interval says"),
    ]);
    Grid {
        name: "agreement".to_owned(),
        caption: "How well the reward of each source predicts every other, from −1 to 1".to_owned(),
        columns,
        lines: rows.iter().map(line).collect(),
        references: Vec::new(),
    }
}

/// A link to an anchor of the page.
pub(crate) fn link(anchor: &str, text: &str) -> String {
    format!("<a href=\"#{}\">{}</a>", quoted(anchor), escape(text))
}
