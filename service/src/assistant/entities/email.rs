//! E-mail addresses, in the normal form that identities have: lower-cased (lengths by RFC 5321).

use std::ops::Range;

use crate::domain::handle::{Handle, HandleKind};
use crate::domain::understanding::EntityKind;

use super::page::{Found, Page};

/// The longest part before and after the `@`, in characters (RFC 5321, 4.5.3.1).
const LOCAL_CHARS: usize = 64;
const DOMAIN_CHARS: usize = 255;

/// Every e-mail address.
pub(super) fn find(page: &Page<'_>) -> Vec<Found> {
    let text = page.open();
    let mut end = 0;
    let spans = text.match_indices('@').filter_map(|(at, _)| {
        let span = span(text, end.min(at), at)?;
        end = span.end;
        Some(span)
    });
    let found = spans.filter_map(|span| {
        let handle = Handle::parse(HandleKind::Email, &text[span.clone()], None).ok()?;
        Some(Found { kind: EntityKind::Email, value: handle.value().to_owned(), span })
    });
    found.collect()
}

/// What an address around the `@` at `at` takes, not reaching back beyond `from`.
fn span(text: &str, from: usize, at: usize) -> Option<Range<usize>> {
    let is_local = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '.' | '%' | '+' | '\'' | '-');
    let local: usize = text[from..at].chars().rev().take_while(is_local).take(LOCAL_CHARS).map(char::len_utf8).sum();
    let local = text[at - local..at].trim_start_matches(['\'', '.', '-']).len();
    let is_domain = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    let after = &text[at + 1..];
    let domain: usize = after.chars().take_while(is_domain).take(DOMAIN_CHARS).map(char::len_utf8).sum();
    let domain = after[..domain].split("..").next()?.trim_end_matches(['.', '-', '_']);
    (local > 0 && domain.contains('.')).then(|| at - local..at + 1 + domain.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        find(&Page::new(text)).into_iter().map(|found| found.value).collect()
    }

    #[test]
    fn an_address_is_found_among_whatever_stands_around_it() {
        for text in
            ["It's Ada.M@Example.com.", "<ada.m@example.com>", "mail:'ada.m@example.com'", "ada.m@example.com..."]
        {
            assert_eq!(found(text), ["ada.m@example.com"], "{text}");
        }
        assert_eq!(found("ada@example.com,bo+x@b.co.uk/cy@c.org"), ["ada@example.com", "bo+x@b.co.uk", "cy@c.org"]);
        assert_eq!(found("ada＠example．com"), ["ada@example.com"]);
    }

    #[test]
    fn what_only_has_an_at_sign_is_none() {
        for text in ["@ada", "ada@", "meet @ 5.30", "ada@example", "a@@b.co"] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
