//! What small heads learn from a handful of real sentences.

use models::head::{Emotion, EmotionHead, Example, IntentClassifier, IntentScores, Sample, SignalHead, TrainError};
use models::{Embed, Embedding, Reading};

const INTENTS: [(&str, [&str; 6]); 5] = [
    (
        "order_status",
        [
            "where is my order",
            "when will my parcel arrive",
            "track my package",
            "has my order been shipped yet",
            "my delivery is late, where is it",
            "what is the status of order 1042",
        ],
    ),
    (
        "password_reset",
        [
            "i forgot my password",
            "how do i reset my password",
            "cannot log in to my account",
            "the password reset mail never came",
            "change my password please",
            "my login does not work any more",
        ],
    ),
    (
        "return_item",
        [
            "i want to return these shoes",
            "how can i send something back",
            "can i get a refund for the shirt",
            "what is your return policy",
            "the jacket does not fit, i want my money back",
            "start a return for me",
        ],
    ),
    (
        "opening_hours",
        [
            "when are you open",
            "what are your opening hours",
            "are you open on sunday",
            "what time does the shop close",
            "is the store open on holidays",
            "until when can i call you today",
        ],
    ),
    (
        "invoice",
        [
            "i need an invoice",
            "send me a copy of my bill",
            "where can i download the receipt",
            "the invoice has the wrong address",
            "please mail the tax invoice for my purchase",
            "i need a receipt for my expenses",
        ],
    ),
];

/// Texts with their readings.
struct Texts(Vec<(String, Reading)>);

impl Texts {
    fn read(texts: &[&str]) -> Self {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let readings = crate::encoder().read(&texts).unwrap();
        Self(texts.into_iter().zip(readings).collect())
    }

    fn samples(&self) -> Vec<Sample<'_>> {
        self.0.iter().map(|(text, reading)| Sample::new(text, reading)).collect()
    }
}

fn classifier() -> IntentClassifier {
    let texts = INTENTS.map(|(name, texts)| (name, Texts::read(&texts)));
    let examples: Vec<Example<'_>> = texts
        .iter()
        .flat_map(|(name, texts)| texts.0.iter().map(|(text, reading)| Example::message(name, text, reading)))
        .collect();
    let first = IntentClassifier::train(&examples, 7).unwrap();
    let second = IntentClassifier::train(&examples, 7).unwrap();
    let sample = &examples[0].sample;
    assert_eq!(first.classify(sample), second.classify(sample), "training is repeatable");
    first
}

fn classify(classifier: &IntentClassifier, text: &str) -> IntentScores {
    classifier.classify(&Texts::read(&[text]).samples()[0])
}

#[test]
fn new_sentences_find_their_intent_and_foreign_ones_none() {
    let classifier = classifier();
    let known = [
        ("could you tell me where my parcel is?", "order_status"),
        ("I can't remember my password", "password_reset"),
        ("I'd like to give the trousers back", "return_item"),
        ("do you open on saturdays?", "opening_hours"),
        ("can I have the bill as a PDF?", "invoice"),
    ];
    let foreign = ["what is the capital of France", "write me a poem about the sea", "my cat is called Tom"];
    let known_scores: Vec<_> = known.iter().map(|(text, _)| classify(&classifier, text)).collect();
    for (scores, (text, intent)) in known_scores.iter().zip(known) {
        assert_eq!(&*scores.ranked[0].name, intent, "{text}");
        let sum: f32 = scores.ranked.iter().map(|score| score.confidence).sum();
        assert!((sum - 1.0).abs() < 1e-4 && scores.ranked.len() == INTENTS.len());
        assert!(scores.ranked.is_sorted_by(|a, b| a.confidence >= b.confidence));
        assert!(scores.out_of_scope < 0.5, "{text}: {}", scores.out_of_scope);
    }
    for text in foreign {
        let scores = classify(&classifier, text);
        assert!(scores.out_of_scope > 0.5, "{text}: {}", scores.out_of_scope);
    }
}

#[test]
fn examples_are_judged_unseen_and_in_order() {
    let texts = INTENTS.map(|(name, texts)| (name, Texts::read(&texts)));
    let examples: Vec<Example<'_>> = texts
        .iter()
        .flat_map(|(name, texts)| texts.0.iter().map(|(text, reading)| Example::message(name, text, reading)))
        .collect();
    let classifier = IntentClassifier::train(&examples, 7).unwrap();
    let judge = |judged: &[Example<'_>], learned: &[Example<'_>]| classifier.judge_unseen(judged, learned, 7);
    let right = |learned: &[Example<'_>]| {
        let scores = judge(&examples, learned).unwrap();
        assert_eq!(scores.len(), examples.len());
        scores.iter().zip(&examples).filter(|(score, example)| &*score.name == example.intent).count()
    };
    assert!(right(&[]) > 24, "most of 30 are told: {}", right(&[]));
    assert_eq!(right(&examples), 30, "what is learned as well as judged is known");
    assert_eq!(judge(&examples[..1], &[]).unwrap().len(), 1);
    assert_eq!(judge(&[], &[]), Err(TrainError::NoExamples("examples")));
}

#[test]
fn one_intent_with_one_example_is_enough_to_start() {
    let text = "where is my order";
    let known = Texts::read(&[text]);
    let example = Example::message("order_status", text, &known.0[0].1);
    let classifier = IntentClassifier::train(&[example], 1).unwrap();
    let same = classify(&classifier, text);
    let other = classify(&classifier, "write me a poem about the sea");
    assert!((same.ranked[0].confidence - 1.0).abs() < 1e-6);
    assert!(same.out_of_scope < 0.1 && other.out_of_scope > 0.9, "{same:?} {other:?}");
}

#[test]
fn the_name_of_an_intent_teaches_it_without_any_message() {
    let texts = INTENTS.map(|(name, texts)| (name, Texts::read(&texts)));
    let messages = texts.iter().filter(|(name, _)| *name != "password_reset");
    let named = Texts::read(&["password reset"]);
    let mut examples: Vec<Example<'_>> = messages
        .flat_map(|(name, texts)| texts.0.iter().map(|(text, reading)| Example::message(name, text, reading)))
        .collect();
    examples.push(Example::name("password_reset", &named.0[0].0, &named.0[0].1));
    let classifier = IntentClassifier::train(&examples, 1).unwrap();
    assert_eq!(&*classify(&classifier, "how do I reset my password").ranked[0].name, "password_reset");
    assert_eq!(&*classify(&classifier, "where is my parcel").ranked[0].name, "order_status");
}

#[test]
fn nothing_to_learn_from_is_an_error() {
    assert_eq!(IntentClassifier::train(&[], 1).unwrap_err(), TrainError::NoExamples("examples"));
    let [two, three] = [2, 3].map(|n| {
        let embedding = Embedding::new(vec![1.0; n]).unwrap();
        Reading { meaning: embedding.clone(), wording: embedding, tone: None, purpose: None }
    });
    let (two, three) = (Sample::new("a", &two), Sample::new("b", &three));
    let mixed = SignalHead::train(std::slice::from_ref(&two), &[three]);
    assert_eq!(mixed.unwrap_err(), TrainError::MixedDimensions { expected: 2, found: 3 });
    assert!(SignalHead::train(std::slice::from_ref(&two), &[]).is_err());
}

#[test]
fn a_signal_is_heard_in_other_words() {
    let wants_human = Texts::read(&[
        "let me talk to a human",
        "i want to speak with a real person",
        "connect me to an agent",
        "is there anybody i can talk to",
        "give me your supervisor",
        "stop this robot, i need a person",
        "please call me back, i want to speak to someone",
        "transfer me to customer service",
    ]);
    let other = Texts::read(&INTENTS.map(|(_, texts)| texts).concat());
    let head = SignalHead::train(&wants_human.samples(), &other.samples()).unwrap();
    let score = |text| head.score(&Texts::read(&[text]).samples()[0]);
    let (yes, no) =
        (score("could a person from your team please talk with me?"), score("has my parcel left the warehouse?"));
    assert!(yes > 0.7, "{yes}");
    assert!(no < 0.3, "{no}");
}

#[test]
fn the_shipped_emotion_head_tells_anger_from_joy() {
    let head = EmotionHead::shipped().unwrap();
    let tone = |text| Texts::read(&[text]).0[0].1.tone.clone().unwrap();
    let texts = [
        ("This is outrageous, I am furious with you people!", Emotion::Anger, -1.0),
        ("Thank you so much, that was wonderful and made my day!", Emotion::Joy, 1.0),
        ("I am so sad, this was the last gift from my grandmother.", Emotion::Sadness, -1.0),
        ("I'm scared that someone has stolen my identity.", Emotion::Fear, -1.0),
    ];
    for (text, emotion, sign) in texts {
        let scores = head.scores(&tone(text));
        assert_eq!(scores.strongest(), emotion, "{text}: {scores:?}");
        assert!(scores.sentiment * sign > 0.2, "{text}: {}", scores.sentiment);
    }
    let plain = head.scores(&tone("The parcel weighs two kilograms."));
    assert!(plain.get(Emotion::Anger) < 0.2 && plain.sentiment.abs() < 0.3, "{plain:?}");
    assert_eq!(EmotionHead::from_bytes(&head.to_bytes().unwrap()), Ok(head));
    assert!(EmotionHead::from_bytes(b"not a head").is_err());
}
