//! Importing again.

use std::fs;

use knowledge_base::Audience;
use service::import::Writing;

use crate::desk::Desk;

#[tokio::test]
async fn what_changed_is_updated_and_the_rest_is_left_alone() {
    let desk = Desk::new();
    desk.has("help/a.md", "# A\n\nOne.\n").has("help/b.md", "# B\n\nTwo.\n");
    desk.imports(&["help"]).await.counts(2, 0, 0, 0);
    let written = || fs::metadata(desk.path("content/articles/a.md")).unwrap().modified().unwrap();
    let before = written();
    desk.imports(&["help"]).await.counts(0, 0, 2, 0);
    assert_eq!(written(), before);
    desk.has("help/b.md", "# Bee\n\nTwo, and three.\n").has("help/c.md", "# C\n\nFour.\n");
    desk.imports(&["help"]).await.counts(1, 1, 1, 0);
    assert_eq!(desk.files(), ["a", "b", "c"], "ids stay, as intents name them");
    assert_eq!((desk.article("b").title.as_str(), desk.article("b").body.as_str()), ("Bee", "Two, and three."));
}

#[tokio::test]
async fn what_a_source_does_not_say_stays_as_it_was_edited() {
    let mut desk = Desk::new();
    desk.has("help/a.md", "# A\n\nOne.\n");
    desk.imports(&["help"]).await.counts(1, 0, 0, 0);
    desk.edits("a", "questions = []", "questions = [\"What is one?\"]").edits("a", "\"public\"", "\"agents\"");
    desk.imports(&["help"]).await.counts(0, 0, 1, 0);
    desk.has("help/a.md", "# A\n\nOne and a half.\n");
    desk.imports(&["help"]).await.counts(0, 1, 0, 0);
    let article = desk.article("a");
    assert_eq!((article.questions, article.audience), (vec!["What is one?".to_owned()], Audience::Agents));
    desk.defaults.audience = Some(Audience::Public);
    desk.imports(&["help"]).await.counts(0, 1, 0, 0);
    assert_eq!(desk.article("a").audience, Audience::Public);
}

#[tokio::test]
async fn articles_of_others_are_never_overwritten() {
    let desk = Desk::new();
    let own = "+++\nid = \"returns\"\ntitle = \"Mine\"\n+++\n\nMy own words.\n";
    let other =
        "+++\nid = \"delivery\"\ntitle = \"Theirs\"\nsource = \"https://shop.example/delivery\"\n+++\n\nTheir words.\n";
    desk.has("content/articles/mine.md", own)
        .has("content/articles/delivery.md", other)
        .has("content/articles/broken.md", "not an article")
        .has("help/returns.md", "# Returns\n\nTheir words on returns.\n")
        .has("help/delivery.md", "# Delivery\n\nWords on delivery.\n")
        .has("help/broken.md", "# Broken\n\nWords on what is broken.\n");
    let told = desk.imports(&["help"]).await;
    told.counts(0, 0, 0, 3)
        .skips(
            "help/returns.md",
            "`returns` is that of articles/mine.md, which was not imported and is not overwritten",
        )
        .skips("help/delivery.md", "which came from `https://shop.example/delivery`")
        .skips("help/delivery.md", "write `source = \"../help/delivery.md\"` into its front matter")
        .skips("help/broken.md", "articles/broken.md is there and is no article");
    assert_eq!(fs::read_to_string(desk.path("content/articles/mine.md")).unwrap(), own);

    // The remedies work: what is said to come from there is compared, and what is deleted is imported.
    desk.has("content/articles/delivery.md", other.replace("https://shop.example/delivery", "../help/delivery.md"));
    let told = desk.imports(&["help"]).await;
    told.counts(0, 0, 0, 3).skips("help/delivery.md", "nothing tells whether an author wrote that");
    assert_eq!(desk.article("delivery").body, "Their words.");
    fs::remove_file(desk.path("content/articles/delivery.md")).unwrap();
    desk.imports(&["help"]).await.counts(1, 0, 0, 2);
    assert_eq!(desk.article("delivery").body, "Words on delivery.");
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_writes_nothing() {
    let mut desk = Desk::new();
    desk.has("help/a.md", "# A\n\nOne.\n").has("help/b.md", "# A\n\nTwo.\n").has("help/c.md", "");
    desk.writing = Writing::Nothing;
    let told = desk.imports(&["help"]).await;
    told.counts(2, 0, 0, 1).withdraws(&[]).notes("content", "there is no such folder; it would be made");
    assert!(!desk.path("content").exists());
    desk.writing = Writing::Files;
    let written = desk.imports(&["help"]).await;
    assert_eq!(written.report.changes, told.report.changes);
    written.notes("content", "there was no such folder, so it was made");
    assert_eq!(desk.imports(&["help"]).await.report.notes, [], "now it is there");
}

#[tokio::test]
async fn every_article_that_is_updated_is_named() {
    let desk = Desk::new();
    desk.has("help/a.md", "# A\n\nOne.\n").has("help/b.md", "# B\n\nTwo.\n").has("help/c.md", "# C\n\nTwo.\n");
    let (errors, out) = desk.imports(&["help"]).await.said();
    assert_eq!(errors, "", "a copy is nothing to do anything about");
    let (note, duplicate) = out.split_once('\n').unwrap();
    assert_eq!(note, "note content: there was no such folder, so it was made");
    assert_eq!(duplicate, "duplicate help/c.md: it has the text of `b` (articles/b.md), which is kept\n");
    desk.has("help/a.md", "# A\n\nOne and a half.\n");
    let (errors, out) = desk.imports(&["help/a.md", "help/b.md"]).await.said();
    assert_eq!((errors.as_str(), out.as_str()), ("", "updated articles/a.md from ../help/a.md\n"));
}
