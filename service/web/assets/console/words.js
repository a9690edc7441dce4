/** The words agents read for the codes the service speaks. */
const REASONS = {
  customer_request: "Asked for a person", negative_emotion: "Upset", urgent: "Urgent", safety: "Safety", legal: "Legal",
  complex: "Complex", repeated_failure: "Assistant kept failing", repeat_contact: "Contacted before", out_of_scope: "Outside what we know",
  unsupported_language: "Language", verification_failed: "Could not verify", connector_failed: "System unavailable",
  assistant_unavailable: "Assistant unavailable",
};
const CHANNELS = { web: "Web chat", sms: "Text", email: "Email", whatsapp: "WhatsApp", voice: "Phone", slack: "Slack", telegram: "Telegram", messenger: "Messenger", api: "API" };
const ACTIONS = { answer: "Answered", act: "Ran a flow", clarify: "Asked back", handoff: "Handed over", silent: "Stayed silent", stay_silent: "Stayed silent" };

/** "late_order" → "Late order". */
export function plain(code) {
  const words = String(code ?? "").replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function reasonWords(reason) {
  const code = typeof reason === "string" ? reason : reason.code;
  if (String(code).startsWith("rule:")) return `Rule: ${plain(code.slice(5))}`;
  return REASONS[code] ?? plain(code);
}

export function channelWords(channel) {
  return CHANNELS[channel] ?? plain(channel);
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
