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
    told.counts(2, 0, 0, 2).skips("faq.csv:8", "no answer").skips("faq.csv:9", "no question");
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
    let told = desk.imports(&["faq.csv", "faq.tsv"]).await;
    told.counts(1, 0, 0, 1).skips("faq.csv:2", "the row has 7 fields and the first row names 6");
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
    desk.has("people.csv", "name,age\nAda,36\n").has("quote.csv", "question,\"answer\nOne?,Yes\n").has("empty.csv", "");
    let told = desk.imports(&["people.csv", "quote.csv", "empty.csv"]).await;
    told.counts(0, 0, 0, 3)
        .skips(
            "people.csv:1",
            "no column is named `question`; the first row names the columns, and these are: name, age",
        )
        .skips("quote.csv:1", "the quote opened here is never closed, so lines 1 to 2 are not read; close it")
        .skips("empty.csv:1", "no column is named `question`");
}

#[tokio::test]
async fn commas_that_nothing_holds_together_cut_no_answer() {
    let desk = Desk::new();
    desk.has(
        "faq.csv",
        "question,answer\n\nHow do I pay?,By card, by post, or in the shop.\nWhere are you?,In Bristol.,,\n\
         Until when?, \"Until six, every day\"\nA 5\" lamp?,\"Yes, \"\"all\"\" of them.\"\n",
    );
    let told = desk.imports(&["faq.csv"]).await;
    told.counts(2, 0, 0, 2)
        .skips("faq.csv:3", "the row has 4 fields and the first row names 2")
        .skips("faq.csv:3", "put text that has separators in it between quotes")
        .skips("faq.csv:5", "put quotes around the whole field");
    assert_eq!(desk.article("where-are-you").body, "In Bristol.");
    assert_eq!(desk.article("a-5-lamp").body, "Yes, \"all\" of them.");
}

#[tokio::test]
async fn a_quote_that_is_not_closed_swallows_no_row_unseen() {
    let desk = Desk::new();
    let rows = |open: &str| format!("question,answer\r\nOne?,\"The\r\nfirst.\"\r\nTwo?,{open}\r\nThree?,C.\r\n");
    desk.has("faq.csv", rows("\"B."));
    let told = desk.imports(&["faq.csv"]).await;
    told.counts(1, 0, 0, 1)
        .skips("faq.csv:4", "the quote opened here is never closed, so lines 4 to 5 are not read; close it");

    // A quote of a later row seems to close it.
    desk.has("faq.csv", format!("{}Four?,\"D, or E.\"\r\nFive?,F.\r\n", rows("\"B.")));
    let told = desk.imports(&["faq.csv"]).await;
    told.counts(1, 0, 1, 1).skips("faq.csv:4", "so lines 4 to 6 are not read; close quotes at the end of their field");
    assert_eq!(desk.files(), ["five", "one"]);

    desk.has("faq.csv", rows("B."));
    desk.imports(&["faq.csv"]).await.counts(2, 0, 1, 0).withdraws(&[("five.md", "is no longer in")]);
}

#[tokio::test]
async fn more_questions_than_an_article_may_have_are_told() {
    let desk = Desk::new();
    let rows: Vec<String> = (0..203).map(|number| format!("Question {number}?,The same\n")).collect();
    desk.has("faq.csv", format!("question,answer\n{}", rows.concat()));
    desk.imports(&["faq.csv"]).await.counts(1, 0, 0, 3).skips("faq.csv:202", "200 questions");
}
