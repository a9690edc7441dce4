import { h } from "../elements/h.js";
import { actionWords, percent, plain, reasonLine } from "./words.js";

/** What the assistant decided and why, folded away until somebody asks. */
export function decisionView(decision) {
  const top = decision.intents?.[0];
  const intent = top ? ` · ${plain(top.name)} ${percent(top.confidence)}` : "";
  return h("details", { class: "decision" },
    h("summary", {}, `${actionWords(decision.action)}${intent}`),
    h("dl", {},
      (decision.reasons ?? []).flatMap((reason) => [h("dt", {}, "Because"), h("dd", {}, reasonLine(reason))]),
      (decision.intents ?? []).flatMap((found, idx) => [h("dt", {}, idx ? "Or about" : "About"), h("dd", {}, `${plain(found.name)}, ${percent(found.confidence)} sure`)])));
}
