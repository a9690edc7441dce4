//! The command itself: what it prints, and how it ends.

use std::process::{Command, Output, Stdio};

use crate::desk::Desk;

fn frontdesk(desk: &Desk, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    program.current_dir(desk.path("")).arg("import").args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn it_reports_and_its_status_says_how_it_went() {
    let desk = Desk::new();
    desk.has("help/a.md", "# A\n\nOne.\n");
    let output = frontdesk(&desk, &["--to", "content", "--dry-run", "help"]);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
    assert_eq!(
        text(&output.stdout),
        "note content: there is no such folder; it would be made\nnew articles/a.md from ../help/a.md\n1 new, 0 updated, 0 unchanged, 0 skipped in content/articles (nothing was written)\n"
    );
    desk.has("help/b.md", "").has("help/c.png", "");
    let output = frontdesk(&desk, &["--to", "content", "help"]);
    assert_eq!(
        (output.status.code(), text(&output.stderr).as_str()),
        (Some(1), "skipped help/b.md: it holds no text\n")
    );
    assert_eq!(
        text(&output.stdout),
        "note content: there was no such folder, so it was made\npassed over files of other kinds: 1 .png\n1 new, 0 updated, 0 unchanged, 1 skipped in content/articles\n"
    );
    assert_eq!(desk.files(), ["a"]);
}

#[test]
fn importing_again_names_what_is_updated_and_succeeds_in_spite_of_copies() {
    let desk = Desk::new();
    desk.has("help/a.md", "# A\n\nOne.\n").has("help/b.md", "# B\n\nOne.\n").has("help/c.md", "# C\n\nThree.\n");
    assert_eq!(frontdesk(&desk, &["--to", "content", "help"]).status.code(), Some(0));
    desk.has("help/c.md", "# C\n\nThree and a half.\n");
    let output = frontdesk(&desk, &["--to", "content", "help"]);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
    assert_eq!(
        text(&output.stdout),
        "duplicate help/b.md: it has the text of `a` (articles/a.md), which is kept\n\
         updated articles/c.md from ../help/c.md\n\
         0 new, 1 updated, 1 unchanged, 0 skipped in content/articles\n"
    );
}

#[test]
fn what_is_wrong_with_the_command_line_is_said() {
    let desk = Desk::new();
    desk.has("help/a.md", "# A\n\nOne.\n")
        .has("notes.txt", "just words")
        .has("data.json", "{\"a\": 1}")
        .has("broken.json", "{\n  \"a\": 1,\n}\n");
    for (arguments, says) in [
        (&["help"][..], "no content folder to import into; name one with --to"),
        (&["--to", "content"], "<SOURCE>"),
        (&["--to", "content", "nowhere"], "there is no file or folder `nowhere`"),
        (&["--to", "content", "notes.txt"], "cannot tell what `notes.txt` is; say so by --kind"),
        (&["--to", "content", "data.json"], "cannot tell what `data.json` is"),
        (
            &["--to", "content", "broken.json"],
            "`broken.json` is: it is not JSON, which shows in line 3, column 1: key must be",
        ),
        (&["--to", "content", "--kind", "csv", "help"], "`help` cannot be of the kind you gave"),
        (&["--to", "content", "--kind", "csv", "https://shop.example"], "cannot be of the kind"),
        (&["--to", "content", "--kind", "web", "help"], "cannot be of the kind web"),
        (&["--to", "content", "https://"], "is not a web address"),
        (&["--to", "content", "--audience", "all", "help"], "`all` is not an audience"),
    ] {
        let output = frontdesk(&desk, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(text(&output.stderr).contains(says), "{arguments:?}: {output:?}");
    }
    assert!(!desk.path("content").exists());
    let help = text(&frontdesk(&desk, &["--help"]).stdout);
    assert!(help.contains("Exit status") && help.contains("--dry-run"), "{help}");
}

#[test]
fn this_machine_is_never_asked() {
    let desk = Desk::new();
    desk.has(
        "list.txt",
        "# inside\nhttp://127.0.0.1:1/\nhttp://localhost:1/\nhttp://[::1]:1/\nhttp://0x7f.1/\nnot one\n",
    );
    let output = frontdesk(&desk, &["--to", "content", "list.txt", "http://169.254.169.254/latest/meta-data/"]);
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert_eq!(errors.matches("which is no address of the public internet").count(), 5, "{errors}");
    assert!(errors.contains("skipped list.txt:6: `not one` is not a web address"), "{errors}");
}
