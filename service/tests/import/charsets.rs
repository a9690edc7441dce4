//! Text in other charsets than UTF-8.

use crate::desk::Desk;
use crate::site::{Page, Site};

fn wide(text: &str) -> Vec<u8> {
    [vec![0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat()
}

const GUESS: &str = "it is not UTF-8 and was read as Windows-1252; if letters are wrong, save it as UTF-8";

#[tokio::test]
async fn files_without_a_mark_are_read_as_old_ones_and_told() {
    let desk = Desk::new();
    desk.has("help/cafe.md", b"# Caf\xe9\n\nIt is \x93open\x94.\n".as_slice())
        .has("help/page.html", b"<h1>Page</h1><p>10 \x80".as_slice())
        .has("help/new.md", "# Größe\n\nPasst.\n")
        .has("faq.csv", b"question,answer\nO\xf9?,\xc0 Lyon.\n".as_slice());
    let told = desk.imports(&["help", "faq.csv"]).await;
    told.counts(4, 0, 0, 0).notes("help/cafe.md", GUESS).notes("help/page.html", GUESS).notes("faq.csv", GUESS);
    assert_eq!(told.report.notes.len(), 4, "and the new folder: {:?}", told.report.notes);
    let cafe = desk.article("cafe");
    assert_eq!((cafe.title.as_str(), cafe.body.as_str()), ("Café", "It is “open”."));
    assert_eq!(desk.article("page").body, "10 €");
    assert_eq!((desk.article("ou").title.as_str(), desk.article("ou").body.as_str()), ("Où?", "À Lyon."));
}

#[tokio::test]
async fn files_with_a_mark_are_read_by_it() {
    let desk = Desk::new();
    desk.has("help/wide.md", wide("# Größe\n\nPasst.\n"))
        .has("help/page.html", wide("<meta charset=utf-8><h1>Café</h1><p>Open."))
        .has("faq.csv", wide("question\tanswer\nOù?\tÀ Lyon.\n"))
        .has("export", wide("{\"articles\": [{\"id\": 1, \"title\": \"É\", \"body\": \"<p>Été.</p>\"}]}"));
    let told = desk.imports(&["help", "faq.csv", "export"]).await;
    told.counts(4, 0, 0, 0);
    assert_eq!(desk.files(), ["cafe", "e", "grosse", "ou"]);
    assert_eq!(told.report.notes.len(), 1, "only the new folder: {:?}", told.report.notes);
}

#[tokio::test]
async fn pages_are_read_as_they_say_they_are() {
    let (desk, site) = (Desk::new(), Site::open().await);
    site.has(
        "/header",
        Page::Is("text/html; charset=ISO-8859-1", b"<meta charset=utf-8><h1>H\xe9</h1><p>One.".to_vec()),
    )
    .has(
        "/meta",
        Page::Is("text/html", b"<meta charset=\"windows-1251\"><h1>M</h1><p>\xcf\xf0\xe8\xe2\xe5\xf2".to_vec()),
    )
    .has(
        "/equiv",
        Page::Is(
            "text/html",
            b"<meta http-equiv=\"Content-Type\" content=\"text/html; charset=shift_jis\"><h1>E</h1><p>\x93\xfa\x96{"
                .to_vec(),
        ),
    )
    .has("/silent", Page::Is("text/html", b"<h1>S</h1><p>Caf\xe9".to_vec()))
    .has("/wrong", Page::Is("text/html; charset=utf-8", b"<h1>W</h1><p>Caf\xe9".to_vec()))
    .lists("/sitemap.xml", &["/header", "/meta", "/equiv", "/silent", "/wrong"]);
    let told = desk.imports_from(&site.web(), &[&site.place("/sitemap.xml")]).await;
    told.counts(4, 0, 0, 1)
        .skips(&site.place("/wrong"), "line 1 is not UTF-8 text")
        .notes(&site.place("/silent"), GUESS);
    assert_eq!(desk.article("he").title, "Hé");
    assert_eq!(["m", "e", "s"].map(|id| desk.article(id).body), ["Привет", "日本", "Café"]);
}
