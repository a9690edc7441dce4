//! Articles whose source is withdrawn, or no longer there: they are told of, and stay.

use std::fs;

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::site::{Page, Site};

fn zendesk(id: u64, changes: &Value) -> Value {
    let mut article = json!({
        "id": id, "html_url": format!("https://shop.zendesk.com/hc/en-us/articles/{id}-Title"), "draft": false,
        "title": format!("Article {id}"), "locale": "en-us", "body": format!("<p>Text {id}.</p>"), "section_id": 9,
    });
    article.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    article
}

fn export(articles: &[Value]) -> String {
    json!({ "count": articles.len(), "next_page": null, "page": 1, "page_count": 1, "articles": articles }).to_string()
}

#[tokio::test]
async fn what_zendesk_withdraws_is_listed_and_stays() {
    let desk = Desk::new();
    let articles: Vec<Value> = (1..=5).map(|id| zendesk(id, &json!({}))).collect();
    desk.has("zendesk.json", export(&articles));
    desk.imports(&["zendesk.json"]).await.counts(5, 0, 0, 0).withdraws(&[]);
    desk.edits("article-4", "Text 4.", "My text 4.");
    let later = [
        zendesk(1, &json!({ "draft": true })),
        zendesk(2, &json!({ "archived": true })),
        zendesk(4, &json!({ "user_segment_id": 7 })),
        zendesk(5, &json!({ "user_segment_id": 7 })),
        zendesk(6, &json!({ "draft": true })),
    ];
    desk.has("zendesk.json", export(&later));
    let told = desk.imports(&["zendesk.json"]).await;
    told.counts(0, 1, 0, 4).withdraws(&[
        ("article-1.md", "`https://shop.zendesk.com/hc/en-us/articles/1` is a draft now"),
        ("article-2.md", "is archived now"),
        ("article-4.md", "is for agents alone now"),
        ("article-3.md", "articles/3` is no longer in"),
    ]);
    assert_eq!(desk.files().len(), 5, "nothing is deleted by itself");
    let (errors, _) = told.said();
    assert!(errors.contains("\nwithdrawn articles/article-1.md: its source `https://"), "{errors}");

    fs::remove_file(desk.path("content/articles/article-3.md")).unwrap();
    let told = desk.imports(&["zendesk.json"]).await;
    assert_eq!(told.report.withdrawn.len(), 3, "{:#?}", told.report.withdrawn);
}

#[tokio::test]
async fn what_chatwoot_withdraws_is_listed() {
    let desk = Desk::new();
    let article = |id: u64, status: &str| json!({ "id": id, "title": format!("Article {id}"), "content": format!("Text {id}."), "status": status, "account_id": 1 });
    let payload = |articles: &[Value]| json!({ "payload": articles, "meta": {} }).to_string();
    desk.has("chatwoot.json", payload(&[article(1, "published"), article(2, "published"), article(3, "published")]));
    desk.imports(&["chatwoot.json"]).await.counts(3, 0, 0, 0);
    desk.has("chatwoot.json", payload(&[article(1, "published"), article(2, "archived")]));
    desk.imports(&["chatwoot.json"]).await.counts(0, 0, 1, 1).withdraws(&[
        ("article-2.md", "`chatwoot:1:2` is archived now"),
        ("article-3.md", "`chatwoot:1:3` is no longer in"),
    ]);
}

#[tokio::test]
async fn nothing_is_gone_from_an_export_that_is_not_whole() {
    let desk = Desk::new();
    desk.has("zendesk.json", export(&[zendesk(1, &json!({})), zendesk(2, &json!({}))]));
    desk.imports(&["zendesk.json"]).await.counts(2, 0, 0, 0);
    let page = |number: u64, next: Value, ids: &[u64]| {
        let articles: Vec<Value> = ids.iter().map(|id| zendesk(*id, &json!({}))).collect();
        json!({ "count": 3, "next_page": next, "page": number, "page_count": 3, "articles": articles }).to_string()
    };
    desk.has("zendesk.json", page(1, "https://shop.zendesk.com/?page=2".into(), &[1]));
    let told = desk.imports(&["zendesk.json"]).await;
    told.counts(0, 0, 1, 0).withdraws(&[]).notes(
        "zendesk.json",
        "it is page 1 of 3, and 2 of them were not given, the first of them page 2; export all pages",
    );
    desk.has("2.json", page(2, "https://shop.zendesk.com/?page=3".into(), &[3]))
        .has("3.json", page(3, Value::Null, &[4]));
    let told = desk.imports(&["zendesk.json", "2.json"]).await;
    told.counts(1, 0, 1, 0).withdraws(&[]).notes("zendesk.json", "it is page 1 of 3, and page 3 was not given");
    assert_eq!(told.report.notes.len(), 1, "once for all pages");
    let told = desk.imports(&["zendesk.json", "2.json", "3.json"]).await;
    told.counts(1, 0, 2, 0).withdraws(&[("article-2.md", "is no longer in")]);
    assert_eq!(told.report.notes, []);

    let cursor =
        json!({ "articles": [zendesk(1, &json!({}))], "meta": { "has_more": true }, "links": { "next": "…" } });
    desk.has("zendesk.json", cursor.to_string());
    let told = desk.imports(&["zendesk.json"]).await;
    told.counts(0, 0, 1, 0).withdraws(&[]).notes("zendesk.json", "it is one page of several, and the next one was not");
}

#[tokio::test]
async fn files_and_rows_that_are_gone_are_listed() {
    let desk = Desk::new();
    desk.has("help/a.md", "# A\n\nOne.\n")
        .has("help/b.md", "# B\n\nTwo.\n")
        .has("help/c.md", "# C\n\nThree.\n")
        .has("else/d.md", "# D\n\nFour.\n")
        .has("help/faq.csv", "question,answer\nE?,Five.\nF?,Six.\n");
    desk.imports(&["help", "else", "help/faq.csv"]).await.counts(6, 0, 0, 0).withdraws(&[]);
    for file in ["help/a.md", "else/d.md"] {
        fs::remove_file(desk.path(file)).unwrap();
    }
    desk.has("help/b.md", "---\ndraft: true\n---\n# B\n\nTwo.\n").has("help/c.md", "# C\n");
    let told = desk.imports(&["help"]).await;
    told.counts(0, 0, 0, 2)
        .withdraws(&[("b.md", "`../help/b.md` is a draft now"), ("a.md", "`../help/a.md` is no longer in")]);
    desk.has("help/faq.csv", "question,answer\nE?,Five.\nG?,\n");
    desk.imports(&["help/faq.csv"]).await.counts(0, 0, 1, 1).withdraws(&[]);
    desk.has("help/faq.csv", "question,answer\nE?,Five.\n");
    let told = desk.imports(&["help/faq.csv"]).await;
    told.counts(0, 0, 1, 0).withdraws(&[("f.md", "`../help/faq.csv#f` is no longer in")]);
}

#[tokio::test]
async fn pages_that_are_gone_are_listed() {
    let (desk, site) = (Desk::new(), Site::open().await);
    let page = |title: &str| Page::html(&format!("<main><h1>{title}</h1><p>Text of {title}.</p></main>"));
    let pages = ["/a", "/b", "/c", "/d"];
    for path in pages {
        site.has(path, page(path));
    }
    site.lists("/sitemap.xml", &pages);
    let sitemap = site.place("/sitemap.xml");
    desk.imports_from(&site.web(), &[&sitemap]).await.counts(4, 0, 0, 0);
    site.has("/b", Page::Fails(410)).has("/c", Page::Fails(500)).lists("/sitemap.xml", &["/a", "/b", "/c"]);
    let told = desk.imports_from(&site.web(), &[&sitemap]).await;
    told.counts(0, 0, 1, 2).withdraws(&[("b.md", "is no longer there"), ("d.md", "is no longer in http://")]);
    let told = desk.imports_from(&site.web(), &[&site.place("/b")]).await;
    told.counts(0, 0, 0, 1).withdraws(&[("b.md", "is no longer there")]);
}
