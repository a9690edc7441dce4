//! What a document says once it has been read, whatever it was written in.

/// A document in Markdown, before it is known what article it becomes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// Its own title.
    pub(super) title: Option<String>,
    /// The language it says it is in.
    pub(super) locale: Option<String>,
    /// Markdown.
    pub(super) body: String,
    /// Whether it says anything beside what its images are called.
    pub(super) has_text: bool,
    /// Whether it has images.
    pub(super) has_images: bool,
}

impl Page {
    /// Whether it can be an article, or why not.
    pub(super) fn fitness(&self) -> Result<(), &'static str> {
        match (self.has_text, self.has_images) {
            (true, _) => Ok(()),
            (false, true) => Err("it holds only images; write down what they show"),
            (false, false) => Err("it holds no text"),
        }
    }
}
