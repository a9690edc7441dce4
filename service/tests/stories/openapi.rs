//! The description of the API is the API: every route is in it, everything in it is there, and nothing it refers to is
//! missing.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use crate::desk::Desk;
use crate::desk::answer::Answer;

/// Every operation of the API.
const OPERATIONS: [(&str, &str); 33] = [
    ("delete", "/v1/articles/{id}"),
    ("get", "/livez"),
    ("get", "/metrics"),
    ("get", "/readyz"),
    ("get", "/v1/articles"),
    ("get", "/v1/articles/{id}"),
    ("get", "/v1/articles/{id}/source"),
    ("get", "/v1/articles/{id}/versions"),
    ("get", "/v1/content"),
    ("get", "/v1/conversations"),
    ("get", "/v1/conversations/{id}"),
    ("get", "/v1/events"),
    ("get", "/v1/feedback"),
    ("get", "/v1/gaps"),
    ("get", "/v1/handoffs"),
    ("get", "/v1/handoffs/{id}"),
    ("get", "/v1/intents"),
    ("get", "/v1/intents/report"),
    ("post", "/v1/conversations/{id}/claim"),
    ("post", "/v1/conversations/{id}/correct"),
    ("post", "/v1/conversations/{id}/messages"),
    ("post", "/v1/conversations/{id}/release"),
    ("post", "/v1/conversations/{id}/reopen"),
    ("post", "/v1/conversations/{id}/resolve"),
    ("post", "/v1/conversations/{id}/return"),
    ("post", "/v1/feedback"),
    ("post", "/v1/feedback/{id}/accept"),
    ("post", "/v1/feedback/{id}/reject"),
    ("post", "/v1/messages"),
    ("post", "/v1/search"),
    ("post", "/v1/triage"),
    ("post", "/v1/triage/batch"),
    ("put", "/v1/articles/{id}"),
];

fn references<'a>(value: &'a Value, into: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            into.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|field| references(field, into));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, into)),
        _ => {}
    }
}

#[tokio::test]
async fn the_description_lists_every_operation() {
    let desk = Desk::start().await;
    let description = Answer::to(desk.request(Method::GET, "/openapi.json")).await.ok();
    let mut listed = BTreeSet::new();
    for (path, operations) in description["paths"].as_object().unwrap() {
        listed.extend(operations.as_object().unwrap().keys().map(|method| (method.as_str(), path.as_str())));
    }
    assert_eq!(listed, BTreeSet::from(OPERATIONS));

    for (method, path) in OPERATIONS {
        let method: Method = method.to_uppercase().parse().unwrap();
        let answer = Answer::to(desk.request(method, &path.replace("{id}", "x"))).await;
        let open = ["/livez", "/readyz"].contains(&path);
        assert_eq!(answer.status, if open { 200 } else { 401 }, "{path}: {answer:?}");
        let operation = &description["paths"][path];
        for (method, operation) in operation.as_object().unwrap() {
            assert!(
                operation["summary"].as_str().is_some_and(|text| !text.is_empty()),
                "{method} {path} has no summary"
            );
            assert_eq!(operation["responses"]["401"].is_null(), open, "{method} {path}");
        }
    }
    desk.close().await;
}

#[tokio::test]
async fn everything_referred_to_is_there() {
    let desk = Desk::start().await;
    let description = Answer::to(desk.request(Method::GET, "/openapi.json")).await.ok();
    let mut found = BTreeSet::new();
    references(&description, &mut found);
    assert!(found.len() > 20, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads elsewhere"));
        assert!(description.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    let bearer = &description["components"]["securitySchemes"]["key"];
    assert_eq!((bearer["type"].as_str(), bearer["scheme"].as_str()), (Some("http"), Some("bearer")));
    desk.close().await;
}

#[tokio::test]
async fn an_answer_has_every_field_that_the_description_requires() {
    let desk = Desk::start().await;
    let description = Answer::to(desk.request(Method::GET, "/openapi.json")).await.ok();
    let receipt = desk.contact("ada").says("Can I talk to a real person please?").await;
    let thread = desk.thread(receipt.conversation()).await;
    for (schema, answer) in [("Receipt", &receipt.0), ("Conversation", &thread)] {
        let described = &description["components"]["schemas"][schema];
        let described: BTreeSet<&str> =
            described["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let given: BTreeSet<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(given, described, "{schema}");
    }
    desk.close().await;
}

#[tokio::test]
async fn refusals_are_described_as_they_come() {
    let desk = Desk::start().await;
    let description = Answer::to(desk.request(Method::GET, "/openapi.json")).await.ok();
    let responses = &description["paths"]["/v1/messages"]["post"]["responses"];
    for status in ["401", "413", "415", "422"] {
        assert!(responses[status]["content"]["application/problem+json"].is_object(), "{status}: {responses}");
    }
    desk.close().await;
}
