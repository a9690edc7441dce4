//! What surrounds the content of a page: menus, banners, forms, what to read next, and everything that is not text.

use scraper::ElementRef;

use super::measure::Measures;

/// Elements that hold nothing to be read.
const NEVER_TEXT: [&str; 29] = [
    "applet", "audio", "button", "canvas", "datalist", "dialog", "embed", "frame", "frameset", "head", "iframe",
    "input", "link", "map", "math", "meta", "meter", "noembed", "noframes", "noscript", "object", "progress", "script",
    "select", "style", "svg", "template", "textarea", "video",
];

/// Elements that surround the content of a page.
const SURROUNDING: [&str; 5] = ["aside", "footer", "form", "header", "nav"];

const ROLES: [&str; 11] = [
    "alertdialog",
    "banner",
    "complementary",
    "contentinfo",
    "dialog",
    "form",
    "menu",
    "menubar",
    "navigation",
    "search",
    "toolbar",
];

/// Words in classes and ids, between hyphens and underscores.
const WORDS: [&str; 24] = [
    "breadcrumb",
    "breadcrumbs",
    "comments",
    "consent",
    "cookie",
    "cookiebar",
    "cookiebanner",
    "cookieconsent",
    "cookies",
    "gdpr",
    "helpful",
    "menu",
    "nav",
    "navbar",
    "navigation",
    "newsletter",
    "pager",
    "pagination",
    "reactions",
    "sidebar",
    "skiplink",
    "subscribe",
    "topbar",
    "votes",
];

/// Rows of such words.
const PHRASES: [&str; 17] = [
    "article-feedback",
    "article-more-questions",
    "article-relatives",
    "article-return-to-top",
    "article-share",
    "article-vote",
    "back-to-top",
    "last-updated",
    "on-this-page",
    "recent-articles",
    "related-articles",
    "related-content",
    "related-posts",
    "skip-link",
    "skip-to-content",
    "social-share",
    "table-of-contents",
];

/// How an invitation to rate a page begins.
const RATINGS: [&str; 8] = [
    "was this article helpful",
    "was this helpful",
    "was this page helpful",
    "was this answer helpful",
    "did this answer your question",
    "did you find it helpful",
    "did you find this helpful",
    "did this article help",
];

const MAX_RATING_CHARS: usize = 160;

/// What may surround content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surroundings {
    /// It is a page of a site.
    Page,
    /// It is all content.
    None,
}

/// Tells what is not content.
#[derive(Debug)]
pub(super) struct Boilerplate<'a> {
    measures: &'a Measures,
    surroundings: Surroundings,
}

/// Whether an element of this name holds nothing to be read.
pub(super) fn is_never_text(name: &str) -> bool {
    NEVER_TEXT.contains(&name)
}

impl<'a> Boilerplate<'a> {
    pub(super) fn new(measures: &'a Measures, surroundings: Surroundings) -> Self {
        Self { measures, surroundings }
    }

    /// Whether `element` is left out of content that holds `whole` characters of prose. What holds most of the page is
    /// never left out, whatever it is called: some sites wrap all they have into a form or a header.
    pub(super) fn leaves_out(&self, element: ElementRef<'_>, whole: usize) -> bool {
        let name = element.value().name();
        if is_never_text(name) {
            return true;
        }
        let measure = self.measures.get(element);
        let is_most = measure.prose() * 2 > whole;
        let is_around = match self.surroundings {
            Surroundings::None => name == "form" || name == "nav",
            Surroundings::Page => is_surrounding(element) || self.invites_rating(element),
        };
        is_around && !is_most
    }

    /// Characters of prose in `element`.
    pub(super) fn prose(&self, element: ElementRef<'_>) -> usize {
        self.measures.get(element).prose()
    }

    fn invites_rating(&self, element: ElementRef<'_>) -> bool {
        let name = element.value().name();
        if self.measures.get(element).chars > MAX_RATING_CHARS || !matches!(name, "div" | "section" | "p" | "fieldset")
        {
            return false;
        }
        let text = super::text(element).to_lowercase();
        RATINGS.iter().any(|rating| text.starts_with(rating))
    }
}

fn is_surrounding(element: ElementRef<'_>) -> bool {
    let value = element.value();
    let name = value.name();
    if matches!(name, "html" | "body" | "main" | "article") {
        return false;
    }
    SURROUNDING.contains(&name)
        || value.attr("role").is_some_and(|role| ROLES.contains(&role.trim().to_ascii_lowercase().as_str()))
        || value.id().into_iter().chain(value.classes()).any(is_name_of_surroundings)
}

fn is_name_of_surroundings(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    let has_word = name.split('-').any(|word| WORDS.contains(&word));
    has_word || PHRASES.iter().any(|phrase| name.contains(phrase))
}
