//! Questions and answers in CSV files.

use knowledge_base::Audience;

use crate::desk::Desk;

#[tokio::test]
async fn rows_with_one_answer_are_one_article() {
    let desk = Desk::new();
    desk.has(
        "faq.csv",
        "\u{feff}Question,Answer,Tags\r\nCan I return it?,\"Yes,\nwithin 30 days.\",\"orders, returns\"\r\n\
         How long do I have?,\"Yes,\nwithin 30 days.\",post\r\n\r\nWhere are you?,<p>In <b>Bristol</b>.</p>,\r\n\
         No answer,,\r\n,No question,\r\n",
    );
    let told = desk.imports(&["faq.csv"]).await;
    told.counts(2, 0, 0, 2).skips("faq.csv:7", "no answer").skips("faq.csv:8", "no question");
    let returns = desk.article("can-i-return-it");
    assert_eq!(returns.questions, ["Can I return it?", "How long do I have?"]);
    assert_eq!(
        (returns.body.as_str(), returns.tags.as_slice()),
        ("Yes,\nwithin 30 days.", ["orders", "returns", "post"].map(String::from).as_slice())
    );
    assert_eq!(returns.source.as_deref(), Some("../faq.csv#can-i-return-it"));
    assert_eq!(desk.article("where-are-you").body, "In **Bristol**.");
    desk.imports(&["faq.csv"]).await.counts(0, 0, 2, 2);
}

#[tokio::test]
async fn other_delimiters_and_columns_are_understood() {
    let desk = Desk::new();
    desk.has(
        "faq.csv",
        "id;title;question;answer;locale;audience\nr1;Rücksendung;Kann ich zurücksenden?;Ja; klar;de;agents\n",
    )
    .has("faq.tsv", "q\ta\nWhat is 1,5?\tA number, of sorts\n");
    // A semicolon within an unquoted answer shifts what follows, which is told.
    desk.imports(&["faq.csv", "faq.tsv"]).await.counts(1, 0, 0, 1).skips("faq.csv:2", "`de` is not an audience");
    assert_eq!(desk.article("what-is-1-5").body, "A number, of sorts");
    desk.has(
        "faq.csv",
        "id;title;question;answer;locale;audience\nr1;Rücksendung;Kann ich zurücksenden?;Ja, klar;de;agents\n",
    );
    desk.imports(&["faq.csv"]).await.counts(1, 0, 0, 0);
    let article = desk.article("r1");
    assert_eq!(
        (article.title.as_str(), article.locale.as_str(), article.audience),
        ("Rücksendung", "de", Audience::Agents)
    );
}

#[tokio::test]
async fn files_that_are_no_questions_and_answers_are_told() {
    let desk = Desk::new();
    desk.has("people.csv", "name,age\nAda,36\n")
        .has("latin.csv", b"question,answer\nCaf\xe9?,Yes\n".as_slice())
        .has("empty.csv", "");
    let told = desk.imports(&["people.csv", "latin.csv", "empty.csv"]).await;
    told.counts(0, 0, 0, 3)
        .skips(
            "people.csv:1",
            "no column is named `question`; the first row names the columns, and these are: name, age",
        )
        .skips("latin.csv", "line 2 is not UTF-8")
        .skips("empty.csv:1", "no column is named `question`");
}

#[tokio::test]
async fn more_questions_than_an_article_may_have_are_told() {
    let desk = Desk::new();
    let rows: Vec<String> = (0..203).map(|number| format!("Question {number}?,The same\n")).collect();
    desk.has("faq.csv", format!("question,answer\n{}", rows.concat()));
    desk.imports(&["faq.csv"]).await.counts(1, 0, 0, 3).skips("faq.csv:202", "200 questions");
}
