const OFF = "frontdesk:console:shortcuts-off";

/** Every key and what it does, in the order the help shows them. */
export const SHORTCUTS = [
  ["j", "Next conversation"], ["k", "Previous conversation"], ["1", "Waiting"], ["2", "Mine"], ["3", "All conversations"],
  ["c", "Claim"], ["r", "Write a reply"], ["d", "Use the suggested draft"], ["l", "Release"], ["e", "Resolve"],
  ["o", "Reopen"], ["a", "Return to the assistant"], ["b", "Show or hide the brief (narrow screens)"], ["g", "Knowledge gaps, and back"], ["?", "This help"],
];

export function areShortcutsOn() {
  return localStorage.getItem(OFF) === null;
}

export function setShortcuts({ on }) {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
}

/** Runs single keys as commands, never while somebody writes. Answers how to stop. */
export function listenForShortcuts(desk, { help, thread, toggleBrief, toggleGaps, isAway }) {
  const part = (tag) => thread.shadowRoot.querySelector(tag);
  const act = (action) => () => part("thread-actions").run(action);
  const commands = {
    j: () => desk.move(1), k: () => desk.move(-1),
    1: () => desk.showTab("waiting"), 2: () => desk.showTab("mine"), 3: () => desk.showTab("all"),
    c: act("claim"), l: act("release"), e: act("resolve"), o: act("reopen"), a: act("return"),
    r: () => desk.thread && part("reply-composer").focusText(),
    d: () => useDraft(desk), b: toggleBrief, g: () => toggleGaps(), "?": () => help.open(),
  };
  const listen = (event) => {
    const command = commands[event.key];
    if (!command || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.composedPath()[0];
    if (target.closest?.("input, textarea, select, dialog") || (!areShortcutsOn() && event.key !== "?")) return;
    // What is out of sight is not acted on.
    if (isAway() && event.key !== "g" && event.key !== "?") return;
    event.preventDefault();
    command();
  };
  document.addEventListener("keydown", listen);
  return () => document.removeEventListener("keydown", listen);
}

function useDraft(desk) {
  const draft = desk.thread?.handoff?.brief?.suggested_next_step?.draft;
  if (draft && desk.allowed().has("reply")) desk.tell("draft", draft);
}
