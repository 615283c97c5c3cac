//! How does a table become LaTeX or CSV?

use crate::page::grid::{Grid, Item, Line};
use std::fmt::Write;

/// A `tabular` with the rules of the package booktabs, in a `table` with caption and label.
pub(crate) fn latex(grid: &Grid) -> String {
    let letters: String =
        grid.columns.iter().map(|column| if column.is_number { 'r' } else { 'l' }).collect();
    let mut text = format!(
        "% Made by Medley. Needs \\usepackage{{booktabs}}.\n\
         \\begin{{table}}\n\\centering\n\\caption{{{}}}\n\\label{{tab:{}}}\n\
         \\begin{{tabular}}{{{letters}}}\n\\toprule\n",
        tex(&grid.caption),
        grid.name
    );
    let heads: Vec<String> = grid.columns.iter().map(|column| tex(&column.head)).collect();
    let _ = writeln!(text, "{} \\\\\n\\midrule", heads.join(" & "));
    let line = |line: &Line| {
        let items: Vec<String> = line.items.iter().map(|item| tex(&item.text)).collect();
        format!("{} \\\\\n", items.join(" & "))
    };
    grid.lines.iter().for_each(|one| text.push_str(&line(one)));
    if !grid.references.is_empty() {
        text.push_str("\\midrule\n");
        grid.references.iter().for_each(|one| text.push_str(&line(one)));
    }
    text.push_str("\\bottomrule\n\\end{tabular}\n\\end{table}\n");
    text
}

/// A text in LaTeX that shows as itself.
pub(crate) fn tex(text: &str) -> String {
    let mut written = String::new();
    for letter in text.chars() {
        match letter {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                written.push('\\');
                written.push(letter);
            }
            '~' => written.push_str("\\textasciitilde{}"),
            '^' => written.push_str("\\textasciicircum{}"),
            '\\' => written.push_str("\\textbackslash{}"),
            '<' => written.push_str("\\textless{}"),
            '>' => written.push_str("\\textgreater{}"),
            '|' => written.push_str("\\textbar{}"),
            '−' => written.push_str("$-$"),
            '±' => written.push_str("$\\pm$"),
            '≥' => written.push_str("$\\geq$"),
            '≤' => written.push_str("$\\leq$"),
            '∞' => written.push_str("$\\infty$"),
            '–' => written.push_str("--"),
            '\n' | '\r' => written.push(' '),
            letter => written.push(letter),
        }
    }
    // A minus sign, where a number begins with a hyphen.
    match written.strip_prefix('-') {
        Some(rest) if rest.starts_with(|letter: char| letter.is_ascii_digit()) => {
            format!("$-${rest}")
        }
        _ => written,
    }
}

/// Comma-separated values as RFC 4180 has them; numbers in full precision.
pub(crate) fn csv(grid: &Grid) -> String {
    let heads = grid.columns.iter().map(|column| field(&column.head));
    let mut text = heads.collect::<Vec<_>>().join(",") + "\r\n";
    for line in grid.lines.iter().chain(&grid.references) {
        let items: Vec<String> = line.items.iter().map(value).collect();
        text += &items.join(",");
        text += "\r\n";
    }
    text
}

fn value(item: &Item) -> String {
    match item.value {
        Some(value) => value.to_string(),
        None if item.text == "–" => String::new(),
        None => field(&item.text),
    }
}

fn field(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::grid::Column;

    fn grid() -> Grid {
        Grid {
            name: "t".into(),
            caption: "100 % of a_b".into(),
            columns: vec![Column::words("mix"), Column::numbers("mean")],
            lines: vec![Line::of(vec![Item::words("a + \"b\", c"), Item::number(-1.0 / 3.0)])],
            references: vec![Line::of(vec![Item::words("majority"), Item::number(None)])],
        }
    }

    #[test]
    fn csv_is_quoted_and_exact() {
        let expect = "mix,mean\r\n\"a + \"\"b\"\", c\",-0.3333333333333333\r\nmajority,\r\n";
        assert_eq!(csv(&grid()), expect);
    }

    #[test]
    fn latex_has_rules_and_escapes() {
        let text = latex(&grid());
        assert!(text.contains("\\caption{100 \\% of a\\_b}"), "{text}");
        assert!(text.contains("\\begin{tabular}{lr}\n\\toprule\nmix & mean \\\\\n\\midrule\n"));
        assert!(
            text.contains("a + \"b\", c & $-$0.333 \\\\\n\\midrule\nmajority & -- \\\\\n"),
            "{text}"
        );
        assert_eq!(tex("\\{x}^~"), "\\textbackslash{}\\{x\\}\\textasciicircum{}\\textasciitilde{}");
    }
}
