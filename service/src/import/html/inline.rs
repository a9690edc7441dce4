//! Text within a block, as Markdown: characters that Markdown would read as markup are escaped, and emphasis is written
//! only where it can be read back.

/// Marks in the text that is being put together; control characters of a page are dropped, so that they cannot be
/// mistaken for these.
const STRONG: Pair = Pair { open: '\u{1}', close: '\u{2}', text: "**" };
const EMPHASIS: Pair = Pair { open: '\u{3}', close: '\u{4}', text: "*" };
const STRUCK: Pair = Pair { open: '\u{5}', close: '\u{6}', text: "~~" };
const PAIRS: [Pair; 3] = [STRONG, EMPHASIS, STRUCK];
const LINK_OPEN: char = '\u{7}';
const LINK_CLOSE: char = '\u{8}';
/// Around what is Markdown already, such as code.
const RAW: char = '\u{e}';
/// Between lines.
const BREAK: char = '\n';

#[derive(Clone, Copy)]
struct Pair {
    open: char,
    close: char,
    text: &'static str,
}

/// A kind of emphasis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Emphasis {
    Strong,
    Light,
    Struck,
}

impl Emphasis {
    fn pair(self) -> Pair {
        match self {
            Self::Strong => STRONG,
            Self::Light => EMPHASIS,
            Self::Struck => STRUCK,
        }
    }
}

/// Text that is being put together.
#[derive(Debug, Default)]
pub(super) struct Inline {
    text: String,
    urls: Vec<String>,
    has_gap: bool,
}

impl Inline {
    /// Adds text of a page, in which runs of white space are one space.
    pub(super) fn text(&mut self, text: &str) {
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
                self.has_gap = true;
            } else if !c.is_control() {
                self.close_gap();
                self.text.push(c);
            }
        }
    }

    /// Adds what is Markdown already.
    pub(super) fn raw(&mut self, markdown: &str) {
        self.close_gap();
        self.text.push(RAW);
        self.text.push_str(markdown);
        self.text.push(RAW);
    }

    /// Adds a space where there is none yet.
    pub(super) fn gap(&mut self) {
        self.has_gap = true;
    }

    /// Adds a mark that stands close to what is before it.
    pub(super) fn punctuation(&mut self, mark: char) {
        self.has_gap = false;
        self.text.push(mark);
    }

    /// Adds a line break; two in a row part paragraphs.
    pub(super) fn line_break(&mut self) {
        self.has_gap = false;
        self.text.push(BREAK);
    }

    pub(super) fn open(&mut self, emphasis: Emphasis) {
        self.text.push(emphasis.pair().open);
    }

    pub(super) fn close(&mut self, emphasis: Emphasis) {
        self.text.push(emphasis.pair().close);
    }

    pub(super) fn open_link(&mut self) {
        self.text.push(LINK_OPEN);
    }

    pub(super) fn close_link(&mut self, url: String) {
        self.text.push(LINK_CLOSE);
        self.urls.push(url);
    }

    /// What was put together, a text for each paragraph.
    pub(super) fn take(&mut self) -> Vec<String> {
        let Self { text, urls, .. } = std::mem::take(self);
        let mut urls = urls.into_iter();
        let mut paragraphs = Vec::new();
        for paragraph in paragraphs_of(&text) {
            let markdown = markdown(&paragraph, &mut urls);
            if !markdown.trim().is_empty() {
                paragraphs.push(markdown);
            }
        }
        paragraphs
    }

    /// White space before opening marks stands before them, so that emphasis begins with a letter.
    fn close_gap(&mut self) {
        if !std::mem::take(&mut self.has_gap) {
            return;
        }
        let at = self.text.trim_end_matches(is_opening).len();
        if self.text[..at].chars().rfind(|c| !is_mark(*c) || *c == RAW).is_some_and(|c| c != BREAK && c != ' ') {
            self.text.insert(at, ' ');
        }
    }
}

fn is_mark(c: char) -> bool {
    ('\u{1}'..='\u{8}').contains(&c) || c == RAW
}

/// The text between double line breaks. Marks that close stand before a break and marks that open behind it, so that
/// emphasis begins and ends with text.
fn paragraphs_of(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    let mut held = String::new();
    let (mut is_raw, mut breaks) = (false, 0);
    for c in text.chars() {
        is_raw ^= c == RAW;
        let last = paragraphs.last_mut().expect("there is always one");
        if c == BREAK && !is_raw {
            breaks += 1;
        } else if breaks > 0 && is_mark(c) && c != RAW {
            if held.is_empty() && !is_opening(c) { last.push(c) } else { held.push(c) }
        } else {
            match std::mem::take(&mut breaks) {
                0 => {}
                1 => last.push(BREAK),
                _ => paragraphs.push(String::new()),
            }
            let last = paragraphs.last_mut().expect("there is always one");
            last.push_str(&std::mem::take(&mut held));
            last.push(c);
        }
    }
    paragraphs.last_mut().expect("there is always one").push_str(&held);
    paragraphs
}

fn is_opening(c: char) -> bool {
    c == LINK_OPEN || PAIRS.iter().any(|pair| pair.open == c)
}

/// One paragraph as Markdown.
fn markdown(text: &str, urls: &mut impl Iterator<Item = String>) -> String {
    let chars: Vec<char> = text.trim_matches(|c| c == BREAK || c == ' ').chars().collect();
    let kept = kept_marks(&chars);
    let mut out = String::with_capacity(text.len() + 16);
    let mut is_raw = false;
    let mut is_line_start = true;
    for (at, &c) in chars.iter().enumerate() {
        if c == RAW {
            is_raw = !is_raw;
        } else if is_raw {
            out.push(c);
            is_line_start = false;
        } else if c == LINK_CLOSE {
            let url = urls.next().unwrap_or_default();
            if kept[at] {
                out.extend(["](", url.as_str(), ")"]);
            }
        } else if c == LINK_OPEN {
            out.push_str(if kept[at] { "[" } else { "" });
        } else if let Some(pair) = PAIRS.into_iter().find(|pair| c == pair.open || c == pair.close) {
            out.push_str(if kept[at] { pair.text } else { "" });
        } else if c == BREAK {
            out.push_str("\\\n");
            is_line_start = true;
        } else {
            if is_escaped(&chars, at) || (is_line_start && is_block_start(&chars[at..])) {
                out.push('\\');
            }
            out.push(c);
            // `12.` begins a list as `1.` does: the dot is what is escaped.
            is_line_start &= c.is_ascii_digit();
        }
    }
    out
}

/// Which marks have their counterpart and stand where Markdown reads them as marks.
fn kept_marks(chars: &[char]) -> Vec<bool> {
    let mut kept = vec![false; chars.len()];
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut is_raw = false;
    for (at, &c) in chars.iter().enumerate() {
        is_raw ^= c == RAW;
        if is_raw {
            continue;
        }
        let pair = PAIRS.into_iter().find(|pair| c == pair.close);
        if is_opening(c) {
            open.push((at, c));
        } else if pair.is_some() || c == LINK_CLOSE {
            let opening = pair.map_or(LINK_OPEN, |pair| pair.open);
            let Some(found) = open.iter().rposition(|(_, open)| *open == opening) else { continue };
            let (start, _) = open[found];
            open.truncate(found);
            let has_text = chars[start..at].iter().any(|c| !is_mark(*c) && !c.is_whitespace());
            let is_nested = open.iter().any(|(_, outer)| *outer == opening);
            if has_text && !is_nested && (c == LINK_CLOSE || (opens(chars, start) && closes(chars, at))) {
                (kept[start], kept[at]) = (true, true);
            }
        }
    }
    merge_neighbours(chars, &mut kept);
    kept
}

/// Emphasis that ends where the same emphasis begins goes on.
fn merge_neighbours(chars: &[char], kept: &mut [bool]) {
    for at in 1..chars.len() {
        let meet = PAIRS.iter().any(|pair| chars[at - 1] == pair.close && chars[at] == pair.open);
        if meet && kept[at - 1] && kept[at] {
            (kept[at - 1], kept[at]) = (false, false);
        }
    }
}

fn opens(chars: &[char], at: usize) -> bool {
    let (before, after) = beside(chars, at);
    after.is_some_and(|after| !after.is_whitespace() && (!is_punctuation(after) || before.is_none_or(is_between)))
}

fn closes(chars: &[char], at: usize) -> bool {
    let (before, after) = beside(chars, at);
    before.is_some_and(|before| !before.is_whitespace() && (!is_punctuation(before) || after.is_none_or(is_between)))
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || is_punctuation(c)
}

/// The characters that Markdown will see beside a mark. A link shows as brackets, code as a backtick.
fn beside(chars: &[char], at: usize) -> (Option<char>, Option<char>) {
    let shown = |c: &char| match *c {
        LINK_OPEN | LINK_CLOSE => Some('['),
        RAW => Some('`'),
        c if is_mark(c) => None,
        c => Some(c),
    };
    (chars[..at].iter().rev().find_map(shown), chars[at + 1..].iter().find_map(shown))
}

fn is_punctuation(c: char) -> bool {
    // Symbols count as well; every character that is neither letter, digit nor white space is taken for one, which only
    // ever costs some emphasis.
    !c.is_alphanumeric() && !c.is_whitespace()
}

/// Whether a character would be read as markup wherever it stands.
fn is_escaped(chars: &[char], at: usize) -> bool {
    let (before, after) = (at.checked_sub(1).map(|at| chars[at]), chars.get(at + 1).copied());
    match chars[at] {
        '\\' | '*' | '`' | '[' | ']' | '<' | '~' => true,
        '_' => !(before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)),
        '&' => after.is_some_and(|c| c == '#' || c.is_ascii_alphabetic()),
        '!' => matches!(after, Some(LINK_OPEN)),
        _ => false,
    }
}

/// Whether a line that begins so would begin a heading, a list, a quotation, a table or a rule.
fn is_block_start(rest: &[char]) -> bool {
    let next = rest.iter().skip(1).copied().find(|c| !is_mark(*c));
    match rest[0] {
        '#' | '>' | '|' | '=' => true,
        '-' | '+' => next.is_none_or(|c| c.is_whitespace() || matches!(c, '-' | '|' | ':')),
        ':' => next == Some('-'),
        '.' | ')' => next.is_none_or(char::is_whitespace),
        _ => false,
    }
}
