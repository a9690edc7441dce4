//! Has the contact prove that an address is theirs by repeating a one-time code sent to it.

use crate::domain::code::CodeCheck;
use crate::domain::decision::{Reason, ReasonCode};
use crate::domain::flow::{Proof, Slot};
use crate::domain::handle::{Handle, HandleKind};
use crate::domain::turn::{Call, CallResult};
use crate::domain::understanding::EntityKind;

use super::engine::{End, Next, Run, address_of, failed_call};
use super::spec::Verify;

impl Run<'_> {
    /// Arrives at the step: passes when an address is proven, sends a code when one is known, else asks for one.
    pub(super) fn verify(&mut self, verify: &Verify) -> Next {
        let proven = self.proven_handles();
        match self.corrected_address.take() {
            Some(address) if !proven.contains(&address) => return Err(self.send_code(verify, address)),
            _ if !proven.is_empty() => return Ok(verify.next),
            _ => {}
        }
        if let Some(address) = self.named_address(verify) {
            return Err(self.send_code(verify, address));
        }
        self.say(&verify.ask.prompt);
        Err(End::Waits)
    }

    /// Takes what was said in reply: an address, a code, the wish for another code, or neither.
    pub(super) fn answered_verify(&mut self, verify: &Verify) -> Next {
        let kinds: Vec<EntityKind> = verify.slots.iter().map(|(_, kind)| *kind).collect();
        if self.is_settled(verify) {
            self.state.challenge = None;
            return Ok(verify.next);
        }
        if let Some(address) = self.newest(&kinds).and_then(address_of) {
            return Err(self.send_code(verify, address));
        }
        let Some(challenge) = self.state.challenge else {
            return Err(self.ask_again(&verify.ask.reprompt, verify.ask.attempts, ReasonCode::VerificationFailed));
        };
        if let Some(given) = self.newest(&[EntityKind::Code]) {
            let code = given.value.clone();
            let checked = self.ask(Call::CheckCode { challenge, code })?;
            let CallResult::CodeChecked(check) = checked else { return Err(failed_call()) };
            return self.checked(verify, check);
        }
        if self.setting.phrases.wants_new_code(self.setting.text)
            && let Some(address) = self.named_address(verify)
        {
            return Err(self.send_code(verify, address));
        }
        Err(self.ask_again(&verify.code_reprompt, verify.ask.attempts, ReasonCode::VerificationFailed))
    }

    /// Whether the address spoken of, or any where none is, is proven already: by whoever goes on with the conversation on
    /// a channel that vouches for them, say.
    fn is_settled(&self, verify: &Verify) -> bool {
        let proven = self.proven_handles();
        self.named_address(verify).map_or(!proven.is_empty(), |address| proven.contains(&address))
    }

    fn checked(&mut self, verify: &Verify, check: &CodeCheck) -> Next {
        match check {
            CodeCheck::Proven(handle) => {
                self.state.challenge = None;
                self.remember_proven(handle);
                Ok(verify.next)
            }
            CodeCheck::Wrong { left } if *left > 0 => {
                let text = self.render(&verify.wrong_code, Some(*left));
                self.replies.push(crate::domain::answer::Reply::plain(text));
                Err(End::Waits)
            }
            CodeCheck::Wrong { .. } | CodeCheck::Void => Err(End::HandsOff {
                reason: Reason::of(ReasonCode::VerificationFailed),
                outcome: "the one-time code was not repeated in time".to_owned(),
            }),
        }
    }

    fn remember_proven(&mut self, handle: &Handle) {
        self.proven.push(handle.clone());
        let newest = self.setting.turn.unanswered().last();
        if let Some(sender) = newest.and_then(|message| message.sender.as_ref()) {
            let proof = Proof { address: handle.clone(), sender: sender.handle.clone(), at: self.setting.now };
            self.memory.proofs.retain(|old| old.address != proof.address || old.sender != proof.sender);
            self.memory.proofs.push(proof);
        }
        let name = match handle.kind() {
            HandleKind::Email => EntityKind::Email.name(),
            HandleKind::Phone => EntityKind::Phone.name(),
            HandleKind::Visitor | HandleKind::External(_) => return,
        };
        let message = self.memory.slot(name).map_or(self.setting.turn.upto(), |slot| slot.message);
        self.memory.remember(Slot { name: name.to_owned(), value: handle.value().to_owned(), message, verified: true });
    }

    fn send_code(&mut self, verify: &Verify, to: Handle) -> End {
        match self.ask(Call::SendCode { to }) {
            Ok(CallResult::CodeSent(challenge)) => {
                self.state.challenge = Some(*challenge);
                self.state.attempts = 0;
                self.say(&verify.code_prompt);
                End::Waits
            }
            Ok(CallResult::CodeRefused) => End::HandsOff {
                reason: Reason::of(ReasonCode::VerificationFailed),
                outcome: "too many one-time codes were asked for".to_owned(),
            },
            Ok(_) => failed_call(),
            Err(end) => end,
        }
    }

    /// The address named last, in this turn or before.
    fn named_address(&self, verify: &Verify) -> Option<Handle> {
        let kinds: Vec<EntityKind> = verify.slots.iter().map(|(_, kind)| *kind).collect();
        if let Some(given) = self.newest(&kinds) {
            return address_of(given);
        }
        let slots = verify.slots.iter().filter_map(|(name, kind)| Some((self.memory.slot(name)?, *kind)));
        let (slot, kind) = slots.max_by_key(|(slot, _)| slot.message)?;
        let kind = if kind == EntityKind::Email { HandleKind::Email } else { HandleKind::Phone };
        Handle::parse(kind, &slot.value, None).ok()
    }

    /// The address that was spoken of last, with all but a hint hidden.
    pub(super) fn address_shown(&self) -> Option<String> {
        let slots = [EntityKind::Email, EntityKind::Phone].map(|kind| (self.memory.slot(kind.name()), kind));
        let (slot, kind) = slots
            .into_iter()
            .filter_map(|(slot, kind)| slot.map(|slot| (slot, kind)))
            .max_by_key(|(slot, _)| slot.message)?;
        let kind = if kind == EntityKind::Email { HandleKind::Email } else { HandleKind::Phone };
        Some(Handle::from_stored(kind, slot.value.clone()).masked())
    }
}
