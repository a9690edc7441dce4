//! What Zendesk and Chatwoot export.

use knowledge_base::Audience;
use serde_json::{Value, json};

use crate::desk::Desk;

fn zendesk(id: u64, title: &str, body: &str) -> Value {
    json!({
        "id": id, "url": format!("https://shop.zendesk.com/api/v2/help_center/en-us/articles/{id}.json"),
        "html_url": format!("https://shop.zendesk.com/hc/en-us/articles/{id}-{}", title.replace(' ', "-")),
        "author_id": 7, "comments_disabled": false, "draft": false, "promoted": false, "position": 0, "vote_sum": 0,
        "section_id": 9, "created_at": "2025-01-02T03:04:05Z", "name": title, "title": title, "source_locale": "en-us",
        "locale": "en-us", "outdated": false, "user_segment_id": null, "permission_group_id": 3, "content_tag_ids": [],
        "label_names": ["orders"], "body": body,
    })
}

#[tokio::test]
async fn zendesks_articles_come_in_with_their_audience() {
    let desk = Desk::new();
    let mut restricted = zendesk(2, "Refund limits", "<p>Up to 50.</p>");
    restricted["user_segment_id"] = 28_523.into();
    let mut draft = zendesk(3, "Soon", "<p>Soon.</p>");
    draft["draft"] = true.into();
    let empty = zendesk(4, "Empty", "<p>&nbsp;</p>");
    let body = "<script>steal()</script><ol><li>Open <a href=\"/hc/en-us/articles/9\">this</a></li><li>Send</li></ol>";
    let articles = json!({ "count": 4, "next_page": null, "articles": [zendesk(1, "Send it back", body), restricted, draft, empty] });
    desk.has("zendesk.json", articles.to_string());
    let told = desk.imports(&["zendesk.json"]).await;
    told.counts(2, 0, 0, 2)
        .skips("zendesk.json: 3. article (3)", "draft")
        .skips("zendesk.json: 4. article (4)", "no text");
    let article = desk.article("send-it-back");
    assert_eq!(article.body, "1. Open [this](https://shop.zendesk.com/hc/en-us/articles/9)\n2. Send");
    assert_eq!((article.locale.as_str(), article.audience, article.tags.len()), ("en-US", Audience::Public, 1));
    assert_eq!(article.source.as_deref(), Some("https://shop.zendesk.com/hc/en-us/articles/1"));
    assert_eq!(desk.article("refund-limits").audience, Audience::Agents);

    // On a line each, with another title: the same articles.
    let lines = [zendesk(1, "Return it", body), zendesk(5, "New", "<p>New.</p>")].map(|article| article.to_string());
    desk.has("zendesk.jsonl", format!("{}\n{{\n{}\n", lines[0], lines[1]));
    let told = desk.imports(&["zendesk.jsonl"]).await;
    told.counts(1, 1, 0, 1).skips("zendesk.jsonl:2", "not JSON, which shows in line 2, column 1: EOF");
    assert_eq!(desk.article("send-it-back").title, "Return it");
}

#[tokio::test]
async fn chatwoots_articles_come_in() {
    let desk = Desk::new();
    let article = |id: u64, title: &str, status: Value| {
        json!({
            "id": id, "slug": format!("{id}-slug"), "title": title, "content": format!("**{title}** is possible.\n\n1. One\n2. Two"),
            "description": "…", "status": status, "position": 1, "account_id": 1, "updated_at": 1_700_000_000,
            "meta": { "tags": ["post"] }, "category": { "id": 2, "name": "Orders", "slug": "orders", "locale": "pt_BR" }, "views": 3,
        })
    };
    let payload = json!({
        "payload": [article(1, "Returning", "published".into()), article(2, "Soon", "draft".into()), article(3, "Old", "archived".into()), { "title": "?" }],
        "meta": { "all_articles_count": 3 },
    });
    desk.has("chatwoot.json", payload.to_string());
    let told = desk.imports(&["chatwoot.json"]).await;
    told.counts(1, 0, 0, 3)
        .skips("chatwoot.json: 2. article (2)", "draft")
        .skips("chatwoot.json: 3. article (3)", "archived")
        .skips("chatwoot.json: 4. article", "missing field `id`");
    let article = desk.article("returning");
    assert_eq!(
        (article.body.as_str(), article.locale.as_str()),
        ("**Returning** is possible.\n\n1. One\n2. Two", "pt-BR")
    );
    assert_eq!((article.tags, article.source.as_deref()), (vec!["post".into(), "Orders".into()], Some("chatwoot:1:1")));
}

#[tokio::test]
async fn broken_json_is_told_with_its_place() {
    let desk = Desk::new();
    let article =
        "{\n  \"articles\": [\n    {\"id\": 1, \"title\": \"A\", \"body\": \"<p>One.</p>\" \"draft\": false}\n  ]\n}\n";
    desk.has("zendesk.json", article);
    let told = desk.imports(&["zendesk.json"]).await;
    told.counts(0, 0, 0, 1).skips("zendesk.json:3", "not JSON, which shows in line 3, column 51: expected `,` or `}`");
}
