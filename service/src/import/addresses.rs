//! Lists of addresses: a text file with one on each line.

use url::Url;

use super::draft::Skipped;

/// The lines that say something, with their numbers. Lines that begin with `#` are remarks.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate().map(|(idx, line)| (idx + 1, line.trim()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// Whether `text` is meant as a web address.
pub(super) fn is_address(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
}

/// The addresses of the file that `place` names, each once, and the lines that hold none.
pub(super) fn addresses(place: &str, text: &str) -> (Vec<Url>, Vec<Skipped>) {
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    for (number, line) in lines(text) {
        match Url::parse(line).ok().filter(|_| is_address(line)) {
            Some(url) if !found.contains(&url) => found.push(url),
            Some(_) => {}
            None => skipped.push(Skipped::new(
                format!("{place}:{number}"),
                format!("`{}` is not a web address; write one such as https://shop.example/help", shown(line)),
            )),
        }
    }
    (found, skipped)
}

fn shown(line: &str) -> String {
    line.chars().take(80).collect()
}
