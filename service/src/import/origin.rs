//! What an article says of the file it came from: the path from the content folder to it, which stays the same
//! wherever the import is run, and on every machine that has both.

use std::path::{Component, Path, PathBuf};

/// Names files as seen from a content folder.
#[derive(Debug)]
pub(super) struct Origin {
    content: PathBuf,
}

impl Origin {
    pub(super) fn new(content: &Path) -> Self {
        Self { content: whole(content) }
    }

    /// The folder of the articles, as a whole path.
    pub(super) fn articles(&self) -> PathBuf {
        self.content.join("articles")
    }

    /// The file that an article names as its source.
    pub(super) fn file(&self, source: &str) -> PathBuf {
        self.content.join(source)
    }

    /// The path to `file`, with `/` between folders.
    pub(super) fn of(&self, file: &Path) -> String {
        relative(&self.content, &whole(file))
    }
}

fn whole(path: &Path) -> PathBuf {
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

fn relative(from: &Path, to: &Path) -> String {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) = (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return to.iter().collect::<PathBuf>().to_string_lossy().replace('\\', "/");
    }
    let up = from[shared..].iter().map(|_| "..".into());
    let down = to[shared..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<String>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_from_the_content_to_the_file() {
        for (from, to, path) in [
            ("/desk/content", "/desk/export/a.md", "../export/a.md"),
            ("/desk/content", "/desk/content/old/a.md", "old/a.md"),
            ("/desk/content", "/tmp/ü.csv", "../../tmp/ü.csv"),
        ] {
            assert_eq!(relative(Path::new(from), Path::new(to)), path);
        }
    }
}
