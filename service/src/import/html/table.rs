//! Tables as Markdown, where they hold data rather than arrange a page.

use scraper::ElementRef;

/// Columns kept; a wider table is no table to be read in an answer.
const MAX_COLUMNS: usize = 30;
/// A cell that spans rows is repeated in each, so that a row can be quoted alone, unless it is longer than this.
const MAX_REPEATED_BYTES: usize = 200;

/// Whether it has rows and columns of short cells: not one cell a row, not other tables or headings in cells.
pub(super) fn is_of_data(table: ElementRef<'_>) -> bool {
    let is_arrangement = table.attr("role").is_some_and(|role| matches!(role.trim(), "presentation" | "none"));
    let holds_more = table.descendent_elements().skip(1).any(|inner| {
        matches!(inner.value().name(), "table" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "pre" | "blockquote")
    });
    !is_arrangement && !holds_more && rows(table).iter().any(|row| cells(*row).count() > 1)
}

/// The table in Markdown; `line` gives the text of a cell.
pub(super) fn markdown<'a>(table: ElementRef<'a>, line: &mut impl FnMut(ElementRef<'a>) -> String) -> String {
    let rows = rows(table);
    let heads = rows.first().is_some_and(|row| is_head(*row));
    let mut spanning: Vec<(usize, String)> = Vec::new();
    let mut grid: Vec<Vec<String>> = rows.into_iter().map(|row| filled(row, &mut spanning, line)).collect();
    grid.retain(|row| row.iter().any(|cell| !cell.is_empty()));
    let width = grid.iter().map(Vec::len).max().unwrap_or_default();
    if width == 0 {
        return String::new();
    }
    if !heads {
        grid.insert(0, Vec::new());
    }
    for row in &mut grid {
        row.resize(width, String::new());
    }
    let mut lines: Vec<String> = grid.iter().map(|row| format!("| {} |", row.join(" | "))).collect();
    lines.insert(1, format!("|{}", " --- |".repeat(width)));
    lines.join("\n")
}

/// The cells of a row, with those of rows above that reach into it.
fn filled<'a>(
    row: ElementRef<'a>,
    spanning: &mut Vec<(usize, String)>,
    line: &mut impl FnMut(ElementRef<'a>) -> String,
) -> Vec<String> {
    let mut filled = Vec::new();
    let mut cells = cells(row);
    while filled.len() < MAX_COLUMNS {
        let column = filled.len();
        if let Some((rows, text)) = spanning.get_mut(column).filter(|(rows, _)| *rows > 0) {
            *rows -= 1;
            filled.push(text.clone());
            continue;
        }
        let Some(cell) = cells.next() else { break };
        let text = line(cell).replace('|', "\\|");
        let rows_below = span(cell, "rowspan", 1000) - 1;
        let repeated = if text.len() <= MAX_REPEATED_BYTES { text.clone() } else { String::new() };
        for offset in 0..span(cell, "colspan", MAX_COLUMNS).min(MAX_COLUMNS - column) {
            if spanning.len() <= column + offset {
                spanning.resize(column + offset + 1, (0, String::new()));
            }
            spanning[column + offset] = (rows_below, if offset == 0 { repeated.clone() } else { String::new() });
            filled.push(if offset == 0 { text.clone() } else { String::new() });
        }
    }
    filled
}

fn span(cell: ElementRef<'_>, name: &str, most: usize) -> usize {
    cell.attr(name).and_then(|span| span.trim().parse().ok()).unwrap_or(1).clamp(1, most)
}

fn rows(table: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    let parts = table.child_elements().flat_map(|part| match part.value().name() {
        "tr" => vec![part],
        "thead" | "tbody" | "tfoot" => part.child_elements().filter(|row| row.value().name() == "tr").collect(),
        _ => Vec::new(),
    });
    parts.collect()
}

fn cells(row: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    row.child_elements().filter(|cell| matches!(cell.value().name(), "td" | "th"))
}

/// Whether a first row names the columns.
fn is_head(row: ElementRef<'_>) -> bool {
    let is_in_head = row.parent().and_then(ElementRef::wrap).is_some_and(|part| part.value().name() == "thead");
    is_in_head || cells(row).all(|cell| cell.value().name() == "th")
}
