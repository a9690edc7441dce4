//! Pages as help centres have them, each beside the Markdown that is to come of it: a title, then the body.

use std::fs;
use std::path::Path;

use crate::desk::Desk;

#[tokio::test]
async fn every_page_becomes_the_markdown_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/pages");
    let mut pages: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|path| path.extension().is_some_and(|ending| ending == "html"));
    assert!(pages.len() >= 6, "only {} pages were found", pages.len());
    for page in pages {
        let desk = Desk::new();
        desk.has("page.html", fs::read(&page).unwrap());
        desk.imports(&["page.html"]).await.counts(1, 0, 0, 0);
        let article = desk.article(&desk.files()[0]);
        let expected = fs::read_to_string(page.with_extension("md")).unwrap();
        assert_eq!(format!("# {}\n\n{}\n", article.title, article.body), expected, "{}", page.display());
    }
}
