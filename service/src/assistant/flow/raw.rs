//! Reads flows from TOML, and lists everything wrong with them by file and line.

use std::collections::{BTreeMap, HashSet};

use knowledge_base::Problem;
use minijinja::Environment;
use serde::Deserialize;
use toml::Spanned;

use crate::domain::conversation::Queue;
use crate::domain::decision::ReasonCode;
use crate::domain::understanding::EntityKind;

use super::spec::{Act, Asking, Choose, Collect, FlowSpec, Flows, Freshness, HandOff, Lookup, Say, StepSpec, Verify};
use super::words::{KNOWN_NAMES, sample};

const DEFAULT_ATTEMPTS: u8 = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFlow {
    name: Spanned<String>,
    title: String,
    queue: Option<String>,
    #[serde(default)]
    slots: Vec<Spanned<String>>,
    #[serde(default)]
    step: Vec<Spanned<RawStep>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    id: Spanned<String>,
    collect: Option<Spanned<String>>,
    #[serde(default)]
    renew: bool,
    verify: Option<Vec<Spanned<String>>>,
    choose: Option<Spanned<String>>,
    call: Option<Spanned<String>>,
    branch: Option<Vec<RawCase>>,
    say: Option<Spanned<String>>,
    handoff: Option<Spanned<String>>,
    prompt: Option<Spanned<String>>,
    reprompt: Option<Spanned<String>>,
    code_prompt: Option<Spanned<String>>,
    code_reprompt: Option<Spanned<String>>,
    wrong_code: Option<Spanned<String>>,
    option: Option<Spanned<String>>,
    attempts: Option<u8>,
    outcome: Option<Spanned<String>>,
    #[serde(default)]
    quick_replies: Vec<String>,
    #[serde(default)]
    facts: BTreeMap<String, Spanned<String>>,
    reason: Option<Spanned<String>>,
    none: Option<Spanned<String>>,
    next: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    when: Spanned<String>,
    next: Spanned<String>,
}

impl Flows {
    /// Reads every `(file name, source)`.
    pub(crate) fn parse(files: &[(String, String)]) -> Result<Self, Vec<Problem>> {
        let mut flows: Vec<FlowSpec> = Vec::new();
        let mut problems = Vec::new();
        for (file, source) in files {
            let mut reader = Reader { file, source, problems: Vec::new(), templates: templates(), ids: Vec::new() };
            let flow = reader.flow();
            if let Some(flow) = flow {
                if flows.iter().any(|other| other.name == flow.name) {
                    reader.refuse(0, format!("the flow `{}` is declared in another file already", flow.name));
                }
                flows.push(flow);
            }
            problems.extend(reader.problems);
        }
        problems.sort();
        if problems.is_empty() { Ok(Self { flows }) } else { Err(problems) }
    }
}

/// Templates write plain text, and a name they use must exist.
fn templates() -> Environment<'static> {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    templates
}

struct Reader<'s> {
    file: &'s str,
    source: &'s str,
    problems: Vec<Problem>,
    templates: Environment<'static>,
    ids: Vec<String>,
}

impl Reader<'_> {
    fn refuse(&mut self, byte: usize, message: impl Into<String>) {
        let before = &self.source.as_bytes()[..byte.min(self.source.len())];
        let line = before.split(|&b| b == b'\n').count();
        self.problems.push(Problem { file: self.file.to_owned(), line, message: message.into() });
    }

    fn flow(&mut self) -> Option<FlowSpec> {
        let raw: RawFlow = match toml::from_str(self.source) {
            Ok(raw) => raw,
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                self.refuse(at, error.message().replace('\n', " "));
                return None;
            }
        };
        let mut slots = Vec::new();
        for kind in &raw.slots {
            match entity_kind(kind.get_ref()) {
                Some(kind) => slots.push((kind.name().to_owned(), kind)),
                None => self.refuse(
                    kind.span().start,
                    format!("`{}` is not a slot; there are order_number, email and phone", kind.get_ref()),
                ),
            }
        }
        if raw.step.is_empty() {
            self.refuse(raw.name.span().start, "a flow has at least one [[step]]");
        }
        self.ids = raw.step.iter().map(|step| step.get_ref().id.get_ref().clone()).collect();
        let mut seen = HashSet::new();
        for step in &raw.step {
            let id = &step.get_ref().id;
            if !seen.insert(id.get_ref()) {
                self.refuse(id.span().start, format!("the step `{}` is declared twice", id.get_ref()));
            }
        }
        let steps: Vec<StepSpec> = raw.step.iter().filter_map(|step| self.step(step.get_ref(), &slots)).collect();
        Some(FlowSpec {
            name: raw.name.into_inner(),
            title: raw.title,
            queue: raw.queue.unwrap_or_else(|| Queue::GENERAL.to_owned()),
            slots,
            steps,
            templates: std::mem::replace(&mut self.templates, templates()),
        })
    }

    fn step(&mut self, raw: &RawStep, slots: &[(String, EntityKind)]) -> Option<StepSpec> {
        let kinds = [
            raw.collect.is_some(),
            raw.verify.is_some(),
            raw.choose.is_some(),
            raw.call.is_some(),
            raw.branch.is_some(),
            raw.handoff.is_some(),
            raw.say.is_some(),
        ];
        let id = raw.id.get_ref();
        if kinds.iter().filter(|&&kind| kind).count() != 1 {
            self.refuse(
                raw.id.span().start,
                format!("the step `{id}` does exactly one of collect, verify, choose, call, branch, say, handoff"),
            );
            return None;
        }
        let act = if let Some(slot) = &raw.collect {
            self.collect(raw, slot, slots)
        } else if let Some(by) = &raw.verify {
            self.verify(raw, by, slots)
        } else if let Some(slot) = &raw.choose {
            self.choose(raw, slot, slots)
        } else if let Some(what) = &raw.call {
            self.call(raw, what)
        } else if let Some(cases) = &raw.branch {
            self.branch(raw, cases)
        } else if let Some(words) = &raw.handoff {
            self.hand_off(raw, words)
        } else {
            self.say(raw)
        };
        act.map(|act| StepSpec { id: id.clone(), act })
    }

    fn collect(&mut self, raw: &RawStep, slot: &Spanned<String>, slots: &[(String, EntityKind)]) -> Option<Act> {
        let kind = self.slot_kind(slot, slots);
        let ask = self.asking(raw);
        let next = self.target(raw, raw.next.as_ref(), "next");
        let freshness = if raw.renew { Freshness::New } else { Freshness::Known };
        Some(Act::Collect(Collect { slot: slot.get_ref().clone(), kind: kind?, freshness, ask: ask?, next: next? }))
    }

    fn verify(&mut self, raw: &RawStep, by: &[Spanned<String>], slots: &[(String, EntityKind)]) -> Option<Act> {
        let mut proven_by = Vec::new();
        for slot in by {
            let kind = self.slot_kind(slot, slots)?;
            if !matches!(kind, EntityKind::Email | EntityKind::Phone) {
                self.refuse(slot.span().start, format!("`{}` is not an address and cannot be proven", slot.get_ref()));
            }
            proven_by.push((slot.get_ref().clone(), kind));
        }
        let ask = self.asking(raw);
        let code_prompt = self.required(raw, raw.code_prompt.as_ref(), "code_prompt");
        let code_reprompt = self.required(raw, raw.code_reprompt.as_ref(), "code_reprompt");
        let wrong_code = self.required(raw, raw.wrong_code.as_ref(), "wrong_code");
        let next = self.target(raw, raw.next.as_ref(), "next");
        Some(Act::Verify(Verify {
            slots: proven_by,
            ask: ask?,
            code_prompt: code_prompt?,
            code_reprompt: code_reprompt?,
            wrong_code: wrong_code?,
            next: next?,
        }))
    }

    fn choose(&mut self, raw: &RawStep, slot: &Spanned<String>, slots: &[(String, EntityKind)]) -> Option<Act> {
        let kind = self.slot_kind(slot, slots)?;
        if kind != EntityKind::OrderNumber {
            self.refuse(slot.span().start, "only an order can be chosen; name a slot of kind order_number");
        }
        let ask = self.asking(raw);
        let option = self.required(raw, raw.option.as_ref(), "option");
        let none = self.target(raw, raw.none.as_ref(), "none");
        let next = self.target(raw, raw.next.as_ref(), "next");
        Some(Act::Choose(Choose { slot: slot.get_ref().clone(), ask: ask?, option: option?, none: none?, next: next? }))
    }

    fn call(&mut self, raw: &RawStep, what: &Spanned<String>) -> Option<Act> {
        let lookup = match what.get_ref().as_str() {
            "find_order" => Some(Lookup::FindOrder),
            "reset_password" => Some(Lookup::ResetPassword),
            other => {
                self.refuse(
                    what.span().start,
                    format!("nothing answers the call `{other}`; there are find_order and reset_password"),
                );
                None
            }
        };
        let next = self.target(raw, raw.next.as_ref(), "next");
        Some(Act::Call { what: lookup?, next: next? })
    }

    fn branch(&mut self, raw: &RawStep, cases: &[RawCase]) -> Option<Act> {
        let mut read = Vec::new();
        for case in cases {
            let condition = format!("{{% if {} %}}yes{{% endif %}}", case.when.get_ref());
            let template = self.template(case.when.span().start, condition);
            let next = self.target(raw, Some(&case.next), "next");
            read.extend(template.zip(next));
        }
        let next = self.target(raw, raw.next.as_ref(), "next");
        Some(Act::Branch { cases: read, next: next? })
    }

    fn say(&mut self, raw: &RawStep) -> Option<Act> {
        let words = self.required(raw, raw.say.as_ref(), "say");
        let outcome = self.required(raw, raw.outcome.as_ref(), "outcome");
        Some(Act::Say(Say { words: words?, outcome: outcome?, quick_replies: raw.quick_replies.clone() }))
    }

    fn hand_off(&mut self, raw: &RawStep, words: &Spanned<String>) -> Option<Act> {
        let reason = match raw.reason.as_ref().map(|reason| (reason.get_ref().as_str(), reason.span().start)) {
            None | Some(("flow_escalation", _)) => ReasonCode::FlowEscalation,
            Some(("verification_failed", _)) => ReasonCode::VerificationFailed,
            Some(("complex", _)) => ReasonCode::Complex,
            Some((other, at)) => {
                self.refuse(at, format!("`{other}` is not a reason a flow can give; write flow_escalation, verification_failed or complex"));
                return None;
            }
        };
        let words = self.template(words.span().start, words.get_ref().clone());
        let outcome = self.required(raw, raw.outcome.as_ref(), "outcome");
        let mut facts = Vec::new();
        for (name, text) in &raw.facts {
            let template = self.template(text.span().start, text.get_ref().clone());
            facts.extend(template.map(|template| (name.clone(), template)));
        }
        Some(Act::HandOff(HandOff { words: words?, outcome: outcome?, reason, facts }))
    }

    fn asking(&mut self, raw: &RawStep) -> Option<Asking> {
        let prompt = self.required(raw, raw.prompt.as_ref(), "prompt");
        let reprompt = self.required(raw, raw.reprompt.as_ref(), "reprompt");
        let attempts = raw.attempts.unwrap_or(DEFAULT_ATTEMPTS);
        if attempts == 0 {
            self.refuse(raw.id.span().start, "`attempts` is at least 1");
        }
        Some(Asking { prompt: prompt?, reprompt: reprompt?, attempts })
    }

    fn slot_kind(&mut self, slot: &Spanned<String>, slots: &[(String, EntityKind)]) -> Option<EntityKind> {
        let found = slots.iter().find(|(name, _)| name == slot.get_ref()).map(|(_, kind)| *kind);
        if found.is_none() {
            self.refuse(slot.span().start, format!("the slot `{}` is not listed in `slots`", slot.get_ref()));
        }
        found
    }

    fn target(&mut self, raw: &RawStep, to: Option<&Spanned<String>>, key: &str) -> Option<usize> {
        let Some(to) = to else {
            self.refuse(
                raw.id.span().start,
                format!("the step `{}` needs `{key}`, the step to go to", raw.id.get_ref()),
            );
            return None;
        };
        let found = self.ids.iter().position(|id| id == to.get_ref());
        if found.is_none() {
            self.refuse(to.span().start, format!("there is no step `{}`", to.get_ref()));
        }
        found
    }

    fn required(&mut self, raw: &RawStep, text: Option<&Spanned<String>>, key: &str) -> Option<String> {
        match text {
            Some(text) if !text.get_ref().trim().is_empty() => self.template(text.span().start, text.get_ref().clone()),
            _ => {
                self.refuse(raw.id.span().start, format!("the step `{}` needs `{key}`", raw.id.get_ref()));
                None
            }
        }
    }

    /// Keeps a template under a name of its own, if it parses and uses only names that exist.
    fn template(&mut self, at: usize, source: String) -> Option<String> {
        let name = format!("{at}");
        if let Err(error) = self.templates.add_template_owned(name.clone(), source) {
            self.refuse(at, format!("the template is wrong: {}", error.detail().unwrap_or("it cannot be read")));
            return None;
        }
        let unknown: Vec<String> = self.templates.get_template(&name).map_or_else(
            |_| Vec::new(),
            |template| {
                let used = template.undeclared_variables(false);
                used.into_iter().filter(|name| !KNOWN_NAMES.contains(&name.as_str())).collect()
            },
        );
        let tried = self.templates.get_template(&name).and_then(|template| template.render(sample()));
        if let Err(error) = tried {
            self.refuse(at, format!("the template cannot be filled in: {error}"));
        }
        for name in &unknown {
            self.refuse(at, format!("the template uses `{name}`; there are {}", KNOWN_NAMES.join(", ")));
        }
        unknown.is_empty().then_some(name)
    }
}

fn entity_kind(name: &str) -> Option<EntityKind> {
    [EntityKind::OrderNumber, EntityKind::Email, EntityKind::Phone].into_iter().find(|kind| kind.name() == name)
}
