//! A content folder that is edited while the service runs.

use std::fs;
use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};
use service::content_folder::{Refusal, take_up};
use tempfile::TempDir;

use crate::desk::answer::{Answer, Receipt};
use crate::desk::{Desk, MESSAGES, TRIAGE, eventually};

/// A content folder of a story's own.
struct Folder(TempDir);

impl Folder {
    /// With all that the shop's has.
    fn of_the_shop() -> Self {
        let folder = Self(TempDir::new().unwrap());
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../knowledge-base/content"), folder.path());
        folder
    }

    /// With these intents and nothing else.
    fn of_intents(intents: &[(&str, &[&str])]) -> Self {
        let folder = Self(TempDir::new().unwrap());
        folder.has_intents(intents);
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, file: &str, text: &str) {
        let file = self.path().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn remove(&self, file: &str) {
        fs::remove_file(self.path().join(file)).unwrap();
    }

    fn has_intents(&self, intents: &[(&str, &[&str])]) {
        let intents = intents.iter().map(|(name, examples)| {
            format!(
                "[[intent]]\nname = {name:?}\ntitle = {name:?}\nqueue = \"general\"\nhandoff = true\nexamples = {examples:?}\n"
            )
        });
        self.write("intents.toml", &intents.collect::<String>());
    }

    /// About a service that the shop does not have otherwise.
    fn lends_looms(&self, hours: &str) {
        self.write("articles/loom-lending.md", &loom_lending(hours));
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn loom_lending(hours: &str) -> String {
    format!(
        "+++\nid = \"loom-lending\"\ntitle = \"Can I borrow a weaving loom?\"\n\
         questions = [\"when can I borrow a weaving loom\", \"do you lend weaving looms\"]\n+++\n\n\
         You can borrow a weaving loom from us {hours}.\n"
    )
}

async fn ask_for_the_loom(desk: &Desk, who: &str) -> Receipt {
    desk.contact(who).says("When can I borrow a weaving loom from you?").await
}

async fn version_of(desk: &Desk, article: &str) -> Value {
    desk.get(&format!("/v1/articles/{article}")).await.ok()["version"].clone()
}

/// The likeliest intent of a text.
async fn likeliest(desk: &Desk, text: &str) -> Value {
    let triage = desk.post("/v1/triage", &json!({ "text": text })).await.ok();
    triage["intents"][0]["name"].clone()
}

#[tokio::test]
async fn an_edit_in_the_folder_is_taken_up_by_itself() {
    let folder = Folder::of_the_shop();
    let desk = Desk::with_content(folder.path()).await;
    folder.lends_looms("on Mondays");
    eventually("the article is there", async || {
        (desk.get("/v1/articles/loom-lending").await.status == 200).then_some(())
    })
    .await;
    desk.close().await;
}

#[tokio::test]
async fn an_edited_folder_answers_the_next_message() {
    let folder = Folder::of_the_shop();
    let desk = Desk::with_content(folder.path()).await;
    assert!(!ask_for_the_loom(&desk, "before").await.cites("loom-lending"));

    folder.lends_looms("on Mondays for one week");
    take_up(&desk.app, folder.path()).await.unwrap();
    let first = ask_for_the_loom(&desk, "first").await;
    assert!(first.words().contains("on Mondays"), "{first:?}");
    assert_eq!(first.citations()[0]["version"], 1);

    folder.lends_looms("on Fridays for a month");
    take_up(&desk.app, folder.path()).await.unwrap();
    let second = ask_for_the_loom(&desk, "second").await;
    assert!(second.words().contains("on Fridays") && !second.words().contains("on Mondays"), "{second:?}");
    assert_eq!(second.citations()[0]["version"], 2, "other words are another version");
    assert_eq!(version_of(&desk, "delivery-options").await, 1, "which others are not");

    take_up(&desk.app, folder.path()).await.unwrap();
    assert_eq!(version_of(&desk, "loom-lending").await, 2, "nothing was changed");

    folder.remove("articles/loom-lending.md");
    take_up(&desk.app, folder.path()).await.unwrap();
    assert!(!ask_for_the_loom(&desk, "last").await.cites("loom-lending"));
    desk.get("/v1/articles/loom-lending").await.refused(404, "not_found");
    desk.close().await;
}

#[tokio::test]
async fn an_article_with_a_problem_is_refused_alone_and_what_it_said_before_stays() {
    let folder = Folder::of_the_shop();
    folder.lends_looms("on Mondays");
    let desk = Desk::with_content(folder.path()).await;
    take_up(&desk.app, folder.path()).await.unwrap();
    let before = desk.get("/v1/content").await.ok();
    assert_eq!((&before["problems"], before["folder"].as_str()), (&json!([]), folder.path().to_str()));

    folder.write("articles/loom-lending.md", "We do not lend looms.\n");
    folder.write(
        "articles/kite-hire.md",
        "+++\nid = \"kite-hire\"\ntitle = \"Kites\"\ncolour = \"red\"\n+++\n\nKites.\n",
    );
    folder.write("articles/.#stilts.md", "An editor's own file.\n");
    folder
        .write("articles/walking/stilts.md", "+++\nid = \"stilts\"\ntitle = \"Stilts\"\n+++\n\nWe hire out stilts.\n");
    take_up(&desk.app, folder.path()).await.unwrap();
    let content = desk.get("/v1/content").await.ok();
    let problems = content["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 2, "{content}");
    assert_eq!((&problems[0]["file"], &problems[0]["line"]), (&json!("articles/kite-hire.md"), &json!(4)), "{content}");
    assert!(problems[0]["message"].as_str().unwrap().contains("colour"), "{content}");
    assert_eq!(
        (&problems[1]["file"], &problems[1]["line"]),
        (&json!("articles/loom-lending.md"), &json!(1)),
        "{content}"
    );
    assert_ne!(content["version"], before["version"]);
    assert_eq!(version_of(&desk, "stilts").await, 1, "what is right is taken up");
    desk.get("/v1/articles/kite-hire").await.refused(404, "not_found");
    assert!(ask_for_the_loom(&desk, "still").await.words().contains("on Mondays"));
    let ready = desk.get("/readyz").await.ok();
    assert_eq!((&ready["ready"], &ready["problems"]), (&json!(true), &json!([])));
    assert!(ready["warnings"][0].as_str().unwrap().contains("/v1/content"), "{ready}");

    folder.remove("articles/kite-hire.md");
    folder.lends_looms("on Sundays");
    take_up(&desk.app, folder.path()).await.unwrap();
    assert_eq!(desk.get("/v1/content").await.ok()["problems"], json!([]));
    assert_eq!(desk.get("/readyz").await.ok()["warnings"], json!([]));
    assert_eq!(version_of(&desk, "loom-lending").await, 2);
    desk.close().await;
}

#[tokio::test]
async fn an_intent_whose_article_is_deleted_is_told_of() {
    let folder = Folder::of_intents(&[("lamps", &["the lamp is broken", "no light"])]);
    folder.lends_looms("on Mondays");
    let intents = fs::read_to_string(folder.path().join("intents.toml")).unwrap();
    let looms = "[[intent]]\nname = \"looms\"\ntitle = \"looms\"\nqueue = \"general\"\n\
                 answer = [\"loom-lending\"]\nexamples = [\"can I borrow a loom\"]\n";
    folder.write("intents.toml", &(intents + looms));
    let desk = Desk::with_content(folder.path()).await;
    assert_eq!(desk.get("/v1/content").await.ok()["unbacked_intents"], json!([]));

    assert_eq!(desk.delete("/v1/articles/loom-lending").await.status, 204);
    let unbacked = json!([{ "intent": "looms", "article": "loom-lending" }]);
    assert_eq!(desk.get("/v1/content").await.ok()["unbacked_intents"], unbacked);
    let ready = desk.get("/readyz").await.ok();
    assert_eq!(ready["ready"], json!(true));
    assert!(ready["warnings"][0].as_str().unwrap().contains("intents without an article they name: 1"), "{ready}");

    let hidden = loom_lending("on Mondays").replacen("+++\n", "+++\naudience = \"agents\"\n", 1);
    desk.put("/v1/articles/loom-lending", &json!({ "source": hidden })).await.ok();
    assert_eq!(desk.get("/v1/content").await.ok()["unbacked_intents"], unbacked, "contacts cannot read it");
    desk.put("/v1/articles/loom-lending", &json!({ "source": loom_lending("on Mondays") })).await.ok();
    assert_eq!(desk.get("/readyz").await.ok()["warnings"], json!([]));
    desk.close().await;
}

#[tokio::test]
async fn a_folder_that_is_gone_changes_nothing() {
    let folder = Folder::of_intents(&[("lamps", &["the lamp is broken", "no light"])]);
    let desk = Desk::with_content(folder.path()).await;
    fs::remove_dir_all(folder.path()).unwrap();
    assert!(matches!(take_up(&desk.app, folder.path()).await, Err(Refusal::Content(_))));
    let content = desk.get("/v1/content").await.ok();
    assert_eq!(content["problems"][0]["message"], "there is no such folder");
    assert_eq!(desk.get("/v1/intents").await.ok()["data"][0]["name"], "lamps");
    desk.close().await;
}

#[tokio::test]
async fn intents_written_into_the_folder_are_known_to_the_next_message() {
    let lamps: (&str, &[&str]) = ("lamps", &["the lamp is broken", "there is no light", "my lamp flickers"]);
    let post: (&str, &[&str]) = ("post", &["where is my parcel", "my parcel is late", "has it been posted"]);
    let looms: (&str, &[&str]) = ("looms", &["can I borrow a loom", "do you lend weaving looms", "weaving at home"]);
    let folder = Folder::of_intents(&[lamps, post]);
    let desk = Desk::with_content(folder.path()).await;
    let lesson = json!({ "text": "it went dark all of a sudden", "verdict": "wrong", "intent": "lamps" });
    let given = desk.post("/v1/feedback", &lesson).await.ok();
    let accept = format!("/v1/feedback/{}/accept?on_drop=accept", given["id"].as_str().unwrap());
    desk.post(&accept, &json!({})).await.ok();
    assert_ne!(likeliest(&desk, looms.1[1]).await, "looms");

    folder.has_intents(&[lamps, post, looms]);
    take_up(&desk.app, folder.path()).await.unwrap();
    assert_eq!(likeliest(&desk, looms.1[1]).await, "looms");
    let intents = desk.get("/v1/intents").await.ok();
    let lamps = intents["data"].as_array().unwrap().iter().find(|intent| intent["name"] == "lamps").unwrap();
    assert_eq!(lamps["from_feedback"], 1, "what was learned from feedback stays: {intents}");

    folder.has_intents(&[post]);
    folder.write("flows/broken.toml", "id = \n");
    assert!(matches!(take_up(&desk.app, folder.path()).await, Err(Refusal::Content(_))));
    let content = desk.get("/v1/content").await.ok();
    assert_eq!(content["problems"][0]["file"], "flows/broken.toml", "{content}");
    assert_eq!(likeliest(&desk, looms.1[1]).await, "looms", "the assistant before it stays");
    desk.close().await;
}

#[tokio::test]
async fn an_article_saved_over_the_api_stands_above_the_folders() {
    let folder = Folder::of_the_shop();
    folder.lends_looms("on Mondays");
    let desk = Desk::with_content(folder.path()).await;
    folder.lends_looms("on Tuesdays");
    take_up(&desk.app, folder.path()).await.unwrap();

    let saved = json!({ "source": loom_lending("on Fridays") });
    let saved = desk.put("/v1/articles/loom-lending", &saved).await.ok();
    assert_eq!(saved["version"], 3, "one more than the folder's: {saved}");
    folder.lends_looms("on Sundays");
    take_up(&desk.app, folder.path()).await.unwrap();
    let shown = desk.get("/v1/articles/loom-lending").await.ok();
    assert_eq!(shown, saved);
    let versions = desk.get("/v1/articles/loom-lending/versions").await.ok();
    assert_eq!((versions["data"].as_array().unwrap().len(), &versions["data"][0]["version"]), (1, &json!(3)));

    assert_eq!(desk.delete("/v1/articles/loom-lending").await.status, 204);
    take_up(&desk.app, folder.path()).await.unwrap();
    desk.get("/v1/articles/loom-lending").await.refused(404, "not_found");
    desk.close().await;
}

#[tokio::test]
async fn an_article_is_shown_as_it_is_written_and_two_editors_do_not_overwrite_each_other() {
    let folder = Folder::of_the_shop();
    folder.lends_looms("on Mondays");
    let desk = Desk::with_content(folder.path()).await;
    let shown = desk.get("/v1/articles/loom-lending/source").await.ok();
    assert_eq!(shown["based_on"], 1);
    let edited = |words: &str| {
        let source = shown["source"].as_str().unwrap().replace("on Mondays", words);
        json!({ "source": source, "based_on": shown["based_on"] })
    };
    let first = desk.put("/v1/articles/loom-lending", &edited("on Fridays")).await.ok();
    assert_eq!((&first["version"], &first["title"]), (&json!(2), &json!("Can I borrow a weaving loom?")));
    assert_eq!(first["questions"].as_array().unwrap().len(), 2, "nothing else was lost: {first}");
    desk.put("/v1/articles/loom-lending", &edited("on Sundays")).await.refused(409, "edited_meanwhile");
    assert!(ask_for_the_loom(&desk, "reader").await.words().contains("on Fridays"));
    desk.get("/v1/articles/harp-lending/source").await.refused(404, "not_found");
    desk.close().await;
}

#[tokio::test]
async fn the_content_in_use_is_shown_to_those_who_may_see_articles() {
    let desk = Desk::start().await;
    Answer::to(desk.request(Method::GET, "/v1/content").bearer_auth(MESSAGES)).await.refused(403, "forbidden");
    let content = Answer::to(desk.request(Method::GET, "/v1/content").bearer_auth(TRIAGE)).await.ok();
    assert_eq!((&content["folder"], &content["problems"]), (&json!("built in"), &json!([])));
    assert!(content["read_at"].is_string() && !content["version"].as_str().unwrap().is_empty(), "{content}");
    desk.close().await;
}
