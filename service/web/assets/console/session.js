const KEY = "frontdesk:console:key";
const AGENT = "frontdesk:console:agent";

/**
 * Takes `#key=…` out of the address bar at once, so that it stays in no history entry or screenshot, and
 * answers what the page was opened with.
 */
export function openedWith() {
  const params = new URLSearchParams(location.hash.slice(1));
  if (params.has("key")) {
    sessionStorage.setItem(KEY, params.get("key"));
    params.delete("key");
    setHash(params);
  }
  return { key: sessionStorage.getItem(KEY), agent: localStorage.getItem(AGENT), conversation: params.get("conversation") };
}

export function signIn(key, agent) {
  sessionStorage.setItem(KEY, key);
  localStorage.setItem(AGENT, agent);
}

export function signOut() {
  sessionStorage.removeItem(KEY);
}

/** Makes the address point at the conversation, so that it can be passed to a colleague. */
export function rememberConversation(id) {
  setHash(new URLSearchParams(id ? { conversation: id } : {}));
}

function setHash(params) {
  const hash = params.toString();
  history.replaceState(null, "", location.pathname + location.search + (hash ? `#${hash}` : ""));
}
