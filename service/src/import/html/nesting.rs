//! Refuses HTML whose elements are nested so deeply that reading it would take for ever.

/// Elements open at once, including those that a page forgot to close.
const MAX_OPEN: usize = 512;

/// Elements that close themselves or each other, so that many may seem open.
const UNCOUNTED: [&str; 33] = [
    "area", "base", "body", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "image", "img",
    "input", "li", "link", "meta", "option", "p", "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr",
    "track", "wbr", "basefont", "bgsound", "frame",
];

/// Checks `html`. A closing tag counts only where it closes what was opened last, so that the count is rather too high.
pub(super) fn check(html: &str) -> Result<(), String> {
    let mut open: Vec<String> = Vec::new();
    let mut is_foreign = false;
    for (at, _) in html.match_indices('<') {
        let rest = &html.as_bytes()[at + 1..];
        let (is_closing, rest) = rest.strip_prefix(b"/").map_or((false, rest), |rest| (true, rest));
        if !rest.first().is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let end = rest.iter().take(40).position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len().min(40));
        let name = String::from_utf8_lossy(&rest[..end]).to_ascii_lowercase();
        is_foreign |= matches!(name.as_str(), "svg" | "math");
        if is_closing {
            if open.last() == Some(&name) {
                open.pop();
            }
        } else if (is_foreign && !is_self_closing(rest)) || !UNCOUNTED.contains(&name.as_str()) {
            open.push(name);
        }
        is_foreign &= !open.is_empty();
        if open.len() > MAX_OPEN {
            return Err(format!("more than {MAX_OPEN} elements are open at once; it is not a page to be read"));
        }
    }
    Ok(())
}

fn is_self_closing(rest: &[u8]) -> bool {
    let end = rest.iter().position(|&byte| byte == b'>');
    end.is_some_and(|end| end > 0 && rest[end - 1] == b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_may_be_long_but_not_deep() {
        let long = "<ul><li>One<br><li>Two</ul><p>Three<img src=a><table><tr><td>x</table>".repeat(5000);
        assert_eq!(check(&long), Ok(()));
        for deep in [
            "<div>".repeat(600),
            "<div></x>".repeat(600),
            "<div><object></div></object>".repeat(600),
            "<svg><td>".repeat(400),
        ] {
            assert!(check(&deep).is_err());
        }
    }
}
