/** Fetches a JSON page's `data` and calls back only when it changed. Answers the error, if any. */
export function watcher(address, changed) {
  let before = null;
  return async () => {
    try {
      const response = await fetch(address, { headers: { accept: "application/json" } });
      if (!response.ok) return `${address} answered ${response.status}`;
      const text = await response.text();
      if (text === before) return null;
      before = text;
      changed(JSON.parse(text).data ?? []);
      return null;
    } catch {
      return `${address} cannot be reached`;
    }
  };
}
