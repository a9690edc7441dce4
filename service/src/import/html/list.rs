//! Blocks of Markdown, and lists of them.

/// One block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) text: String,
    pub(super) shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Other,
    /// A list and its mark; two lists in a row need different ones to be two.
    List(char),
}

/// A list of `items`, numbered from `first` or with hyphens, that stands behind a block of the shape `before`.
pub(super) fn markdown(items: &[Vec<Block>], first: Option<u32>, before: Option<Shape>) -> (String, Shape) {
    let marks = if first.is_some() { ['.', ')'] } else { ['-', '*'] };
    let mark = if before == Some(Shape::List(marks[0])) { marks[1] } else { marks[0] };
    let is_loose = items.iter().any(|item| item.iter().filter(|block| block.shape == Shape::Other).count() > 1);
    // Markdown reads numbers of at most nine digits.
    let numbers = first.unwrap_or_default().min(900_000_000)..;
    let texts = items.iter().zip(numbers).map(|(item, number)| {
        let mark = if first.is_some() { format!("{number}{mark} ") } else { format!("{mark} ") };
        prefixed(&joined(item), &mark, &" ".repeat(mark.len()))
    });
    (texts.collect::<Vec<_>>().join(if is_loose { "\n\n" } else { "\n" }), Shape::List(mark))
}

/// Blocks within a list item or quotation: a list follows its paragraph at once.
pub(super) fn joined(blocks: &[Block]) -> String {
    let mut text = String::new();
    for (idx, block) in blocks.iter().enumerate() {
        if idx > 0 {
            text.push_str(if block.shape == Shape::Other || blocks[idx - 1].shape != Shape::Other {
                "\n\n"
            } else {
                "\n"
            });
        }
        text.push_str(&block.text);
    }
    text
}

/// `text` with `first` before its first line and `rest` before the others.
pub(super) fn prefixed(text: &str, first: &str, rest: &str) -> String {
    let lines = text.lines().enumerate().map(|(idx, line)| {
        let prefix = if idx == 0 { first } else { rest };
        if line.is_empty() { prefix.trim_end().to_owned() } else { format!("{prefix}{line}") }
    });
    lines.collect::<Vec<_>>().join("\n")
}
