//! The program itself: it starts, outlives whoever reads what it prints, and stops when told to.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::desk::PATIENCE;

fn frontdesk(command: &str, data: &Path, address: &str) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    program.arg(command).env("FRONTDESK_DATA_DIR", data).env("FRONTDESK_LISTEN", address);
    program
}

/// An address nobody listens on, as far as one can know.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn wait_until_ready(data: &Path, address: &str) {
    let deadline = Instant::now() + PATIENCE;
    while !frontdesk("healthcheck", data, address).stderr(Stdio::null()).status().unwrap().success() {
        assert!(Instant::now() < deadline, "it never became ready");
    }
}

fn stop(mut child: Child) -> bool {
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.success();
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("it did not stop when told to");
        }
        std::thread::yield_now();
    }
}

#[test]
fn it_goes_on_when_nobody_reads_what_it_prints_and_stops_when_told_to() {
    let data = tempfile::tempdir().unwrap();
    let address = free_address();
    let mut program = frontdesk("demo", data.path(), &address);
    program.env("FRONTDESK_LOG__FILTER", "debug").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    wait_until_ready(data.path(), &address);
    assert!(stop(child), "it ended with an error");
}

#[test]
fn what_is_printed_may_be_read_in_part() {
    let data = tempfile::tempdir().unwrap();
    let mut child = frontdesk("settings", data.path(), "127.0.0.1:1").stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

/// A content folder with these intents and nothing else.
fn content(intents: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("intents.toml"), intents).unwrap();
    std::fs::write(folder.path().join("signals.toml"), "").unwrap();
    folder
}

fn intent(name: &str, examples: &[&str]) -> String {
    format!(
        "[[intent]]\nname = {name:?}\ntitle = {name:?}\nqueue = \"general\"\nhandoff = true\nexamples = {examples:?}\n"
    )
}

/// What a command says about a content folder: whether it succeeds, what it prints, and what it complains of.
fn told(command: &str, arguments: &[&str], content: &Path) -> (bool, String, String) {
    let data = tempfile::tempdir().unwrap();
    let mut program = frontdesk(command, data.path(), "127.0.0.1:1");
    let output = program.args(arguments).arg(content).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn examples_that_look_wrong_are_named_and_trained_on_all_the_same() {
    let long = "the lamp flickers ".repeat(600);
    let intents = [
        intent("lamps", &["the lamp is broken", "no light", "my lamp flickers", &long]),
        intent("post", &["where is my parcel", "No  Light"]),
        intent("one", &["ich möchte meine bestellung bitte noch heute stornieren"]),
    ];
    let folder = content(&intents.concat());
    let (succeeds, _, warnings) = told("check", &[], folder.path());
    assert!(succeeds, "{warnings}");
    for expected in [
        "intents.toml:1: warning: `the lamp flickers",
        "intents.toml:7: warning: `No  Light` is under `post` and `lamps`",
        "intents.toml:7: warning: intent `post` has 2 examples; give it 3 or more",
        "intents.toml:13: warning: intent `one` has one example",
        "intents.toml:13: warning: `ich möchte meine bestellung bitte noch heute stornieren` under `one` looks like",
    ] {
        assert!(warnings.contains(expected), "{expected:?} is not in {warnings}");
    }
    let (succeeds, report, errors) = told("train", &["--json", "--content"], folder.path());
    assert!(succeeds, "{errors}");
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!((&report["examples"], report["doubts"].as_array().unwrap().len()), (&7.into(), 5), "{report}");
    let (succeeds, report, errors) = told("train", &["--report", "--content"], folder.path());
    assert!(succeeds && !report.contains('\x1b'), "{errors}");
    assert!(report.contains("of 7 examples of 3 intents") && report.contains("  line 7: `No  Light`"), "{report}");
}

#[test]
fn an_intent_without_examples_is_refused_and_no_intents_are_not() {
    let folder = content(&[intent("lamps", &["no light"]), intent("post", &[])].concat());
    for (command, arguments) in [("check", &[][..]), ("train", &["--content"])] {
        let (succeeds, _, problems) = told(command, arguments, folder.path());
        assert!(!succeeds && problems.contains("intents.toml:7: intent `post` has no examples"), "{problems}");
    }
    let (succeeds, said, errors) = told("train", &["--report", "--content"], content("").path());
    assert!(succeeds && said.contains("nothing to judge"), "{said}{errors}");
}
