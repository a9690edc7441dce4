//! Authors are told everything wrong with a flow, by file and line.

use super::Flows;

fn problems(source: &str) -> Vec<String> {
    let files = [("flows/a.toml".to_owned(), source.to_owned())];
    let problems = Flows::parse(&files).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

const GOOD: &str = r#"
name = "callback"
title = "taking a number"
slots = ["phone"]

[[step]]
id = "number"
collect = "phone"
prompt = "Which number?"
reprompt = "Which number, please?"
next = "done"

[[step]]
id = "done"
say = "Thank you, {{ slots.phone }}."
outcome = "has the number"
"#;

#[test]
fn a_sound_flow_is_read() {
    assert_eq!(problems(GOOD), [""; 0]);
}

#[test]
fn every_mistake_is_named_with_its_line() {
    let cases = [
        ("next = \"done\"", "next = \"dun\"", "flows/a.toml:11: there is no step `dun`"),
        ("collect = \"phone\"", "collect = \"email\"", "flows/a.toml:8: the slot `email` is not listed in `slots`"),
        ("slots = [\"phone\"]", "slots = [\"fax\"]", "flows/a.toml:4: `fax` is not a slot"),
        ("prompt = \"Which number?\"", "", "flows/a.toml:7: the step `number` needs `prompt`"),
        ("slots.phone", "slot.phone", "flows/a.toml:15: the template uses `slot`"),
        ("slots.phone }}", "slots.phone | shout }}", "flows/a.toml:15: the template"),
        ("{{ slots", "{{ slots slots", "flows/a.toml:15: the template is wrong"),
        (
            "id = \"done\"\n",
            "id = \"done\"\ncall = \"find_order\"\n",
            "flows/a.toml:14: the step `done` does exactly one",
        ),
        ("collect = \"phone\"", "collects = \"phone\"", "flows/a.toml:8: unknown field `collects`"),
    ];
    for (right, wrong, expected) in cases {
        let source = GOOD.replacen(right, wrong, 1);
        assert_ne!(source, GOOD);
        let found = problems(&source);
        assert!(found.iter().any(|problem| problem.starts_with(expected)), "{wrong:?} gave {found:?}");
    }
}

#[test]
fn two_mistakes_are_two_problems() {
    let source = GOOD.replace("next = \"done\"", "next = \"dun\"").replace("outcome = \"has the number\"\n", "");
    assert_eq!(problems(&source).len(), 2);
}

#[test]
fn a_flow_says_which_systems_it_asks() {
    use super::System;
    let content = knowledge_base::Content::embedded().unwrap();
    let flows = Flows::parse(&content.flows).unwrap();
    let asks = |flow: &str, system: System| flows.get(flow).unwrap().needs().any(|needed| needed == system);
    assert!(asks("order_status", System::Orders) && !asks("order_status", System::Accounts));
    assert!(asks("password_reset", System::Accounts) && !asks("password_reset", System::Orders));
}
