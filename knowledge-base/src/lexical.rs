//! Finds passages that share words with a question.
//!
//! Questions are analysed into words and never parsed as a query language, so no character in them means anything.

use std::collections::{BTreeSet, HashMap};

use tantivy::collector::TopDocs;
use tantivy::columnar::Column;
use tantivy::directory::RamDirectory;
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, FuzzyTermQuery, Occur, Query, TermQuery};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, PreTokenizedString, RemoveLongFilter, SimpleTokenizer, Stemmer,
    StopWordFilter, TextAnalyzer, Token,
};
use tantivy::{Index, IndexReader, IndexSettings, ReloadPolicy, Searcher, TantivyDocument, Term};

use crate::article::Audience;

/// Arena for building, in bytes; freed when the index is ready.
const BUILD_MEMORY: usize = 15_000_000;
/// A question's further words are not looked at.
const MAX_QUERY_WORDS: usize = 64;
const MAX_WORD_BYTES: usize = 60;
/// Shorter words are too easily one letter away from another.
const MIN_FUZZY_CHARS: usize = 5;
/// What a word matched with one letter wrong adds to the score of a passage, before the weight of its field.
const FUZZY_SCORE: f32 = 2.0;

const PLACE: &str = "place";

/// English words that say nothing of what a question is about, beyond the few that the library knows: in a small
/// knowledge base they are rare enough to look telling.
const FUNCTION_WORDS: [&str; 72] = [
    "about", "all", "also", "am", "any", "been", "being", "can", "could", "did", "do", "does", "doing", "each", "from",
    "had", "has", "have", "having", "he", "hello", "her", "here", "him", "his", "how", "i", "its", "just", "may", "me",
    "might", "mine", "must", "my", "our", "ours", "please", "shall", "she", "should", "so", "some", "than", "thank",
    "thanks", "them", "those", "too", "us", "very", "we", "were", "what", "when", "where", "whether", "which", "while",
    "who", "whom", "whose", "why", "would", "you", "your", "yours", "d", "ll", "m", "re", "ve",
];

/// The texts of one passage, under what it is found.
#[derive(Debug, Clone, Copy)]
pub struct LexicalEntry<'a> {
    /// Who may be shown it.
    pub audience: Audience,
    /// First part of the article's locale, such as `en`.
    pub language: &'a str,
    /// Title of its article.
    pub title: &'a str,
    /// Example questions of its article.
    pub questions: &'a [String],
    /// Headings above it.
    pub headings: &'a [String],
    /// Its own text.
    pub body: &'a str,
    /// Tags of its article.
    pub tags: &'a [String],
}

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub struct LexicalQuery<'a> {
    /// The question as it was typed.
    pub text: &'a str,
    /// On whose behalf.
    pub audience: Audience,
    /// Only passages of this language; any when absent.
    pub language: Option<&'a str>,
}

/// An immutable index in memory of passages, each known by its place.
pub struct LexicalIndex {
    reader: IndexReader,
    fields: Fields,
    languages: BTreeSet<String>,
}

#[derive(Clone, Copy)]
struct Fields {
    title: Field,
    questions: Field,
    headings: Field,
    body: Field,
    tags: Field,
    audience: Field,
    language: Field,
    place: Field,
}

impl Fields {
    /// The searched fields with the weight of a match in each.
    fn weighted(&self) -> [(Field, f32); 5] {
        [(self.title, 1.0), (self.questions, 1.0), (self.headings, 1.0), (self.body, 1.0), (self.tags, 0.6)]
    }
}

impl LexicalIndex {
    /// Indexes `entries`.
    pub fn build(entries: &[LexicalEntry<'_>]) -> tantivy::Result<Self> {
        let (schema, fields) = schema();
        let builder = Index::builder().schema(schema).settings(IndexSettings::default());
        let mut writer = builder.single_segment_index_writer(RamDirectory::create(), BUILD_MEMORY)?;
        let mut analyzers: HashMap<&str, TextAnalyzer> = HashMap::new();
        for (place, entry) in entries.iter().enumerate() {
            let analyzer = analyzers.entry(entry.language).or_insert_with(|| analyzer(entry.language));
            writer.add_document(document(&fields, entry, place, analyzer))?;
        }
        let index = writer.finalize()?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let languages = entries.iter().map(|entry| entry.language.to_owned()).collect();
        Ok(Self { reader, fields, languages })
    }

    /// The `limit` best places with their BM25 scores (above 0, without upper bound), best first.
    pub fn search(&self, query: &LexicalQuery<'_>, limit: usize) -> tantivy::Result<Vec<(usize, f32)>> {
        let searcher = self.reader.searcher();
        let words = self.words(query);
        if words.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, self.any_word(&searcher, &words)?)];
        if query.audience == Audience::Public {
            clauses.push(filter(self.fields.audience, Audience::Public.as_str()));
        }
        if let Some(language) = query.language {
            clauses.push(filter(self.fields.language, language));
        }
        let found = searcher.search(&BooleanQuery::new(clauses), &TopDocs::with_limit(limit).order_by_score())?;
        let places: Vec<Column<u64>> = searcher
            .segment_readers()
            .iter()
            .map(|segment| segment.fast_fields().u64(PLACE))
            .collect::<tantivy::Result<_>>()?;
        let hits = found.into_iter().filter_map(|(score, address)| {
            let place = places.get(address.segment_ord as usize)?.first(address.doc_id)?;
            Some((place as usize, score))
        });
        Ok(hits.collect())
    }

    /// The distinct words of a question, as the languages that may answer it would write them in the index.
    fn words(&self, query: &LexicalQuery<'_>) -> BTreeSet<String> {
        let languages = self.languages.iter().map(String::as_str);
        let mut words = BTreeSet::new();
        for language in languages.filter(|language| query.language.is_none_or(|wanted| wanted == *language)) {
            let mut analyzer = analyzer(language);
            let mut stream = analyzer.token_stream(query.text);
            while words.len() < MAX_QUERY_WORDS && stream.advance() {
                words.insert(stream.token().text.clone());
            }
        }
        words
    }

    fn any_word(&self, searcher: &Searcher, words: &BTreeSet<String>) -> tantivy::Result<Box<dyn Query>> {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for word in words {
            let mut is_known = false;
            for (field, weight) in self.fields.weighted() {
                let term = Term::from_field_text(field, word);
                if searcher.doc_freq(&term)? > 0 {
                    is_known = true;
                    let exact = TermQuery::new(term, IndexRecordOption::WithFreqs);
                    clauses.push((Occur::Should, Box::new(BoostQuery::new(Box::new(exact), weight))));
                }
            }
            if !is_known && word.chars().count() >= MIN_FUZZY_CHARS {
                for (field, weight) in self.fields.weighted() {
                    let fuzzy = FuzzyTermQuery::new(Term::from_field_text(field, word), 1, true);
                    clauses.push((Occur::Should, Box::new(BoostQuery::new(Box::new(fuzzy), weight * FUZZY_SCORE))));
                }
            }
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }
}

fn filter(field: Field, value: &str) -> (Occur, Box<dyn Query>) {
    let term = TermQuery::new(Term::from_field_text(field, value), IndexRecordOption::Basic);
    (Occur::Must, Box::new(ConstScoreQuery::new(Box::new(term), 0.0)))
}

fn schema() -> (Schema, Fields) {
    let mut schema = SchemaBuilder::new();
    let indexing = TextFieldIndexing::default().set_index_option(IndexRecordOption::WithFreqs);
    let text = TextOptions::default().set_indexing_options(indexing);
    let fields = Fields {
        title: schema.add_text_field("title", text.clone()),
        questions: schema.add_text_field("questions", text.clone()),
        headings: schema.add_text_field("headings", text.clone()),
        body: schema.add_text_field("body", text.clone()),
        tags: schema.add_text_field("tags", text),
        audience: schema.add_text_field("audience", STRING),
        language: schema.add_text_field("language", STRING),
        place: schema.add_u64_field(PLACE, INDEXED | FAST),
    };
    (schema.build(), fields)
}

fn document(fields: &Fields, entry: &LexicalEntry<'_>, place: usize, analyzer: &mut TextAnalyzer) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    let texts = [
        (fields.title, entry.title.to_owned()),
        (fields.questions, entry.questions.join("\n")),
        (fields.headings, entry.headings.join("\n")),
        (fields.body, entry.body.to_owned()),
        (fields.tags, entry.tags.join("\n")),
    ];
    for (field, text) in texts {
        document.add_pre_tokenized_text(field, analysed(analyzer, text));
    }
    document.add_text(fields.audience, entry.audience.as_str());
    document.add_text(fields.language, entry.language);
    document.add_u64(fields.place, place as u64);
    document
}

fn analysed(analyzer: &mut TextAnalyzer, text: String) -> PreTokenizedString {
    let mut tokens: Vec<Token> = Vec::new();
    analyzer.token_stream(&text).process(&mut |token| tokens.push(token.clone()));
    PreTokenizedString { text, tokens }
}

/// Lower-cases, folds accents, drops stop words and stems, where the language is known.
fn analyzer(language: &str) -> TextAnalyzer {
    let base = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(MAX_WORD_BYTES))
        .filter(LowerCaser);
    let Some(language) = stemmed_language(language) else {
        return base.filter(AsciiFoldingFilter).build();
    };
    let mut builder = base.dynamic();
    if language == Language::English {
        builder = builder.filter_dynamic(StopWordFilter::remove(FUNCTION_WORDS.map(str::to_owned)));
    }
    if let Some(stop_words) = StopWordFilter::new(language) {
        builder = builder.filter_dynamic(stop_words);
    }
    builder.filter(Stemmer::new(language)).filter(AsciiFoldingFilter).build()
}

fn stemmed_language(code: &str) -> Option<Language> {
    Some(match code {
        "ar" => Language::Arabic,
        "da" => Language::Danish,
        "de" => Language::German,
        "el" => Language::Greek,
        "en" => Language::English,
        "es" => Language::Spanish,
        "fi" => Language::Finnish,
        "fr" => Language::French,
        "hu" => Language::Hungarian,
        "it" => Language::Italian,
        "nb" | "nn" | "no" => Language::Norwegian,
        "nl" => Language::Dutch,
        "pt" => Language::Portuguese,
        "ro" => Language::Romanian,
        "ru" => Language::Russian,
        "sv" => Language::Swedish,
        "ta" => Language::Tamil,
        "tr" => Language::Turkish,
        _ => return None,
    })
}
