//! The few reviewed texts the assistant says on its own: short, warm, and never blaming anybody.

use crate::domain::decision::{Reason, ReasonCode};

/// Before a question is put again, when something else was learned.
pub(crate) const NOTED: &str = "Thanks, I've noted that.";
/// After a flow was called off.
pub(crate) const CALLED_OFF: &str = "No problem, I've stopped. Is there anything else I can help with?";
/// When something that looks like a password was sent.
pub(crate) const NO_PASSWORDS: &str =
    "Please don't send passwords here: nobody in our team needs them. I've removed it, and it's safest to change it.";
/// What a handoff promises.
pub(crate) const COMMITMENT: &str = "a colleague will take over, with everything said so far";

/// What the contact is told when a human takes over, by the first reason.
pub(crate) fn handoff_notice(reasons: &[Reason], language: &str) -> String {
    let code = reasons.first().map_or(ReasonCode::Complex, |reason| reason.code);
    let text = match code {
        ReasonCode::Safety => {
            "If you or anybody else is in danger now, please call your local emergency number first. I'm bringing in a person from our team right away; they'll have everything you've written."
        }
        ReasonCode::NegativeEmotion => {
            "I'm sorry: I can see how frustrating this has been, and you shouldn't have to chase it. I'm passing you to a colleague who can put it right. They have everything you've written, so you won't need to repeat it."
        }
        ReasonCode::Legal => {
            "Thank you for telling us. This deserves a person's full attention, so I'm passing it to a colleague together with everything you've written."
        }
        ReasonCode::CustomerRequest => {
            "Of course. I'm bringing in a colleague, and they'll have everything you've written so far, so you won't need to repeat it."
        }
        ReasonCode::Urgent => {
            "I can see there's little time. I'm passing this to a colleague right away, with everything you've told me."
        }
        ReasonCode::RepeatedFailure => {
            "I'm sorry, I haven't been able to help with this. A colleague will take it from here; they'll have everything you've told me, so you won't need to repeat it."
        }
        ReasonCode::UnsupportedLanguage => return foreign_notice(language),
        ReasonCode::VerificationFailed => {
            "I couldn't confirm the address, and I can't share order details without that. A colleague will help you from here; they'll have everything you've told me."
        }
        ReasonCode::ConnectorFailed | ReasonCode::AssistantUnavailable => {
            "I'm sorry, I can't reach the system I need for this right now. I've passed it to a colleague, who will get back to you with the answer."
        }
        _ => {
            "This is best looked at by a person. I'm passing it to a colleague, and they'll have everything you've written, so you won't need to repeat it."
        }
    };
    text.to_owned()
}

/// The notice for a language we do not answer in: in that language where we have it, and in English.
fn foreign_notice(language: &str) -> String {
    let own = match language {
        "de" => Some("Ich kann leider nur auf Englisch antworten. Ein Mensch aus unserem Team liest Ihre Nachricht."),
        "fr" => Some("Je ne peux répondre qu'en anglais. Une personne de notre équipe va lire votre message."),
        "es" => Some("Solo puedo responder en inglés. Una persona de nuestro equipo leerá su mensaje."),
        "it" => Some("Posso rispondere solo in inglese. Una persona del nostro team leggerà il suo messaggio."),
        "nl" => Some("Ik kan helaas alleen in het Engels antwoorden. Iemand van ons team leest uw bericht."),
        "pt" => Some("Só consigo responder em inglês. Uma pessoa da nossa equipa vai ler a sua mensagem."),
        "pl" => Some("Mogę odpowiadać tylko po angielsku. Osoba z naszego zespołu przeczyta Twoją wiadomość."),
        _ => None,
    };
    let english = "I can only answer in English, so I've passed your message to a colleague.";
    own.map_or_else(|| english.to_owned(), |own| format!("{own}\n{english}"))
}

/// Asks which of `titles` is meant.
pub(crate) fn clarify(titles: &[String]) -> String {
    match titles {
        [] => "I'm not sure I understood. Could you put it another way, perhaps with what it is about: an order, a return, a payment, your account?".to_owned(),
        [only] => format!("I want to be sure I understood. Is it about {only}?"),
        [most @ .., last] => {
            format!("I want to be sure I understood. Is it about {} or {last}?", most.join(", "))
        }
    }
}

/// Before articles are offered that are near a question nothing answers.
pub(crate) fn nearest(titles: &[String]) -> String {
    if titles.is_empty() {
        return clarify(titles);
    }
    "I don't have an answer to exactly that. Is it one of these? If not, could you put it another way?".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clarifying_question_reads_like_one() {
        let titles = ["opening hours", "our shop in Bristol", "ways to reach us"].map(str::to_owned);
        let text = clarify(&titles);
        assert!(text.ends_with("Is it about opening hours, our shop in Bristol or ways to reach us?"), "{text}");
    }

    #[test]
    fn anger_is_acknowledged_before_anything_else() {
        let notice = handoff_notice(&[Reason::of(ReasonCode::NegativeEmotion)], "en");
        assert!(notice.starts_with("I'm sorry"));
    }
}
