//! From words to the passages that have them: the inverted index, in memory.

use std::cmp::Reverse;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tantivy::collector::TopDocs;
use tantivy::columnar::Column;
use tantivy::directory::RamDirectory;
use tantivy::merge_policy::NoMergePolicy;
use tantivy::query::{BooleanQuery, FuzzyTermQuery, Occur, Query, TermQuery};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, SchemaBuilder, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{
    Index, IndexSettings, IndexWriter, ReloadPolicy, Searcher, SegmentMeta, SingleSegmentIndexWriter, TantivyDocument,
    TantivyError, Term,
};

use super::Bag;

/// Arena for writing, in bytes; freed when it is done.
const WRITE_MEMORY: usize = 15_000_000;
/// With more segments than this, all but the largest are merged: each is looked at in every search.
const MAX_SEGMENTS: usize = 8;
/// A misspelt word is taken for at most as many others.
const MAX_SPELLINGS: usize = 20;

const ARTICLE: &str = "article";

/// One state of the index. It stays as it is when the index is amended.
pub(super) struct InvertedIndex {
    index: Index,
    searcher: Searcher,
    fields: Fields,
    state: u64,
    /// The last state of the index that there is or that was tried.
    last_state: Arc<AtomicU64>,
}

#[derive(Clone, Copy)]
struct Fields {
    words: Field,
    article: Field,
}

/// The index while passages are put in for the first time.
pub(super) struct Building {
    writer: SingleSegmentIndexWriter,
    fields: Fields,
}

impl Building {
    pub(super) fn new() -> tantivy::Result<Self> {
        let (schema, fields) = schema();
        let builder = Index::builder().schema(schema).settings(IndexSettings::default());
        let writer = builder.single_segment_index_writer(RamDirectory::create(), WRITE_MEMORY)?;
        Ok(Self { writer, fields })
    }

    /// Puts in a passage of the article with a number.
    pub(super) fn add(&mut self, article: u32, bag: &Bag) -> tantivy::Result<()> {
        self.writer.add_document(document(self.fields, article, bag))
    }

    pub(super) fn finish(self) -> tantivy::Result<InvertedIndex> {
        let index = self.writer.finalize()?;
        let searcher = searcher(&index)?;
        Ok(InvertedIndex { index, searcher, fields: self.fields, state: 0, last_state: Arc::default() })
    }
}

impl InvertedIndex {
    /// The state after the articles with the numbers `gone` are taken out and passages put in. Only the last state can be
    /// amended, and none after an error. What is gone still counts for how rare words are, until the index is built anew.
    pub(super) fn amended<'b>(
        &self,
        gone: &[u32],
        bags: impl Iterator<Item = (u32, &'b Bag)>,
    ) -> tantivy::Result<Self> {
        let state = self.state + 1;
        if self.last_state.compare_exchange(self.state, state, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return Err(TantivyError::InvalidArgument("only the last state of an index can be amended".into()));
        }
        let mut writer: IndexWriter = self.index.writer_with_num_threads(1, WRITE_MEMORY)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        for number in gone {
            writer.delete_term(Term::from_field_u64(self.fields.article, u64::from(*number)));
        }
        for (article, bag) in bags {
            writer.add_document(document(self.fields, article, bag))?;
        }
        writer.commit()?;
        let mut segments = self.index.searchable_segment_metas()?;
        if segments.len() > MAX_SEGMENTS {
            segments.sort_by_key(|segment| Reverse(segment.num_docs()));
            let small: Vec<_> = segments.iter().skip(1).map(SegmentMeta::id).collect();
            writer.merge(&small).wait()?;
        }
        let (index, last_state) = (self.index.clone(), Arc::clone(&self.last_state));
        Ok(Self { searcher: searcher(&index)?, index, fields: self.fields, state, last_state })
    }

    /// How many passages have a word.
    pub(super) fn frequency(&self, word: &str) -> tantivy::Result<u64> {
        self.searcher.doc_freq(&self.term(word))
    }

    /// The words that differ from `word` by one letter, or by two neighbours that changed places.
    pub(super) fn spellings(&self, word: &str) -> tantivy::Result<Vec<String>> {
        let fuzzy = FuzzyTermQuery::new(self.term(word), 1, true);
        let mut spellings = Vec::new();
        for segment in self.searcher.segment_readers() {
            let words = segment.inverted_index(self.fields.words)?;
            let mut found = words.terms().search(fuzzy.automaton()?).into_stream()?;
            while spellings.len() < MAX_SPELLINGS && found.advance() {
                spellings.extend(String::from_utf8(found.key().to_vec()));
            }
        }
        spellings.sort();
        spellings.dedup();
        Ok(spellings)
    }

    /// The numbers of the articles that have the `limit` best passages for some words. One may come several times.
    pub(super) fn search<'w>(&self, words: impl Iterator<Item = &'w str>, limit: usize) -> tantivy::Result<Vec<u32>> {
        let any: Vec<(Occur, Box<dyn Query>)> = words
            .map(|word| -> (Occur, Box<dyn Query>) {
                (Occur::Should, Box::new(TermQuery::new(self.term(word), IndexRecordOption::WithFreqs)))
            })
            .collect();
        if any.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let found = self.searcher.search(&BooleanQuery::new(any), &TopDocs::with_limit(limit).order_by_score())?;
        let segments = self.searcher.segment_readers();
        let articles: Vec<Column<u64>> =
            segments.iter().map(|segment| segment.fast_fields().u64(ARTICLE)).collect::<tantivy::Result<_>>()?;
        let numbers = found.into_iter().filter_map(|(_, address)| {
            let number = articles.get(address.segment_ord as usize)?.first(address.doc_id)?;
            u32::try_from(number).ok()
        });
        Ok(numbers.collect())
    }

    fn term(&self, word: &str) -> Term {
        Term::from_field_text(self.fields.words, word)
    }
}

/// What is searched in the last state of an index.
fn searcher(index: &Index) -> tantivy::Result<Searcher> {
    Ok(index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?.searcher())
}

fn schema() -> (Schema, Fields) {
    let mut schema = SchemaBuilder::new();
    let indexing = TextFieldIndexing::default().set_index_option(IndexRecordOption::WithFreqs);
    let fields = Fields {
        words: schema.add_text_field("words", TextOptions::default().set_indexing_options(indexing)),
        article: schema.add_u64_field(ARTICLE, INDEXED | FAST),
    };
    (schema.build(), fields)
}

fn document(fields: Fields, article: u32, bag: &Bag) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    let tokens = bag.words.iter().flat_map(|(word, count)| std::iter::repeat_n(word, usize::from(*count)));
    let tokens = tokens.map(|word| Token { text: word.clone(), position: 0, ..Token::default() });
    let words = PreTokenizedString { text: String::new(), tokens: tokens.collect() };
    document.add_pre_tokenized_text(fields.words, words);
    document.add_u64(fields.article, u64::from(article));
    document
}
