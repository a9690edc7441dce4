//! Passages of Markdown: nothing lost, nothing torn apart, and every offset true.

use knowledge_base::chunk::{Passage, UnitKind, passages};
use proptest::prelude::*;

fn quoted<'b>(body: &'b str, passage: &Passage) -> &'b str {
    &body[passage.start..passage.end]
}

#[test]
fn headings_make_sections_with_their_path() {
    let body = "Intro.\n\n# Returns\n\nFirst.\n\n## Refunds\n\nSecond.\n\n# Delivery\n\nThird.";
    let found = passages(body);
    let shown: Vec<(String, &str)> =
        found.iter().map(|passage| (passage.headings.join(" > "), passage.text.as_str())).collect();
    let expected = [("", "Intro."), ("Returns", "First."), ("Returns > Refunds", "Second."), ("Delivery", "Third.")];
    assert_eq!(shown, expected.map(|(path, text)| (path.to_owned(), text)));
}

#[test]
fn markup_is_dropped_from_text_but_kept_in_the_source_range() {
    let body = "Press **Save** & wait. *Then* close `app` &amp; go.";
    let found = passages(body);
    let units: Vec<(&str, &str)> =
        found[0].units.iter().map(|unit| (found[0].unit_text(unit), &body[unit.source()])).collect();
    assert_eq!(
        units,
        [("Press Save & wait.", "Press **Save** & wait."), ("Then close app & go.", "*Then* close `app` &amp; go.")]
    );
}

#[test]
fn a_long_list_stays_whole_with_its_introduction() {
    let steps: Vec<String> = (1..=60).map(|n| format!("{n}. Do the thing number {n} with great care.")).collect();
    let body = format!("Follow these steps:\n\n{}\n", steps.join("\n"));
    let found = passages(&body);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].units[1].kind, UnitKind::List);
    assert_eq!(found[0].text.lines().count(), 61);
    assert!(found[0].text.ends_with("60. Do the thing number 60 with great care."));
}

#[test]
fn nested_lists_are_indented_and_numbered() {
    let body = "1. Open the app\n   - on a phone\n   - on the web\n2. Sign in\n";
    assert_eq!(passages(body)[0].text, "1. Open the app\n  - on a phone\n  - on the web\n2. Sign in");
}

#[test]
fn table_rows_read_without_their_table() {
    let body = "| Country | Time |\n|---|---|\n| Norway | 5 days |\n| Chile | |\n";
    assert_eq!(passages(body)[0].text, "Country: Norway; Time: 5 days\nCountry: Chile");
}

#[test]
fn raw_html_leaves_its_words() {
    assert_eq!(passages("<div>Open <b>daily</b></div>\n\nYes<br>always.")[0].text, "Open daily\n\nYes\nalways.");
}

#[test]
fn scripts_and_styles_are_no_words() {
    let body = "Before.\n\n<script>\nalert(1)\n</script>\n\n<style>p { color: red }</style>\n\nAfter.";
    let texts: Vec<String> = passages(body).into_iter().map(|passage| passage.text).collect();
    assert_eq!(texts.join(" ").split_whitespace().collect::<Vec<_>>(), ["Before.", "After."]);
}

#[test]
fn a_long_section_is_cut_between_paragraphs() {
    let paragraph = format!("{}end.", "word ".repeat(59));
    let body = vec![paragraph; 10].join("\n\n");
    let found = passages(&body);
    assert!(found.len() >= 5, "{} passages", found.len());
    assert!(found.iter().all(|passage| (60..=200).contains(&passage.text.split_whitespace().count())));
}

#[test]
fn a_body_without_prose_has_no_passages() {
    for body in ["", "\n\n", "# Heading\n\n## Another", "---", "<!-- -->"] {
        assert!(passages(body).is_empty(), "{body}");
    }
}

/// A document of many kinds of block in which every word of prose occurs once.
fn document() -> impl Strategy<Value = (String, Vec<String>)> {
    let block = (0_u8..8, 1_usize..90, any::<bool>());
    proptest::collection::vec(block, 1..12).prop_map(|blocks| {
        let mut body = String::new();
        let mut words = Vec::new();
        for (n, (kind, length, is_marked)) in blocks.into_iter().enumerate() {
            let fresh: Vec<String> = (0..length).map(|m| format!("wörd{n}x{m}")).collect();
            let mut sentence = fresh.join(" ");
            if is_marked {
                sentence = sentence.replacen("x1", "x1** 🎉 *ok*. Then **", 1);
                sentence = format!("**{sentence}**");
            }
            let rows = |row: &dyn Fn(usize, &str) -> String| -> String {
                let rows: Vec<String> = fresh.iter().enumerate().map(|(m, word)| row(m, word)).collect();
                rows.join("\n")
            };
            let block = match kind {
                0 => format!("{} Title{n}", "#".repeat(1 + n % 3)),
                1 => rows(&|_, word| format!("- {word}")),
                2 => rows(&|m, word| format!("{}. {word}", m + 1)),
                3 => format!("| Head |\n|---|\n{}", rows(&|_, word| format!("| {word} |"))),
                4 => format!("```\n{sentence}\n```"),
                5 => format!("> {sentence}."),
                6 => format!("See [{sentence}](https://shop.example/{n}):"),
                _ => format!("{sentence}."),
            };
            body.push_str(&block);
            body.push_str("\n\n");
            if kind != 0 {
                words.extend(fresh);
            }
        }
        (body, words)
    })
}

proptest! {
    #[test]
    fn every_word_of_prose_is_in_a_passage_and_in_its_source_range((body, words) in document()) {
        let found = passages(&body);
        let text: String = found.iter().map(|passage| passage.text.as_str().to_owned() + "\n").collect();
        let source: String = found.iter().map(|passage| quoted(&body, passage).to_owned() + "\n").collect();
        for word in words {
            prop_assert!(text.contains(&word), "{} is missing from the text", word);
            prop_assert!(source.contains(&word), "{} is missing from the source", word);
        }
    }

    #[test]
    fn offsets_of_any_text_are_valid_and_in_order(body in "[ -~\n🎉é*_#|>`\\-]{0,400}") {
        let mut end = 0;
        for passage in passages(&body) {
            prop_assert!(passage.start >= end && passage.start < passage.end, "passages overlap");
            prop_assert!(body.get(passage.start..passage.end).is_some());
            prop_assert_eq!(passage.text_of(&passage.units), &passage.text);
            let mut unit_end = passage.start;
            for unit in &passage.units {
                let source = unit.source();
                prop_assert!(source.start >= unit_end && source.start < source.end, "units overlap");
                prop_assert!(body.get(source.clone()).is_some());
                prop_assert!(!passage.unit_text(unit).trim().is_empty());
                unit_end = source.end;
            }
            prop_assert!(unit_end <= passage.end);
            end = passage.end;
        }
    }
}

#[test]
fn lists_in_lists_without_end_are_read_to_a_depth() {
    let passages = passages(&format!("{}deep\n\nAfter.\n", "- ".repeat(100_000)));
    assert!(passages[0].text.contains("deep") && passages[0].text.contains("After."));
}
