import { h } from "./h.js";

/** A button that copies what `read` answers and says whether that worked. */
export function copyButton(label, read) {
  const button = h("button", { class: "copy", type: "button", "aria-live": "polite", onclick: async () => {
    let said = "Copied";
    try {
      await navigator.clipboard.writeText(read());
    } catch {
      said = "Could not copy";
    }
    button.textContent = said;
    setTimeout(() => (button.textContent = label), 1500);
  } }, label);
  return button;
}
