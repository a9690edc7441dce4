//! Sitemaps: lists of a site's pages, or of further sitemaps, in XML that may be compressed.

use std::io::Read;

use flate2::read::GzDecoder;
use quick_xml::Reader;
use quick_xml::events::Event;

/// What a sitemap lists.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sitemap {
    /// Pages.
    Pages(Vec<String>),
    /// Sitemaps.
    Sitemaps(Vec<String>),
}

/// Most addresses of one sitemap that are read; the protocol has the same limit.
const MAX_PLACES: usize = 50_000;

/// `bytes`, unpacked if they are compressed, to at most `limit` of them.
pub(super) fn unpacked(bytes: Vec<u8>, limit: usize) -> Result<Vec<u8>, String> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut unpacked = Vec::new();
    let read = GzDecoder::new(bytes.as_slice()).take(limit as u64 + 1).read_to_end(&mut unpacked);
    read.map_err(|error| format!("it cannot be unpacked: {error}"))?;
    if unpacked.len() > limit {
        return Err(format!("it unpacks to more than {limit} bytes, which is the limit"));
    }
    Ok(unpacked)
}

/// Whether a document begins as a sitemap does.
pub(super) fn is_sitemap(text: &str) -> bool {
    let start = &text[..text.char_indices().nth(2000).map_or(text.len(), |(at, _)| at)];
    start.trim_start_matches('\u{feff}').trim_start().starts_with('<')
        && (start.contains("<urlset") || start.contains("<sitemapindex"))
}

/// Reads a sitemap.
pub(super) fn parse(text: &str) -> Result<Sitemap, String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut is_index = false;
    let mut path: Vec<Vec<u8>> = Vec::new();
    let mut place = String::new();
    let mut places = Vec::new();
    loop {
        let event = reader.read_event().map_err(|error| format!("it is not a sitemap in XML: {error}"))?;
        match event {
            Event::Start(tag) => {
                is_index |= path.is_empty() && tag.local_name().as_ref() == b"sitemapindex";
                path.push(tag.local_name().as_ref().to_vec());
                place.clear();
            }
            Event::Text(text) if is_place(&path) => place.push_str(&text.decode().unwrap_or_default()),
            Event::CData(text) if is_place(&path) => place.push_str(&text.decode().unwrap_or_default()),
            Event::GeneralRef(name) if is_place(&path) => place.push_str(character(&name.decode().unwrap_or_default())),
            Event::End(_) => {
                if is_place(&path) && !place.trim().is_empty() && places.len() < MAX_PLACES {
                    places.push(place.trim().to_owned());
                }
                path.pop();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(if is_index { Sitemap::Sitemaps(places) } else { Sitemap::Pages(places) })
}

/// Whether what is read now is the address of a page or sitemap, and not, say, of an image on it.
fn is_place(path: &[Vec<u8>]) -> bool {
    path.len() == 3 && path[2] == b"loc" && (path[1] == b"url" || path[1] == b"sitemap")
}

fn character(name: &str) -> &'static str {
    match name {
        "amp" | "#38" | "#x26" => "&",
        "apos" | "#39" | "#x27" => "'",
        "quot" | "#34" | "#x22" => "\"",
        "lt" => "<",
        "gt" => ">",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_sitemaps_are_told_apart() {
        let pages = "<?xml version=\"1.0\"?><urlset xmlns=\"x\" xmlns:i=\"y\"><url><loc> https://a.example/?a=1&amp;b=2 </loc>\
            <i:image><i:loc>https://a.example/i.png</i:loc></i:image></url><url><loc><![CDATA[https://a.example/c]]></loc></url></urlset>";
        let found = Sitemap::Pages(vec!["https://a.example/?a=1&b=2".into(), "https://a.example/c".into()]);
        assert_eq!(parse(pages), Ok(found));
        let index = "<sitemapindex><sitemap><loc>https://a.example/1.xml</loc></sitemap></sitemapindex>";
        assert_eq!(parse(index), Ok(Sitemap::Sitemaps(vec!["https://a.example/1.xml".into()])));
        assert!(is_sitemap(pages) && is_sitemap(index) && !is_sitemap("<html><body>urlset</body></html>"));
        assert!(parse("<urlset><url><loc>https://a.example").is_ok_and(|found| found == Sitemap::Pages(vec![])));
    }
}
