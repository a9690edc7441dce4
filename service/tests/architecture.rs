//! The house rules a machine can check: every source file says why it exists and stays small, no layer reaches where
//! it must not, and the map names only what is there.

use std::fs;
use std::path::{Path, PathBuf};

const CRATES: [&str; 4] = ["models", "knowledge-base", "service", "eval"];
const MAX_LINES: usize = 400;

/// Where a path begins, and what files there must not name: what they must not know about.
const FORBIDDEN: [(&str, &[&str]); 3] = [
    ("service/src/assistant", &["tokio", "sqlx", "reqwest", "axum", "crate::store", "crate::http"]),
    ("service/src/domain", &["tokio", "sqlx", "reqwest", "axum", "crate::store", "crate::http"]),
    ("service/src/store", &["axum", "crate::http"]),
];

/// The only files where memory safety is checked by hand: the door to the matrix kernels, and kernels of our own.
const KERNELS: [&str; 5] = [
    "models/src/kernels/bits/avx512.rs",
    "models/src/kernels/float.rs",
    "models/src/kernels/int8/avx2.rs",
    "models/src/kernels/int8/avx512.rs",
    "models/src/kernels/int8/neon.rs",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace").to_owned()
}

#[test]
fn the_sources_keep_the_house_rules() {
    let mut sources = Vec::new();
    for name in CRATES {
        collect_sources(&root().join(name).join("src"), &mut sources);
    }
    assert!(sources.len() > 50, "only {} source files were found", sources.len());
    let problems: Vec<String> = sources
        .iter()
        .flat_map(|path| {
            let text = fs::read_to_string(path).expect("a source file can be read");
            let path = path.strip_prefix(root()).expect("it lies in the workspace").to_string_lossy().into_owned();
            problems_in(&path, &text)
        })
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_map_names_only_what_exists() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the map exists");
    assert!(map.lines().count() <= 200, "the map is too long to be read");
    let missing: Vec<&str> = paths_in(&map).filter(|path| !root().join(path).exists()).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md names what does not exist: {missing:?}");
    assert!(paths_in(&map).count() > 10, "the map names too little");
}

#[test]
fn each_rule_can_be_broken() {
    let broken = [
        ("models/src/a.rs", "use std::fmt;\n".to_owned(), "//!"),
        ("models/src/a.rs", format!("//! Why.\n{}", "\n".repeat(MAX_LINES)), "lines"),
        ("models/src/a/mod.rs", "//! Why.\n".to_owned(), "mod.rs"),
        ("models/src/a.rs", "//! Why.\nfn f() { unsafe { g() } }\n".to_owned(), "unsafe"),
        ("service/src/domain/a.rs", "//! Why.\nuse tokio::sync::Notify;\n".to_owned(), "tokio"),
        ("service/src/assistant.rs", "//! Why.\nuse crate::{clock, store};\n".to_owned(), "crate::store"),
        ("service/src/assistant/a.rs", "//! Why.\nfn f() { crate::http::g() }\n".to_owned(), "crate::http"),
        ("service/src/store/a.rs", "//! Why.\nuse axum::Json;\n".to_owned(), "axum"),
    ];
    for (path, text, expected) in broken {
        let problems = problems_in(path, &text);
        assert!(problems.len() == 1 && problems[0].contains(expected), "{path}: {text:?} gave {problems:?}");
    }
    assert_eq!(paths_in("`service/src/a.rs`, `a/b/`, `GET /v1/x`, `/v1/x`, `plain`").count(), 2);
}

#[test]
fn what_only_looks_like_a_breach_is_none() {
    let fine = "//! Not about tokio::time or unsafe { code }.\nconst A: &str = \"'unsafe-inline'\";\nuse crate::http_client::x;\n";
    assert_eq!(problems_in("service/src/domain/a.rs", fine), [""; 0]);
    for kernel in KERNELS {
        assert_eq!(problems_in(kernel, "//! Why.\nunsafe fn f() {}\n"), [""; 0]);
    }
}

fn problems_in(path: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if !text.starts_with("//!") {
        problems.push(format!("{path}: the file does not begin with //! and why it exists"));
    }
    let n_lines = text.lines().count();
    if n_lines > MAX_LINES {
        problems.push(format!("{path}: {n_lines} lines; split it, {MAX_LINES} is the limit"));
    }
    if path.ends_with("/mod.rs") {
        problems.push(format!("{path}: name it after the module instead of mod.rs"));
    }
    let code = without_comments(text);
    if !KERNELS.contains(&path) && has_unsafe(&code) {
        problems.push(format!("{path}: unsafe code belongs into {}", KERNELS.join(" or ")));
    }
    for (place, names) in FORBIDDEN {
        let beneath = path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/') || rest == ".rs");
        for name in names.iter().filter(|name| beneath && is_named(&code, name)) {
            problems.push(format!("{path}: must not know about {name}"));
        }
    }
    problems
}

/// Whether a block, function or implementation in `code` is marked unsafe; the word in a string such as a content
/// security policy is followed by something else.
fn has_unsafe(code: &str) -> bool {
    code.match_indices("unsafe").any(|(at, word)| {
        is_boundary(code[..at].chars().next_back()) && code[at + word.len()..].starts_with([' ', '{', '\n'])
    })
}

/// Whether `code` names the crate or module `name`, by a path of its own or in a `use crate::{…}`.
fn is_named(code: &str, name: &str) -> bool {
    let Some(module) = name.strip_prefix("crate::") else {
        return code.match_indices(&format!("{name}::")).any(|(at, _)| is_boundary(code[..at].chars().next_back()));
    };
    let by_path = code.match_indices(name).any(|(at, _)| is_boundary(code[at + name.len()..].chars().next()));
    let in_group = code
        .match_indices("crate::{")
        .filter_map(|(at, _)| code[at..].split_once(';'))
        .any(|(group, _)| words(group).any(|word| word == module));
    by_path || in_group
}

fn is_boundary(neighbour: Option<char>) -> bool {
    neighbour.is_none_or(|c| !c.is_alphanumeric() && c != '_')
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !(c.is_alphanumeric() || c == '_'))
}

/// `text` without line comments; block comments are not used here, and a string with two slashes hides too little to
/// matter.
fn without_comments(text: &str) -> String {
    let code = text.lines().map(|line| line.split_once("//").map_or(line, |(code, _)| code));
    code.collect::<Vec<_>>().join("\n")
}

/// What `markdown` has in backticks that reads as a path: segments between slashes, not beginning with one.
fn paths_in(markdown: &str) -> impl Iterator<Item = &str> {
    let quoted = markdown.split('`').skip(1).step_by(2);
    quoted.filter(|text| {
        text.contains('/')
            && !text.starts_with('/')
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_'))
    })
}

fn collect_sources(folder: &Path, sources: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a source folder can be read") {
        let path = entry.expect("a folder entry can be read").path();
        if path.is_dir() {
            collect_sources(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(path);
        }
    }
}
