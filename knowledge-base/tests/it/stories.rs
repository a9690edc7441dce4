//! Questions asked of a small shop's knowledge base while its authors edit it.

use jiff::civil::{Date, date};
use knowledge_base::{
    Abstained, Answer, Article, ArticleId, Audience, BuildError, Hit, KnowledgeBase, Query, Thresholds, Validity,
    answer,
};
use models::Embedding;

use crate::hashing::HashingEncoder;

/// The hashing encoder knows no synonyms, so its similarities are lower than those the defaults are made for.
const THRESHOLDS: Thresholds = Thresholds { answerable: 0.15 };

struct Shop {
    encoder: HashingEncoder,
    knowledge: KnowledgeBase,
    today: Date,
}

impl Shop {
    fn open() -> Self {
        let encoder = HashingEncoder::default();
        let articles = vec![
            article("returns", "Return an item", &["How do I send something back?"], RETURNS),
            article("delivery", "Delivery times", &["When will my parcel arrive?"], DELIVERY),
            article("password", "Reset your password", &["I forgot my password"], PASSWORD),
            Article {
                audience: Audience::Agents,
                ..article("fraud", "Fraud checks", &["Why was the order held for fraud review?"], FRAUD)
            },
            Article {
                locale: "de-AT".into(),
                ..article("lieferung", "Lieferzeiten", &["Wann kommt mein Paket?"], "Pakete kommen in zwei Tagen.")
            },
        ];
        let knowledge = KnowledgeBase::build(articles, &encoder).unwrap();
        encoder.take_encoded();
        Self { encoder, knowledge, today: date(2026, 6, 15) }
    }

    fn embedding(&self, question: &str) -> Embedding {
        let embedding = self.encoder.one(question);
        self.encoder.take_encoded();
        embedding
    }

    fn hits(&self, question: &str, audience: Audience, locale: Option<&str>) -> Vec<Hit> {
        let query = Query { text: question, embedding: &self.embedding(question), locale, audience, on: self.today };
        self.knowledge.search(&query, 10)
    }

    fn found(&self, question: &str) -> Vec<String> {
        let hits = self.hits(question, Audience::Public, Some("en"));
        hits.iter().map(|hit| hit.article.to_string()).collect()
    }

    fn answered(&self, question: &str) -> Result<Answer, Abstained> {
        let embedding = self.embedding(question);
        let query = Query {
            text: question,
            embedding: &embedding,
            locale: Some("en"),
            audience: Audience::Public,
            on: self.today,
        };
        answer(&query, &self.knowledge.search(&query, 5), &THRESHOLDS)
    }
}

const RETURNS: &str = "You can return any item within 30 days of delivery.\n\n## How to send it back\n\n\
    Do this:\n\n1. Open **My orders** and choose the item.\n2. Print the label.\n3. Hand the parcel in at a shop.\n\n\
    ## Refunds\n\nWe refund the price to your card. It takes five working days.\n";
const DELIVERY: &str = "Parcels arrive within two working days.\n\n\
    | Country | Time |\n|---|---|\n| Austria | 2 days |\n| Norway | 5 days |\n";
const PASSWORD: &str =
    "Choose *Forgot password* on the [sign-in page](https://shop.example/login) and follow the link we send.";
const FRAUD: &str = "Orders above 900 EUR are held for fraud review by the payments team.";

fn article(id: &str, title: &str, questions: &[&str], body: &str) -> Article {
    Article {
        id: ArticleId::new(id).unwrap(),
        title: title.into(),
        locale: "en".into(),
        tags: Vec::new(),
        audience: Audience::Public,
        questions: questions.iter().map(|&question| question.into()).collect(),
        source: None,
        validity: Validity::default(),
        body: body.into(),
        version: 1,
    }
}

fn id(text: &str) -> ArticleId {
    ArticleId::new(text).unwrap()
}

#[test]
fn a_question_finds_its_article_and_is_answered_from_it() {
    let shop = Shop::open();
    assert_eq!(shop.found("I forgot my password, help")[0], "password");
    let answer = shop.answered("I forgot my password").unwrap();
    assert_eq!(
        answer.text,
        "Choose Forgot password on the sign-in page (https://shop.example/login) and follow the link we send."
    );
    assert_eq!(answer.citations[0].article, id("password"));
}

#[test]
fn a_citation_points_at_the_quoted_text() {
    let shop = Shop::open();
    let answer = shop.answered("How long does the refund to my card take?").unwrap();
    let cited = &answer.citations[0];
    let body = &shop.knowledge.get(&cited.article).unwrap().body;
    assert_eq!(&body[cited.start..cited.end], "We refund the price to your card. It takes five working days.");
    assert_eq!(answer.text, &body[cited.start..cited.end]);
}

#[test]
fn steps_are_quoted_whole_with_what_introduces_them() {
    let shop = Shop::open();
    let answer = shop.answered("How do I send something back? Which label do I print?").unwrap();
    assert_eq!(
        answer.text,
        "Do this:\n1. Open My orders and choose the item.\n2. Print the label.\n3. Hand the parcel in at a shop."
    );
}

#[test]
fn a_table_row_carries_its_headings() {
    let shop = Shop::open();
    let hits = shop.hits("delivery time country Norway", Audience::Public, Some("en"));
    assert_eq!(hits[0].article, id("delivery"));
    assert!(hits[0].text.contains("Country: Norway; Time: 5 days"), "{}", hits[0].text);
}

#[test]
fn an_unrelated_question_is_not_answered_but_gets_the_closest_titles() {
    let shop = Shop::open();
    let abstained = shop.answered("Which parcel of land does the moon have?").unwrap_err();
    assert!(abstained.score < THRESHOLDS.answerable);
    assert!(!abstained.closest.is_empty() && abstained.closest.len() <= 3);
}

#[test]
fn a_removed_article_is_gone_at_once() {
    let shop = Shop::open();
    assert!(shop.knowledge.remove(&id("password"), &shop.encoder).unwrap());
    assert!(!shop.found("I forgot my password").contains(&"password".to_owned()));
    assert!(shop.answered("I forgot my password").is_err());
    assert!(!shop.knowledge.remove(&id("password"), &shop.encoder).unwrap());
}

#[test]
fn an_edit_is_live_at_once_and_encodes_only_what_changed() {
    let shop = Shop::open();
    let before = shop.knowledge.version();
    let held = shop.knowledge.snapshot();
    let edited = RETURNS.replace("five working days", "nine working days");
    let stored = shop
        .knowledge
        .upsert(article("returns", "Return an item", &["How do I send something back?"], &edited), &shop.encoder)
        .unwrap();
    assert_eq!(stored.version, 2);
    assert_eq!(shop.encoder.take_encoded().len(), 2, "the changed sentence and the passage it stands in");
    assert_ne!(shop.knowledge.version(), before);
    assert_eq!(held.version(), before, "a reader's snapshot does not change under it");
    let answer = shop.answered("How long does the refund to my card take?").unwrap();
    assert!(answer.text.contains("nine working days"));
    assert_eq!(answer.citations[0].version, 2);
}

#[test]
fn storing_the_same_article_again_changes_nothing() {
    let shop = Shop::open();
    let before = shop.knowledge.version();
    let same = (*shop.knowledge.get(&id("delivery")).unwrap()).clone();
    assert_eq!(shop.knowledge.upsert(same, &shop.encoder).unwrap().version, 1);
    assert_eq!(shop.knowledge.version(), before);
    assert!(shop.encoder.take_encoded().is_empty());
}

#[test]
fn what_is_for_agents_never_reaches_a_contact() {
    let shop = Shop::open();
    let question = "Why was the order held for fraud review?";
    assert!(!shop.found(question).contains(&"fraud".to_owned()));
    assert_eq!(shop.hits(question, Audience::Agents, None)[0].article, id("fraud"));
    match shop.answered(question) {
        Ok(answer) => assert!(answer.citations.iter().all(|citation| citation.article != id("fraud"))),
        Err(abstained) => assert!(abstained.closest.iter().all(|closest| closest.article != id("fraud"))),
    }
}

#[test]
fn an_article_made_private_disappears_for_contacts() {
    let shop = Shop::open();
    let password = (*shop.knowledge.get(&id("password")).unwrap()).clone();
    shop.knowledge.upsert(Article { audience: Audience::Agents, ..password }, &shop.encoder).unwrap();
    assert!(!shop.found("I forgot my password").contains(&"password".to_owned()));
}

#[test]
fn an_article_is_found_on_the_days_it_is_valid_and_takes_nobodys_place_on_others() {
    let mut shop = Shop::open();
    let (first, last) = (date(2026, 12, 1), date(2026, 12, 24));
    let validity = Validity::new(Some(first), Some(last)).unwrap();
    let advent =
        article("advent", "Advent offer", &["What is the advent offer?"], "Candles cost half as much in advent.");
    for n in 0..120 {
        let id = ArticleId::new(&format!("advent-{n}")).unwrap();
        let title = format!("Advent offer {n}");
        shop.knowledge.upsert(Article { id, title, validity, ..advent.clone() }, &shop.encoder).unwrap();
    }
    shop.knowledge.upsert(Article { validity, ..advent }, &shop.encoder).unwrap();
    shop.knowledge
        .upsert(article("candles", "Candles", &[], "Our candles are poured by hand."), &shop.encoder)
        .unwrap();
    let question = "What is the advent offer on candles?";
    for (day, is_found) in [(date(2026, 11, 30), false), (first, true), (last, true), (date(2026, 12, 25), false)] {
        shop.today = day;
        let found = shop.found(question);
        assert_eq!(found.iter().any(|id| id.starts_with("advent")), is_found, "on {day}: {found:?}");
        assert!(is_found || found.contains(&"candles".to_owned()), "on {day}: {found:?}");
    }
    shop.today = date(2027, 1, 1);
    assert!(!shop.answered("What is the advent offer?").is_ok_and(|answer| answer.text.contains("advent")));
}

#[test]
fn everything_replaced_at_once_keeps_the_versions_of_what_stays() {
    let shop = Shop::open();
    let mut articles: Vec<Article> = shop.knowledge.articles().iter().map(|article| (**article).clone()).collect();
    articles.retain(|article| article.id != id("fraud"));
    let delivery = articles.iter_mut().find(|article| article.id == id("delivery")).unwrap();
    delivery.body = "Parcels arrive within four working days.".into();
    shop.knowledge.replace(articles.clone(), &shop.encoder).unwrap();
    let version = |name: &str| shop.knowledge.get(&id(name)).map(|article| article.version);
    assert_eq!((version("delivery"), version("returns"), version("fraud")), (Some(2), Some(1), None));
    let before = shop.knowledge.version();
    shop.knowledge.replace(articles, &shop.encoder).unwrap();
    assert_eq!((version("delivery"), shop.knowledge.version()), (Some(2), before), "nothing was changed");
}

#[test]
fn only_articles_in_the_contacts_language_are_found() {
    let shop = Shop::open();
    let hits = shop.hits("Wann kommt mein Paket?", Audience::Public, Some("de"));
    assert_eq!(hits.iter().map(|hit| hit.article.to_string()).collect::<Vec<_>>(), ["lieferung"]);
    assert!(!shop.found("Wann kommt mein Paket?").contains(&"lieferung".to_owned()));
    assert_eq!(shop.hits("Wann kommt mein Paket?", Audience::Public, None)[0].article, id("lieferung"));
}

#[test]
fn a_misspelt_word_is_still_found_by_its_letters() {
    let shop = Shop::open();
    let hits = shop.hits("pasword", Audience::Public, Some("en"));
    let password = hits.iter().find(|hit| hit.article == id("password")).unwrap();
    assert!(password.lexical > 0.0);
}

#[test]
fn strange_questions_are_harmless() {
    let shop = Shop::open();
    let long = "where is my parcel ".repeat(530);
    for question in ["", "   ", "🎉🎉", "\"(+*", "title:password AND (NOT", "a\u{0}b", "[* TO *]", &long] {
        let hits = shop.hits(question, Audience::Public, Some("en"));
        assert!(hits.iter().all(|hit| (0.0..=1.0).contains(&hit.score)), "{question:.40}");
    }
    assert_eq!(shop.found(&long)[0], "delivery");
}

#[test]
fn a_limit_is_kept_and_an_empty_knowledge_base_answers_nothing() {
    let shop = Shop::open();
    let query = Query {
        text: "password",
        embedding: &shop.embedding("password"),
        locale: None,
        audience: Audience::Public,
        on: shop.today,
    };
    assert_eq!(shop.knowledge.search(&query, 2).len(), 2);
    assert!(shop.knowledge.search(&query, 0).is_empty());
    let empty = KnowledgeBase::build(Vec::new(), &shop.encoder).unwrap();
    assert!(empty.search(&query, 5).is_empty());
    let abstained = answer(&query, &[], &Thresholds::default()).unwrap_err();
    assert!(abstained.closest.is_empty());
}

#[test]
fn a_refused_edit_leaves_everything_as_it_was() {
    let shop = Shop::open();
    let before = shop.knowledge.version();
    let refused = shop.knowledge.upsert(article("returns", "", &[""], "# Only a heading"), &shop.encoder).unwrap_err();
    let BuildError::Flawed { article, flaws } = refused else { panic!("refused for another reason: {refused}") };
    assert_eq!(article, id("returns"));
    assert_eq!(flaws.iter().map(|flaw| flaw.field).collect::<Vec<_>>(), ["title", "questions", "body"]);
    assert_eq!(shop.knowledge.version(), before);
}

#[test]
fn two_articles_cannot_share_an_id() {
    let encoder = HashingEncoder::default();
    let twins = vec![article("a", "A", &[], "One."), article("a", "B", &[], "Two.")];
    let refused = KnowledgeBase::build(twins, &encoder).err();
    assert_eq!(refused, Some(BuildError::DuplicateArticle(id("a"))));
}

#[test]
fn edits_from_many_threads_all_arrive() {
    let shop = Shop::open();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let shop = &shop;
            scope.spawn(move || {
                let new = article(&format!("new-{n}"), &format!("New {n}"), &[], "Some text.");
                shop.knowledge.upsert(new, &shop.encoder).unwrap();
            });
        }
    });
    assert_eq!(shop.knowledge.articles().len(), 13);
}
