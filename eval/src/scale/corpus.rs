//! Made-up articles of a help centre of any size: each on a subject with words of its own among words that all use.

use knowledge_base::{Article, ArticleId, Audience, Validity};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// Words there are.
const VOCABULARY: usize = 30_000;
/// Words that belong to a subject.
const SUBJECT_WORDS: usize = 60;
/// Articles on the same subject.
const ARTICLES_A_SUBJECT: usize = 50;
const PASSAGES_AN_ARTICLE: usize = 2;
const SENTENCES_A_PASSAGE: usize = 3;
const SENTENCE_WORDS: usize = 14;
const TITLE_WORDS: usize = 5;
const QUESTION_WORDS: usize = 8;

/// Articles that are the same every time.
pub(super) struct Corpus {
    n_articles: usize,
}

impl Corpus {
    pub(super) fn new(passages: usize) -> Self {
        Self { n_articles: passages.div_ceil(PASSAGES_AN_ARTICLE).max(1) }
    }

    pub(super) fn articles(&self) -> Vec<Article> {
        (0..self.n_articles).map(|nth| article(nth, 0)).collect()
    }

    /// A question, and the article that it is about: some words of a sentence, and some that all use.
    pub(super) fn question(&self, nth: usize) -> (String, ArticleId) {
        let mut random = SmallRng::seed_from_u64(nth as u64 + 1_000_000_007);
        let about = random.random_range(0..self.n_articles);
        let article = article(about, 0);
        let sentences: Vec<&str> = article.body.split_inclusive('.').filter(|sentence| sentence.len() > 20).collect();
        let sentence = sentences[random.random_range(0..sentences.len())];
        let mut words: Vec<String> =
            sentence.split_whitespace().filter(|word| *word != "##").map(str::to_owned).collect();
        words.truncate(QUESTION_WORDS);
        words.extend((0..2).map(|_| common_word(&mut random)));
        (words.join(" "), article.id)
    }

    /// An article in other words, and a question about it.
    pub(super) fn edited(&self, nth: usize) -> (Article, String) {
        let mut article = article(nth * 7919 % self.n_articles, 1 + nth as u64);
        let news = format!("News number {nth} says xylo{nth} and zeta{nth} are here.");
        article.body = format!("{}\n\n{news}\n", article.body);
        (article, news)
    }
}

fn article(nth: usize, edition: u64) -> Article {
    let mut random = SmallRng::seed_from_u64(nth as u64 * 31 + edition * 1_000_003);
    let subject = nth / ARTICLES_A_SUBJECT;
    let mut body = String::new();
    for passage in 0..PASSAGES_AN_ARTICLE {
        body.extend(["## ", &words(&mut random, subject, 2), &format!(" {passage}\n\n")]);
        for _ in 0..SENTENCES_A_PASSAGE {
            body.push_str(&capitalised(&words(&mut random, subject, SENTENCE_WORDS)));
            body.push_str(". ");
        }
        body.push_str("\n\n");
    }
    Article {
        id: ArticleId::new(&format!("article-{nth}")).unwrap_or_else(|error| unreachable!("{error}")),
        title: capitalised(&words(&mut random, subject, TITLE_WORDS)),
        locale: "en".into(),
        tags: Vec::new(),
        audience: Audience::Public,
        questions: vec![format!("{}?", capitalised(&words(&mut random, subject, QUESTION_WORDS)))],
        source: None,
        validity: Validity::default(),
        body,
        version: 1,
    }
}

/// Half of the words are those of the subject.
fn words(random: &mut SmallRng, subject: usize, count: usize) -> String {
    let words = (0..count).map(|_| {
        if random.random_bool(0.5) {
            let own = subject * SUBJECT_WORDS + random.random_range(0..SUBJECT_WORDS);
            word(own * 37 % VOCABULARY)
        } else {
            common_word(random)
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The more common a word, the likelier.
fn common_word(random: &mut SmallRng) -> String {
    let share: f64 = random.random_range(0.0..1.0);
    word((VOCABULARY as f64).powf(share) as usize - 1)
}

/// A word that can be spoken.
fn word(number: usize) -> String {
    const FIRST: [&str; 16] = ["b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "br", "st"];
    const SECOND: [&str; 5] = ["a", "e", "i", "o", "u"];
    let mut word = String::new();
    let mut rest = number + 80;
    while rest > 0 {
        word.push_str(FIRST[rest % 16]);
        word.push_str(SECOND[rest / 16 % 5]);
        rest /= 80;
    }
    word
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
