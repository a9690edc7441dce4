//! Where links of a page lead.

use url::Url;

/// Where a link leads, if it is to be kept: to the web, a mailbox or a telephone, never to a script.
pub(super) fn address(href: &str, base: Option<&Url>) -> Option<String> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') {
        return None;
    }
    let url = match base {
        Some(base) => base.join(href).ok()?,
        None => Url::parse(href).ok()?,
    };
    let is_kept = matches!(url.scheme(), "http" | "https" | "mailto" | "tel");
    is_kept.then(|| {
        String::from(url)
            .replace('(', "%28")
            .replace(')', "%29")
            .replace(' ', "%20")
            .replace('<', "%3C")
            .replace('>', "%3E")
    })
}
