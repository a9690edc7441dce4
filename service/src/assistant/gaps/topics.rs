//! Puts questions without an answer together where they mean much the same, and tells of each group what a writer needs.

use std::collections::{BTreeMap, BTreeSet};

use knowledge_base::validity::day_of;
use knowledge_base::{Audience, Query};
use models::{Embed, Embedding, EncodeError};
use sha2::{Digest, Sha256};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::decision::{Action, ReasonCode};

use super::super::Assistant;
use super::super::clusters::clusters;
use super::super::phrases::is_question;
use super::draft::{self, Drafting};
use super::questions::Question;
use super::{Nearest, Sample, Sources, Topic};

/// What was asked once may never be asked again.
const LEAST: usize = 2;
/// As many samples are shown.
const SAMPLES: usize = 5;
/// As much of the most typical question names a topic.
const NAME: usize = 120;

impl Assistant {
    /// What was asked more than once.
    pub(super) fn topics(
        &self,
        questions: &[Question],
        sources: &Sources<'_>,
        embed: &dyn Embed,
    ) -> Result<Vec<Topic>, EncodeError> {
        let meanings: Vec<&Embedding> = questions.iter().map(|question| &question.meaning).collect();
        let mut groups: Vec<(bool, Vec<&Question>)> = clusters(&meanings, LEAST)
            .into_iter()
            .take(sources.limit)
            .map(|group| group.into_iter().map(|at| &questions[at]).collect::<Vec<_>>())
            .map(|group| (self.is_answered(&group[0].text, &group[0].meaning, sources), group))
            .collect();
        // What is still without an answer comes first; the sort keeps the order by size otherwise.
        groups.sort_by_key(|(answered_now, _)| *answered_now);
        let mut taken: BTreeSet<String> =
            sources.base.articles().iter().map(|article| article.id.to_string()).collect();
        let mut topics = Vec::with_capacity(groups.len());
        for (answered_now, group) in groups {
            let mut topic = topic(&group, sources);
            topic.answered_now = answered_now;
            let languages = &self.settings.languages;
            let spoken = self.language(&group[0].text).code;
            let locale = languages.iter().find(|code| **code == spoken).or(languages.first());
            let drafting = Drafting { title: &topic.name, locale: locale.map_or("en", String::as_str), group: &group };
            topic.draft = draft::draft(&drafting, &taken, embed)?;
            taken.extend(topic.draft.iter().map(|draft| draft.article.clone()));
            topics.push(topic);
        }
        Ok(topics)
    }
}

/// What there is to know of a group, the most typical question of which comes first.
fn topic(group: &[&Question], sources: &Sources<'_>) -> Topic {
    let contacts: BTreeSet<_> = group.iter().map(|question| question.asked.contact).collect();
    let replied: BTreeSet<_> =
        group.iter().flat_map(|question| &question.asked.replies).map(|reply| reply.place.conversation).collect();
    Topic {
        id: id(group),
        name: name(&group[0].text),
        messages: group.len(),
        contacts: contacts.len(),
        handed_over: group.iter().filter(|question| question.asked.action == Action::Handoff).count(),
        replied: replied.len(),
        reasons: reasons(group),
        samples: samples(group),
        nearest: nearest(group[0], sources),
        answered_now: false,
        draft: None,
    }
}

/// Named after its oldest message, so that it is the same while questions are added.
fn id(group: &[&Question]) -> String {
    let oldest = group.iter().map(|question| (question.asked.at, question.asked.message, &question.text)).min();
    let mut hash = Sha256::new();
    if let Some((_, message, text)) = oldest {
        hash.update(message.to_string());
        hash.update(text);
    }
    hex::encode(&hash.finalize()[..8])
}

/// The first sentence that asks something, else the first.
fn name(text: &str) -> String {
    let sentences: Vec<&str> = text.unicode_sentences().map(str::trim).collect();
    let telling = sentences.iter().find(|sentence| is_question(sentence) && sentence.unicode_words().count() > 2);
    let chosen = telling.or(sentences.first()).copied().unwrap_or(text);
    if chosen.chars().count() <= NAME {
        return chosen.to_owned();
    }
    let kept: String = chosen.chars().take(NAME - 1).collect();
    let kept = kept.rsplit_once(' ').map_or(kept.as_str(), |(whole, _)| whole);
    format!("{kept}…")
}

fn reasons(group: &[&Question]) -> Vec<(ReasonCode, usize)> {
    let mut counts: BTreeMap<&'static str, (ReasonCode, usize)> = BTreeMap::new();
    for question in group {
        let own: BTreeMap<&str, ReasonCode> = question.asked.reasons.iter().map(|code| (code.name(), *code)).collect();
        for code in own.into_values() {
            counts.entry(code.name()).or_insert((code, 0)).1 += 1;
        }
    }
    let mut counts: Vec<(ReasonCode, usize)> = counts.into_values().collect();
    counts.sort_by_key(|(_, messages)| std::cmp::Reverse(*messages));
    counts
}

fn samples(group: &[&Question]) -> Vec<Sample> {
    let mut samples: Vec<Sample> = Vec::new();
    for question in group {
        let is_new = samples.iter().all(|sample| !sample.text.eq_ignore_ascii_case(&question.text));
        if is_new && samples.len() < SAMPLES {
            let asked = &question.asked;
            samples.push(Sample { text: question.text.clone(), place: asked.place, at: asked.at });
        }
    }
    samples
}

fn nearest(question: &Question, sources: &Sources<'_>) -> Option<Nearest> {
    let query = Query {
        text: &question.text,
        embedding: &question.meaning,
        locale: None,
        audience: Audience::Agents,
        on: day_of(sources.now),
    };
    let hit = sources.base.search(&query, 1).into_iter().next()?;
    let audience = sources.base.get(&hit.article)?.audience;
    Some(Nearest { article: hit.article.to_string(), title: hit.title, audience, score: hit.score })
}
