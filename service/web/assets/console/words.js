/** The words agents read for the codes the service speaks. */
const REASONS = {
  customer_request: "Asked for a person", negative_emotion: "Upset", urgent: "Urgent", safety: "Safety", legal: "Legal",
  complex: "Complex", repeated_failure: "Assistant kept failing", repeat_contact: "Contacted before", out_of_scope: "Outside what we know",
  unsupported_language: "Language", rule: "House rule", intent_requires_human: "Always for a person", flow_escalation: "Needs a person's decision",
  knowledge_found: "An article answers it", reviewed_reply: "A reviewed reply fits", flow_step: "A flow is running", ambiguous_intent: "Could mean several things",
  no_answer: "No article answers it", owned_by_human: "A person has it", verification_failed: "Could not verify", connector_failed: "System unavailable",
  assistant_unavailable: "Assistant unavailable",
};
const CHANNELS = { web: "Web chat", sms: "Text", email: "Email", whatsapp: "WhatsApp", voice: "Phone", slack: "Slack", telegram: "Telegram", messenger: "Messenger", in_app: "In the app", portal: "Portal", video: "Video", in_person: "In person", api: "API" };
const ADDRESSES = { phone: "Phone number", visitor: "Web visitor" };
const ACTIONS = { answer: "Answered", act: "Ran a flow", clarify: "Asked back", handoff: "Handed over", silent: "Stayed silent", stay_silent: "Stayed silent" };

/** "late_order" → "Late order". */
export function plain(code) {
  const words = String(code ?? "").replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function reasonWords(reason) {
  return REASONS[reason.code] ?? plain(reason.code);
}

/** A reason with what was measured: "Upset (0.86, limit 0.75)". */
export function reasonLine(reason) {
  const limit = typeof reason.threshold === "number" ? `, limit ${rounded(reason.threshold)}` : "";
  const score = typeof reason.score === "number" ? ` (${rounded(reason.score)}${limit})` : "";
  return `${reasonWords(reason)}${score}${reason.rule ? `, rule “${reason.rule}”` : ""}`;
}

function rounded(number) {
  return Number(number.toFixed(2));
}

export function channelWords(channel) {
  return CHANNELS[channel] ?? plain(channel);
}

/** What kind of address an identity is. */
export function addressWords(kind) {
  return ADDRESSES[kind] ?? channelWords(kind);
}

export function actionWords(action) {
  return ACTIONS[action] ?? plain(action);
}

export function percent(share) {
  return typeof share === "number" ? `${Math.round(share * 100)}%` : "";
}

/** Who may speak to the contact now, from this agent's view. */
export function ownerWords(owner, me) {
  switch (owner?.kind) {
    case "assistant": return "With the assistant";
    case "queue": return owner.queue ? `Waiting in ${plain(owner.queue)}` : "Waiting";
    case "agent": return owner.agent === me ? "With you" : `With ${owner.agent}`;
    default: return "Closed";
  }
}

export function contactName(contact) {
  return contact?.name || "Visitor";
}
