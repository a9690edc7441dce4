//! Folders of Markdown and HTML.

use jiff::civil::date;
use knowledge_base::{Audience, Validity};

use crate::desk::Desk;

#[tokio::test]
async fn a_folder_becomes_articles() {
    let desk = Desk::new();
    desk.has("help/returns.md", "---\ntitle: Send something back\nslug: returns\ntags: [orders]\nlang: en_gb\n---\nWithin 30 days.\n")
        .has("help/more/delivery.html", "<html lang=en><title>Delivery | Shop</title><body><p>It takes <b>two</b> days.</p>")
        .has("help/plain-words.markdown", "No title here.\n")
        .has("help/agents.md", "+++\ntitle = \"Refund limits\"\naudience = \"agents\"\nquestions = [\"How much?\"]\n+++\n# Refund limits\nUp to 50.")
        .has("help/picture.png", [0x89, b'P'])
        .has("help/.git/readme.md", "Not this.");
    let told = desk.imports(&["help"]).await;
    told.counts(4, 0, 0, 0);
    assert_eq!(told.report.passed_over.len(), 1);
    assert_eq!(desk.files(), ["delivery", "plain-words", "refund-limits", "returns"]);
    let returns = desk.article("returns");
    assert_eq!((returns.title.as_str(), returns.locale.as_str()), ("Send something back", "en-GB"));
    assert_eq!((returns.tags, returns.body.as_str()), (vec!["orders".to_owned()], "Within 30 days."));
    assert_eq!(returns.source.as_deref(), Some("../help/returns.md"));
    let delivery = desk.article("delivery");
    assert_eq!((delivery.title.as_str(), delivery.body.as_str()), ("Delivery", "It takes **two** days."));
    let refunds = desk.article("refund-limits");
    assert_eq!((refunds.audience, refunds.body.as_str()), (Audience::Agents, "Up to 50."));
    assert_eq!(refunds.questions, ["How much?"]);
}

#[tokio::test]
async fn what_cannot_be_an_article_is_skipped_and_says_why() {
    let desk = Desk::new();
    desk.has("help/broken.md", "---\ntitle: fine\ntags: [a\n---\nText\n")
        .has("help/draft.md", "---\ndraft: true\n---\nText\n")
        .has("help/empty.md", "# Only a title\n")
        .has("help/images.md", "# Look\n\n![A lamp](lamp.png)\n")
        .has("help/images.html", "<h1>Look</h1><img src=a.png alt='A lamp'>")
        .has("help/large.md", "word ".repeat(300_000))
        .has("help/wide.md", b"T\0e\0x\0t\0".as_slice())
        .has("help/deep.html", "<div>".repeat(100_000))
        .has("help/locale.md", "---\nlocale: english\n---\nText\n")
        .has("help/good.md", "# Good\n\nText\n");
    let told = desk.imports(&["help"]).await;
    told.counts(1, 0, 0, 9)
        .skips("help/broken.md:3", "not YAML")
        .skips("help/draft.md", "draft")
        .skips("help/empty.md", "no text")
        .skips("help/images.md", "only images")
        .skips("help/images.html", "only images")
        .skips("help/large.md", "the limit is 1048576")
        .skips("help/wide.md", "bytes of zero in it, as no text in UTF-8 has; save it as UTF-8")
        .skips("help/deep.html", "elements are open at once")
        .skips("help/locale.md", "is not a language tag");
    assert_eq!(desk.files(), ["good"]);
}

#[tokio::test]
async fn the_days_on_which_an_article_is_valid_are_kept() {
    let desk = Desk::new();
    desk.has(
        "help/advent.md",
        "---\ntitle: Advent\nvalid_from: 2026-12-01\nvalid_until: 2026-12-24\n---\nHalf price.\n",
    )
    .has("help/sale.md", "+++\ntitle = \"Sale\"\nvalid_until = 2027-01-31\n+++\nAll must go.\n")
    .has("help/soon.md", "---\nvalid_from: soon\n---\nNot yet.\n");
    desk.imports(&["help"]).await.counts(2, 0, 0, 1).skips("help/soon.md:1", "`soon` is not a day");
    let days = |from, until| Validity::new(from, until).unwrap();
    assert_eq!(desk.article("advent").validity, days(Some(date(2026, 12, 1)), Some(date(2026, 12, 24))));
    assert_eq!(desk.article("sale").validity, days(None, Some(date(2027, 1, 31))));
    desk.imports(&["help"]).await.counts(0, 0, 2, 1);
}

#[tokio::test]
async fn text_of_every_script_survives_exactly() {
    let body = "سياسة الإرجاع\u{200f} خلال 30 يومًا.\n\nהחזרה תוך 30 יום.\n\n返品は30日以内 🙂\u{200d}👩\u{a0}e\u{301} \u{202e}abc\u{202c}";
    let desk = Desk::new();
    desk.has("help/rtl.md", format!("# إرجاع \"منتج\" \\ + '\n\n{body}\n"));
    let page = format!("<p>{}</p>", body.replace("\n\n", "</p>\n<p>"));
    desk.has("help/page.html", format!("<html lang=ar><body><main><h1>صفحة</h1>{page}<p>+++</p></main>"));
    desk.imports(&["help"]).await.counts(2, 0, 0, 0);
    let articles: Vec<_> = desk.files().iter().map(|id| desk.article(id)).collect();
    let titled = |title: &str| articles.iter().find(|article| article.title == title).unwrap();
    assert_eq!(titled("إرجاع \"منتج\" \\ + '").body, body);
    assert_eq!(
        (titled("صفحة").body.as_str(), titled("صفحة").locale.as_str()),
        (format!("{body}\n\n+++").as_str(), "ar")
    );
}

#[tokio::test]
async fn the_same_title_or_text_twice_is_told() {
    let desk = Desk::new();
    desk.has("help/a.md", "# Returns\n\nTo the shop.\n")
        .has("help/b.md", "# Returns\n\nBy post.\n")
        .has("help/c.md", "# Sending back\n\nTo  the\nshop.\n");
    let told = desk.imports(&["help"]).await;
    told.counts(2, 0, 0, 0);
    let duplicate = &told.report.duplicates[0];
    assert!(duplicate.place.ends_with("help/c.md"), "{duplicate:?}");
    assert_eq!(duplicate.reason, "it has the text of `returns` (articles/returns.md), which is kept");
    assert_eq!(desk.files(), ["returns", "returns-2"]);
    desk.imports(&["help/a.md", "help"]).await.counts(0, 0, 2, 1).skips("help/a.md", "imported a moment ago");

    // What becomes a copy leaves an article behind, about which something is to be done.
    desk.has("help/b.md", "# Returns\n\nTo the shop.\n");
    let told = desk.imports(&["help"]).await;
    told.counts(0, 0, 1, 1).skips("help/b.md", "articles/returns-2.md stays as it was, so delete it");
}

#[tokio::test]
async fn links_are_not_followed_and_content_is_not_imported_into_itself() {
    let desk = Desk::new();
    desk.has("content/articles/own.md", "+++\nid = \"own\"\ntitle = \"Own\"\n+++\nText\n")
        .has("elsewhere.md", "# Else\n\nText");
    #[cfg(unix)]
    std::os::unix::fs::symlink(desk.path("elsewhere.md"), desk.path("content/link.md")).unwrap();
    let told = desk.imports(&["content", "content/articles"]).await;
    told.counts(0, 0, 0, 1 + usize::from(cfg!(unix))).skips("content/articles", "imported into");
}

#[tokio::test]
async fn lists_in_lists_without_end_harm_nobody() {
    let desk = Desk::new();
    desk.has("help/list.md", format!("# List\n\n{}x\n", "- ".repeat(200_000)))
        .has("help/quote.md", format!("# Quote\n\n{}x\n", "> ".repeat(200_000)));
    let told = desk.imports(&["help"]).await;
    assert_eq!(told.report.changes.len() + told.report.skipped.len(), 2);
}
