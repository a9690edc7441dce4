//! Content files, good and bad.

use std::fs;

use jiff::civil::date;
use knowledge_base::{
    Article, ArticleId, Audience, Content, IntentAction, Priority, Problem, Validity, parse_article, parse_intents,
    parse_signals,
};
use proptest::prelude::*;

const ARTICLE: &str = "+++\nid = \"returns\"\ntitle = \"Return an item\"\nlocale = \"en-GB\"\ntags = [\"orders\"]\n\
    audience = \"agents\"\nquestions = [\"Can I return it?\"]\n+++\n\n# Returns\n\nYes, within 30 days.\n";

const INTENTS: &str = "[[intent]]\nname = \"order_status\"\ntitle = \"Order status\"\nqueue = \"orders\"\n\
    priority = \"high\"\nflow = \"order_status\"\nexamples = [\"where is my order\", \"track my parcel\"]\n\n\
    [[intent]]\nname = \"thanks\"\ntitle = \"Thanks\"\nqueue = \"general\"\nreply = \"You are welcome!\"\n\
    examples = [\"thank you\"]\n";

fn lines(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_good_article_is_read() {
    let article = parse_article("articles/returns.md", ARTICLE).unwrap();
    let Article { id, title, locale, tags, audience, questions, source, validity, body, version } = article;
    assert_eq!((id.as_str(), title.as_str(), locale.as_str(), version), ("returns", "Return an item", "en-GB", 1));
    assert_eq!((tags, audience, questions), (vec!["orders".into()], Audience::Agents, vec!["Can I return it?".into()]));
    assert_eq!((source, validity), (None, Validity::default()));
    assert_eq!(body, "# Returns\n\nYes, within 30 days.");
}

#[test]
fn an_imported_article_says_where_it_came_from() {
    let source = "https://shop.example/help/returns";
    let read = |line: &str| parse_article("a.md", &ARTICLE.replacen("locale", &format!("source = {line}\nlocale"), 1));
    assert_eq!(read(&format!("{source:?}")).unwrap().source.as_deref(), Some(source));
    for (wrong, says) in [("\" \"".to_owned(), "is empty"), (format!("{:?}", "x".repeat(3000)), "the limit is 2048")] {
        let problems = lines(&read(&wrong).unwrap_err());
        assert!(
            problems.len() == 1 && problems[0].starts_with("a.md:4: `source`") && problems[0].contains(says),
            "{problems:?}"
        );
    }
}

#[test]
fn an_article_may_be_valid_for_some_days_only() {
    let read = |lines: &str| parse_article("a.md", &ARTICLE.replacen("locale", &format!("{lines}\nlocale"), 1));
    let validity = |lines: &str| read(lines).unwrap().validity;
    let advent = Validity::new(Some(date(2026, 12, 1)), Some(date(2026, 12, 24))).unwrap();
    assert_eq!(validity("valid_from = 2026-12-01\nvalid_until = 2026-12-24"), advent);
    assert_eq!(validity("valid_until = \"2026-12-24\"\nvalid_from = \"2026-12-01\""), advent);
    assert_eq!(validity("valid_from = 2026-12-01"), Validity::new(Some(date(2026, 12, 1)), None).unwrap());
    for (wrong, line, says) in [
        ("valid_from = 2026-12-24\nvalid_until = 2026-12-01", 5, "is before the first, 2026-12-24"),
        ("valid_from = 5", 4, "`valid_from` must be a date such as 2026-12-24, not a TOML integer"),
        ("valid_from = 2026-12-01T10:00:00Z", 4, "is not a day; write for example 2026-12-24"),
        ("valid_until = \"soon\"", 4, "`soon` is not a day"),
    ] {
        let problems = lines(&read(wrong).unwrap_err());
        let starts = format!("a.md:{line}: ");
        assert!(problems.len() == 1 && problems[0].starts_with(&starts) && problems[0].contains(says), "{problems:?}");
    }
}

#[test]
fn windows_line_ends_make_no_difference() {
    assert_eq!(parse_article("a.md", &ARTICLE.replace('\n', "\r\n")), parse_article("a.md", ARTICLE));
}

#[test]
fn every_problem_of_an_article_is_listed_with_its_line() {
    let source = "+++\nid = \"Not An Id\"\nlocale = 5\naudience = \"everyone\"\nauthor = \"me\"\n+++\n# Heading\n";
    let problems = parse_article("articles/bad.md", source).unwrap_err();
    assert_eq!(
        lines(&problems),
        [
            "articles/bad.md:2: `Not An Id` is not an article id; use lower-case letters, digits and single hyphens, at most 80 bytes",
            "articles/bad.md:2: `title` is missing",
            "articles/bad.md:3: `locale` must be a text in quotes, not a TOML integer",
            "articles/bad.md:4: `everyone` is not an audience; write `public` or `agents`",
            "articles/bad.md:5: unknown key `author`; the keys are id, title, locale, tags, audience, questions, source, valid_from, valid_until",
            "articles/bad.md:6: the article has no text; write the answer below the front matter",
        ]
    );
}

#[test]
fn broken_toml_is_refused_with_its_line() {
    let problems = parse_article("a.md", "+++\nid = \"a\"\ntitle = \"A\nlocale = \"en\"\n+++\nText.\n").unwrap_err();
    assert_eq!(problems[0].line, 3, "{problems:?}");
}

#[test]
fn an_article_without_front_matter_says_what_to_do() {
    let problems = parse_article("a.md", "# Just text\n").unwrap_err();
    assert!(problems[0].message.contains("begins with a `+++` line"), "{problems:?}");
}

#[test]
fn a_huge_article_is_refused() {
    let problems = parse_article("a.md", &format!("{ARTICLE}{}", "word ".repeat(300_000))).unwrap_err();
    assert!(problems[0].message.contains("the limit is 1048576"), "{problems:?}");
}

#[test]
fn good_intents_are_read() {
    let intents = parse_intents("intents.toml", INTENTS).unwrap();
    assert_eq!(intents.len(), 2);
    assert_eq!(intents[0].action, IntentAction::Flow("order_status".into()));
    assert_eq!((intents[0].priority, intents[1].priority), (Priority::High, Priority::Normal));
    assert_eq!(intents[1].action, IntentAction::Reply("You are welcome!".into()));
    assert_eq!((intents[0].line, intents[1].line), (1, 9));
}

#[test]
fn no_intent_is_called_by_the_word_for_no_intent() {
    let source = INTENTS.replace("name = \"thanks\"", "name = \"none\"");
    let problems = lines(&parse_intents("intents.toml", &source).unwrap_err());
    assert_eq!(problems, ["intents.toml:10: `none` stands for no intent at all; use another name"]);
}

#[test]
fn an_intent_may_name_the_articles_that_answer_it() {
    let answered_by = |answer: &str| {
        let source =
            format!("[[intent]]\nname = \"a\"\ntitle = \"a\"\nqueue = \"q\"\nexamples = [\"b\"]\nanswer = {answer}");
        parse_intents("intents.toml", &source).map(|intents| intents[0].action.clone())
    };
    let named = ["returns", "refund-timing"].map(|id| ArticleId::new(id).unwrap()).to_vec();
    assert_eq!(answered_by("[\"returns\", \"refund-timing\"]"), Ok(IntentAction::Answer(named)));
    assert_eq!(answered_by("true"), Ok(IntentAction::Answer(Vec::new())));
    for wrong in ["false", "7", "[7]", "[\"Not an id\"]"] {
        assert!(answered_by(wrong).is_err_and(|problems| problems.iter().any(|problem| problem.line == 6)), "{wrong}");
    }
}

#[test]
fn an_article_that_an_intent_names_must_be_there_and_public() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("articles")).unwrap();
    write("articles/secret.md", "+++\nid = \"secret\"\ntitle = \"For agents\"\naudience = \"agents\"\n+++\nText.\n");
    write(
        "intents.toml",
        "[[intent]]\nname = \"a\"\ntitle = \"a\"\nqueue = \"q\"\nexamples = [\"b\"]\nanswer = [\"secret\", \"gone\"]\n",
    );
    let problems = lines(&Content::from_dir(folder.path()).unwrap_err());
    assert_eq!(
        problems,
        ["gone", "secret"]
            .map(|id| format!("intents.toml:1: intent `a` is answered by `{id}`, which is no public article"))
    );
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let problems = lines(&Content::from_dir(std::path::Path::new("no/such/folder")).unwrap_err());
    assert_eq!(problems, ["no/such/folder:1: there is no such folder"]);
}

#[test]
fn every_problem_of_the_intents_is_listed_with_its_line() {
    let source = INTENTS.to_owned()
        + "\n[[intent]]\nname = \"thanks\"\ntitle = \"Again\"\nqueue = \"general\"\npriority = \"asap\"\n\
           answer = true\nhandoff = true\nexamples = [\"Many thanks\"]\n\n\
           [[intent]]\nname = \"Empty\"\ntitle = \"Empty\"\nqueue = \"general\"\ncolour = \"red\"\n";
    let problems = lines(&parse_intents("intents.toml", &source).unwrap_err());
    assert_eq!(
        problems,
        [
            "intents.toml:16: an intent has exactly one of `answer = [\"…\"]`, `flow = \"…\"`, `handoff = true` or `reply = \"…\"`; this one has 2",
            "intents.toml:17: `thanks` is already declared on line 10",
            "intents.toml:20: `asap` is not a priority; write `low`, `normal`, `high` or `urgent`",
            "intents.toml:25: an intent has exactly one of `answer = [\"…\"]`, `flow = \"…\"`, `handoff = true` or `reply = \"…\"`; this one has 0",
            "intents.toml:25: intent `Empty` has no examples; give it several",
            "intents.toml:26: `Empty` is not a name; use lower-case words joined by underscores",
            "intents.toml:29: unknown key `colour`; the keys are name, title, queue, priority, threshold, answer, flow, handoff, reply, examples",
        ]
    );
}

#[test]
fn signals_are_read_and_checked() {
    let good =
        "[[signal]]\nname = \"human_requested\"\nexamples = [\"a human please\"]\ncounter_examples = [\"humanity\"]\n";
    let signals = parse_signals("signals.toml", good).unwrap();
    assert_eq!(signals[0].counter_examples, ["humanity"]);
    let both = good.replace("humanity", "A human please");
    let problems = lines(&parse_signals("signals.toml", &both).unwrap_err());
    assert_eq!(problems, ["signals.toml:4: `A human please` is already in this signal on line 3"]);
}

#[test]
fn the_built_in_content_is_sound() {
    Content::embedded().unwrap_or_else(|problems| panic!("{}", lines(&problems).join("\n")));
}

#[test]
fn a_folder_is_read_like_the_built_in_content() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("articles/orders/.drafts")).unwrap();
    fs::create_dir_all(folder.path().join("flows")).unwrap();
    fs::write(folder.path().join("articles/orders/returns.md"), ARTICLE).unwrap();
    fs::write(folder.path().join("articles/orders/.drafts/returns.md"), "an editor's own").unwrap();
    fs::write(folder.path().join("articles/notes.txt"), "not an article").unwrap();
    fs::write(folder.path().join("flows/order_status.toml"), "name = 1").unwrap();
    fs::write(folder.path().join("intents.toml"), INTENTS).unwrap();
    fs::write(folder.path().join("signals.toml"), "").unwrap();
    let content = Content::from_dir(folder.path()).unwrap();
    assert_eq!((content.articles.len(), content.intents.len(), content.signals.len()), (1, 2, 0));
    assert_eq!(content.flows, [("flows/order_status.toml".to_owned(), "name = 1".to_owned())]);
}

#[test]
fn a_folder_with_problems_lists_them_all() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("articles")).unwrap();
    fs::write(folder.path().join("articles/a.md"), ARTICLE).unwrap();
    fs::write(folder.path().join("articles/b.md"), ARTICLE).unwrap();
    fs::write(folder.path().join("articles/c.md"), b"+++\nid = \"\xff\"\n+++\n").unwrap();
    fs::write(folder.path().join("signals.toml"), "x = 1").unwrap();
    let problems = Content::from_dir(folder.path()).unwrap_err();
    let found: Vec<(&str, usize)> = problems.iter().map(|problem| (problem.file.as_str(), problem.line)).collect();
    assert_eq!(found, [("articles/b.md", 1), ("articles/c.md", 2), ("intents.toml", 1), ("signals.toml", 1)]);
}

#[test]
fn of_a_folder_with_wrong_articles_the_rest_is_usable() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir_all(folder.path().join("articles")).unwrap();
    write("articles/a.md", ARTICLE);
    write("articles/b.md", "no front matter");
    write("articles/c.md", "nor here");
    write("articles/.#a.md", "an editor's lock");
    write("intents.toml", "");
    let before = Article { id: "before".parse().unwrap(), ..parse_article("a.md", ARTICLE).unwrap() };
    let usable = Content::usable(folder.path(), |file| (file == "articles/b.md").then(|| before.clone())).unwrap();
    let files: Vec<(&str, &str)> = usable.files.iter().map(|(file, id)| (file.as_str(), id.as_str())).collect();
    assert_eq!(files, [("articles/a.md", "returns"), ("articles/b.md", "before")]);
    assert_eq!(usable.content.articles.len(), 2);
    let left_out: Vec<&str> = usable.left_out.iter().map(|problem| problem.file.as_str()).collect();
    assert_eq!(left_out, ["articles/b.md", "articles/c.md"]);

    let moved = Content::usable(folder.path(), |_| Some(parse_article("a.md", ARTICLE).unwrap())).unwrap();
    assert_eq!(moved.files.keys().collect::<Vec<_>>(), ["articles/a.md"], "what is right is not kept out by what was");
    assert_eq!(moved.left_out.len(), 2);

    write("intents.toml", "x = 1");
    assert_eq!(Content::usable(folder.path(), |_| None).unwrap_err().len(), 3, "intents are used whole or not at all");
}

/// Pieces that content is made of, to be put together wrongly.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "+++",
            "\n",
            "\n\n",
            "[[intent]]",
            "[[signal]]",
            "[intent]",
            "name",
            "title",
            "id",
            " = ",
            "\"",
            "\"\"\"",
            "[",
            "]",
            "{",
            "}",
            ",",
            "examples",
            "answer",
            "handoff",
            "flow",
            "reply",
            "queue",
            "questions",
            "true",
            "false",
            "7",
            "# ",
            "- ",
            "1. ",
            "|",
            "```",
            "<div>",
            "\\u",
            "é",
            "🎉",
            "\r",
            "\t",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,12}",
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_file_is_read_or_refused_with_lines_it_has(source in pieces()) {
        let n_lines = source.lines().count().max(1) + 1;
        let article = parse_article("a.md", &source).err().unwrap_or_default();
        let intents = parse_intents("i.toml", &source).err().unwrap_or_default();
        let signals = parse_signals("s.toml", &source).err().unwrap_or_default();
        for problem in article.iter().chain(&intents).chain(&signals) {
            prop_assert!((1..=n_lines).contains(&problem.line), "{problem} of {n_lines} lines");
        }
    }
}
