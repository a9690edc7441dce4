//! Importing again what an author has edited since.

use std::fs;

use service::import::Writing;

use crate::desk::Desk;

const CONFLICT: &str = "articles/a.md was edited by hand, and the source has changed too, so it is not overwritten; \
    delete that file to have the source's text, or work the change into it by hand";

#[tokio::test]
async fn what_an_author_wrote_stays_while_the_source_is_the_same() {
    let desk = Desk::new();
    desk.has("help/a.md", "# A\n\nOne.\n").has("help/b.md", "# B\n\nTwo.\n");
    desk.imports(&["help"]).await.counts(2, 0, 0, 0);
    desk.edits("a", "One.", "One, in my own words.").edits("b", "title = \"B\"", "title = \"Bee\"");
    for _ in 0..2 {
        desk.imports(&["help"]).await.counts(0, 0, 2, 0);
        assert_eq!(
            (desk.article("a").body.as_str(), desk.article("b").title.as_str()),
            ("One, in my own words.", "Bee")
        );
    }
    desk.has("help/b.md", "# B\n\nTwo and a half.\n");
    desk.imports(&["help"]).await.counts(0, 0, 1, 1).skips("help/b.md", "edited by hand");
}

#[tokio::test]
async fn what_both_changed_is_told_until_it_is_merged() {
    let desk = Desk::new();
    desk.has("help/a.md", "# A\n\nOne.\n");
    desk.imports(&["help"]).await.counts(1, 0, 0, 0);
    desk.edits("a", "One.", "Mine.").has("help/a.md", "# A\n\nOther.\n");
    for _ in 0..2 {
        desk.imports(&["help"]).await.counts(0, 0, 0, 1).skips("help/a.md", CONFLICT);
        assert_eq!(desk.article("a").body, "Mine.");
    }
    desk.edits("a", "Mine.", "Mine, and the other.");
    for _ in 0..2 {
        desk.imports(&["help"]).await.counts(0, 0, 1, 0);
        assert_eq!(desk.article("a").body, "Mine, and the other.");
    }
    desk.has("help/a.md", "# A\n\nYet another.\n");
    desk.imports(&["help"]).await.counts(0, 0, 0, 1).skips("help/a.md", CONFLICT);
    fs::remove_file(desk.path("content/articles/a.md")).unwrap();
    desk.imports(&["help"]).await.counts(1, 0, 0, 0);
    assert_eq!(desk.article("a").body, "Yet another.");
    desk.has("help/a.md", "# A\n\nThe last.\n");
    desk.imports(&["help"]).await.counts(0, 1, 0, 0);
}

#[tokio::test]
async fn what_an_author_added_where_the_source_was_silent_is_not_taken_for_its_own() {
    let desk = Desk::new();
    desk.has("help/a.md", "# A\n\nOne.\n");
    desk.imports(&["help"]).await.counts(1, 0, 0, 0);
    desk.edits("a", "tags = []", "tags = [\"mine\"]").has("help/a.md", "# A\n\nTwo.\n");
    desk.imports(&["help"]).await.counts(0, 1, 0, 0);
    assert_eq!((desk.article("a").body.as_str(), desk.article("a").tags), ("Two.", vec!["mine".to_owned()]));
    desk.has("help/a.md", "---\ntags: [theirs]\n---\n# A\n\nTwo.\n");
    desk.imports(&["help"]).await.counts(0, 0, 0, 1).skips("help/a.md", CONFLICT);
    assert_eq!(desk.article("a").tags, ["mine"]);
}

#[tokio::test]
async fn remarks_in_the_front_matter_are_an_authors_words_too() {
    let desk = Desk::new();
    desk.has("help/a.md", "# A\n\nOne.\n");
    desk.imports(&["help"]).await.counts(1, 0, 0, 0);
    desk.edits("a", "tags = []", "# Ask Ada before you change this.\ntags = []");
    desk.imports(&["help"]).await.counts(0, 0, 1, 0);
    desk.has("help/a.md", "# A\n\nTwo.\n");
    desk.imports(&["help"]).await.counts(0, 0, 0, 1).skips("help/a.md", CONFLICT);
}

#[tokio::test]
async fn what_was_imported_before_anything_was_kept_is_taken_up_or_told() {
    let desk = Desk::new();
    desk.has("help/a.md", "# A\n\nOne.\n").has("help/b.md", "# B\n\nTwo.\n");
    desk.imports(&["help"]).await.counts(2, 0, 0, 0);
    let kept = desk.path("content/.imported.json");
    fs::remove_file(&kept).unwrap();
    desk.has("help/b.md", "# B\n\nTwo and a half.\n");
    let told = desk.imports(&["help"]).await;
    told.counts(0, 0, 1, 1)
        .skips("help/b.md", "articles/b.md says something else, and nothing tells whether an author");
    assert_eq!(desk.article("b").body, "Two.");
    desk.has("help/a.md", "# A\n\nOne and a half.\n");
    desk.imports(&["help"]).await.counts(0, 1, 0, 1);

    // A file with two sides of a merge in it is not written over.
    fs::write(&kept, "<<<<<<< ours\n").unwrap();
    assert!(desk.fails(&["help"]).await.contains("mend it, or delete it"));
    assert_eq!(fs::read_to_string(&kept).unwrap(), "<<<<<<< ours\n");
}

#[tokio::test]
async fn a_dry_run_tells_of_conflicts_and_notes_nothing() {
    let mut desk = Desk::new();
    desk.has("help/a.md", "# A\n\nOne.\n");
    desk.imports(&["help"]).await.counts(1, 0, 0, 0);
    let kept = fs::read(desk.path("content/.imported.json")).unwrap();
    desk.edits("a", "One.", "Mine.").has("help/a.md", "# A\n\nOther.\n");
    desk.writing = Writing::Nothing;
    desk.imports(&["help"]).await.counts(0, 0, 0, 1).skips("help/a.md", CONFLICT);
    desk.edits("a", "Mine.", "Still mine.");
    desk.imports(&["help"]).await.counts(0, 0, 0, 1).skips("help/a.md", CONFLICT);
    assert_eq!(fs::read(desk.path("content/.imported.json")).unwrap(), kept);
}

#[tokio::test]
async fn what_was_given_once_does_not_undo_an_authors_choice_each_time() {
    let mut desk = Desk::new();
    desk.defaults.audience = Some("agents".parse().unwrap());
    desk.has("help/a.md", "# A\n\nOne.\n");
    desk.imports(&["help"]).await.counts(1, 0, 0, 0);
    desk.edits("a", "\"agents\"", "\"public\"");
    desk.imports(&["help"]).await.counts(0, 0, 1, 0);
    desk.has("help/a.md", "# A\n\nTwo.\n");
    desk.imports(&["help"]).await.counts(0, 1, 0, 0);
    assert_eq!((desk.article("a").audience.as_str(), desk.article("a").body.as_str()), ("public", "Two."));
}
