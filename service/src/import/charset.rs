//! Bytes as text: by the mark they begin with, else by what is said of them, else as UTF-8, else as what most old
//! files on Windows are in, which is then told.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// How much of a page is looked at for what it says of itself; browsers look at less.
const PRESCAN_BYTES: usize = 4096;

/// Text that was decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) text: String,
    /// What is to be told if its charset was only supposed.
    pub(super) guess: Option<&'static str>,
}

/// What is known of bytes beside themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said<'a> {
    /// Nothing.
    Nothing,
    /// They are a page, which may say something itself.
    Page,
    /// The `content-type` they came with, and that they may say something themselves.
    ContentType(&'a str),
}

/// The text of a file or page.
pub(super) fn decode(bytes: Vec<u8>, said: Said<'_>) -> Result<Decoded, String> {
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes) {
        return declared(&bytes[mark..], encoding).map(Decoded::sure);
    }
    let label = match said {
        Said::Nothing => None,
        Said::Page => in_page(&bytes),
        Said::ContentType(kind) => {
            // Markdown may be about what pages say of themselves.
            let is_page = kind.is_empty() || kind.contains("html");
            charset_of(kind).and_then(known).or_else(|| in_page(&bytes).filter(|_| is_page))
        }
    };
    if let Some(encoding) = label.filter(|encoding| *encoding != UTF_8) {
        return declared(&bytes, encoding).map(Decoded::sure);
    }
    if bytes.contains(&0) {
        return Err("it has bytes of zero in it, as no text in UTF-8 has; save it as UTF-8".into());
    }
    match (String::from_utf8(bytes), label) {
        (Ok(text), _) => Ok(Decoded::sure(text)),
        (Err(error), Some(_)) => Err(not_utf8(&error)),
        (Err(error), None) => {
            let text = WINDOWS_1252.decode_without_bom_handling(error.as_bytes()).0.into_owned();
            let guess = "it is not UTF-8 and was read as Windows-1252; if letters are wrong, save it as UTF-8";
            Ok(Decoded { text, guess: Some(guess) })
        }
    }
}

/// The text of a file that has to be in UTF-8, or begin with a mark that says otherwise.
pub(super) fn strict(bytes: Vec<u8>) -> Result<String, String> {
    match Encoding::for_bom(&bytes) {
        Some((encoding, mark)) => declared(&bytes[mark..], encoding),
        None => String::from_utf8(bytes).map_err(|error| not_utf8(&error)),
    }
}

/// The beginning of a text, of which the last character may be cut.
pub(super) fn glance(bytes: &[u8]) -> String {
    UTF_8.decode(bytes).0.into_owned()
}

impl Decoded {
    fn sure(text: String) -> Self {
        Self { text, guess: None }
    }
}

fn declared(bytes: &[u8], encoding: &'static Encoding) -> Result<String, String> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    text.map(Into::into)
        .ok_or_else(|| format!("it says that it is in {} and is not; save it as UTF-8", encoding.name()))
}

fn not_utf8(error: &std::string::FromUtf8Error) -> String {
    let at = error.utf8_error().valid_up_to();
    let line = error.as_bytes()[..at].split(|&byte| byte == b'\n').count();
    format!("line {line} is not UTF-8 text; save it as UTF-8")
}

fn known(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label(label.as_bytes())
}

/// What a page says of itself in a `<meta charset>` or in what stands for the header.
fn in_page(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(PRESCAN_BYTES)]).to_ascii_lowercase();
    let mut rest = start.as_str();
    while let Some(at) = rest.find("<meta") {
        rest = &rest[at + "<meta".len()..];
        let tag = &rest[..rest.find('>').unwrap_or(rest.len())];
        if let Some(encoding) = charset_of(tag).and_then(known) {
            // A page in which this can be read byte by byte is not in UTF-16, whatever it says.
            return Some(encoding.output_encoding());
        }
    }
    None
}

/// The value of `charset=` in a header or tag.
fn charset_of(text: &str) -> Option<&str> {
    let (_, value) = text.match_indices("charset").find_map(|(at, name)| {
        let rest = text[at + name.len()..].trim_start();
        Some((at, rest.strip_prefix('=')?.trim_start()))
    })?;
    let value = value.trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| matches!(c, '"' | '\'' | ';' | '/' | '>') || c.is_whitespace());
    Some(&value[..end.unwrap_or(value.len())]).filter(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_bytes_is_heeded() {
        let page = |head: &str| [head.as_bytes(), b"<p>Caf\xe9"].concat();
        for (bytes, said) in [
            (page("<meta charset=iso-8859-1>"), Said::Page),
            (page("<meta name=a content=b><META http-equiv=x content='text/html; Charset=\"latin1\"'/>"), Said::Page),
            (page("<meta charset=koi8-r>"), Said::ContentType("text/html; charset=\"windows-1252\"")),
            (page("<meta charset=windows-1252>"), Said::ContentType("text/html")),
            (page("<meta charset=l1>"), Said::ContentType("text/html; charset=unheard-of")),
        ] {
            let decoded = decode(bytes, said).unwrap();
            assert!(decoded.text.ends_with("Café") && decoded.guess.is_none(), "{said:?}: {decoded:?}");
        }
        let wide = |text: &str| [vec![0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
        assert_eq!(decode(wide("é"), Said::Page).unwrap().text, "é");
        assert_eq!(strict(wide("é")).unwrap(), "é");
    }

    #[test]
    fn what_is_not_said_is_supposed_and_told() {
        let decoded = decode(b"\x93Caf\xe9\x94 \x80".to_vec(), Said::Nothing).unwrap();
        assert!(decoded.text == "“Café” €" && decoded.guess.is_some(), "{decoded:?}");
        assert!(decode("é".into(), Said::Nothing).unwrap().guess.is_none());
        for (bytes, said) in [
            (b"a\xe9".as_slice(), Said::ContentType("text/html; charset=utf-8")),
            (b"<meta charset=utf-8>\xe9".as_slice(), Said::Page),
            (b"\xef\xbb\xbfa\xe9".as_slice(), Said::Nothing),
            (b"a\0b\0".as_slice(), Said::Nothing),
        ] {
            assert!(decode(bytes.to_vec(), said).unwrap_err().contains("save it as UTF-8"), "{bytes:?}");
        }
        assert_eq!(strict(b"a\nb\xe9".to_vec()).unwrap_err(), "line 2 is not UTF-8 text; save it as UTF-8");
    }
}
