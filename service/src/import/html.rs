//! HTML pages and fragments as Markdown: what the page is about, without what surrounds it.

mod blocks;
mod boilerplate;
mod code;
mod hidden;
mod inline;
mod link;
mod list;
mod main_content;
mod measure;
mod nesting;
mod table;

use scraper::{ElementRef, Html, Selector};
use url::Url;

use self::blocks::Renderer;
use self::boilerplate::{Boilerplate, Surroundings};
use self::measure::Measures;
use super::draft::one_line;
use super::page::Page;

/// Reads a whole page and keeps its main content. Links are resolved against `base`, where there is one.
pub(super) fn page(html: &str, base: Option<&Url>) -> Result<Page, String> {
    nesting::check(html)?;
    let mut document = Html::parse_document(html);
    hidden::remove(&mut document);
    let measures = Measures::of(&document)?;
    let boilerplate = Boilerplate::new(&measures, Surroundings::Page);
    let main = main_content::find(&document, &measures);
    let heading = main_content::heading(&document, main);
    let title = heading.map(text).or_else(|| named_title(&document));
    let mut renderer = Renderer::new(&boilerplate, base).without(heading);
    let mut page = renderer.render(main)?;
    page.title = title.filter(|title| !title.is_empty());
    page.locale = document.root_element().attr("lang").map(one_line).filter(|lang| names_language(lang));
    Ok(page)
}

/// Reads a piece of HTML that is all content.
pub(super) fn fragment(html: &str, base: Option<&Url>) -> Result<Page, String> {
    nesting::check(html)?;
    let mut document = Html::parse_fragment(html);
    hidden::remove(&mut document);
    let measures = Measures::of(&document)?;
    let boilerplate = Boilerplate::new(&measures, Surroundings::None);
    Renderer::new(&boilerplate, base).render(document.root_element())
}

/// Whether `tag`, which opens an element, says that the element is not shown.
pub(super) fn hides(tag: &str) -> bool {
    // Nothing that hides does so in fewer words.
    let is_suspect = ["hidden", "style", "template"].iter().any(|word| tag.to_ascii_lowercase().contains(word));
    is_suspect
        && Html::parse_fragment(tag)
            .root_element()
            .child_elements()
            .next()
            .is_some_and(|element| hidden::is_hidden(element.value()))
}

/// Whether `text` is HTML rather than plain text or Markdown: it has an element that people write answers with.
pub(super) fn is_html(text: &str) -> bool {
    let names =
        ["p", "br", "div", "span", "ul", "ol", "li", "a", "b", "strong", "em", "i", "h1", "h2", "h3", "h4", "table"];
    text.match_indices('<').any(|(at, _)| {
        let rest = text[at + 1..].trim_start_matches('/');
        let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
        let after = rest[name.len()..].chars().next();
        names.contains(&name.to_ascii_lowercase().as_str())
            && after.is_some_and(|c| matches!(c, '>' | '/') || c.is_whitespace())
    })
}

/// Whether `lang` begins as a language tag does; pages have all sorts of things there.
fn names_language(lang: &str) -> bool {
    let first = lang.split(['-', '_']).next().unwrap_or_default();
    matches!(first.len(), 2 | 3) && lang.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn text(element: ElementRef<'_>) -> String {
    one_line(&element.text().collect::<String>())
}

/// The title a page gives itself for others, without the name of its site.
fn named_title(document: &Html) -> Option<String> {
    let shared = selector("meta[property='og:title']");
    let shared = document.select(&shared).find_map(|meta| meta.attr("content")).map(one_line);
    shared.filter(|title| !title.is_empty()).or_else(|| {
        let own = document.select(&selector("head title")).map(text).find(|title| !title.is_empty())?;
        let cut = [" | ", " – ", " — ", " · ", " - "].iter().find_map(|mark| own.split_once(mark));
        Some(cut.map(|(title, _)| title.to_owned()).filter(|title| !title.is_empty()).unwrap_or(own))
    })
}

fn selector(text: &str) -> Selector {
    Selector::parse(text).expect("a selector written here is valid")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser};

    use super::*;

    fn escaped(text: &str) -> String {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    }

    /// The text of Markdown that has neither markup nor HTML in it, or what it has instead.
    fn plain(markdown: &str) -> Result<String, String> {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
        let mut plain = String::new();
        for event in Parser::new_ext(markdown, options) {
            match event {
                Event::Text(text) => plain.push_str(&text),
                Event::SoftBreak => plain.push('\n'),
                Event::Start(pulldown_cmark::Tag::Paragraph) | Event::End(pulldown_cmark::TagEnd::Paragraph) => {}
                other => return Err(format!("{other:?} in {markdown:?}")),
            }
        }
        Ok(plain)
    }

    proptest! {
        #[test]
        fn text_is_never_read_as_markup(text in "[ a1.)\\\\*_`#+>~|!&;=:\\[\\]()<>/é—-]{1,24}") {
            let page = fragment(&format!("<p>{}</p>", escaped(&text)), None).unwrap();
            prop_assert_eq!(plain(&page.body), Ok(one_line(&text)));
        }

        #[test]
        fn any_html_is_read(html in "(<(p|b|i|a href=/|ul|ol|li|table|tr|td|pre|code|br|h1|blockquote|dl|dt|div|svg|script)>|</(p|b|i|a|ul|li|table|td|pre|div|script)>|[ a*\n]){0,40}") {
            let page = fragment(&html, None).unwrap();
            prop_assert!(!page.body.contains(|c: char| c.is_control() && c != '\n'), "{:?}", page.body);
        }
    }

    #[test]
    fn answers_are_told_from_plain_text() {
        for html in ["<p>Yes</p>", "Yes<br>No", "a <a href='x'>b</a>", "<BR/>"] {
            assert!(is_html(html), "{html}");
        }
        for text in ["a < b", "1 <2> 3", "<https://a.example>", "<ada@a.example>", "plain", "<"] {
            assert!(!is_html(text), "{text}");
        }
    }
}
