/**
 * Makes the children of `parent` show `items` in order, and rebuilds only those that changed, so that
 * focus, scroll and opened details survive a refresh.
 */
export function keyed(parent, items, keyOf, build) {
  const before = new Map(Array.from(parent.children, (node) => [node.dataset.key, node]));
  const after = items.map((item) => {
    const key = keyOf(item);
    const print = JSON.stringify(item);
    const old = before.get(key);
    if (old?.print === print) return old;
    const node = build(item);
    node.dataset.key = key;
    node.print = print;
    if (old?.contains(old.getRootNode().activeElement)) queueMicrotask(() => (node.querySelector("button") ?? node).focus());
    return node;
  });
  const stays = new Set(after);
  for (const node of [...parent.children]) if (!stays.has(node)) node.remove();
  after.forEach((node, idx) => {
    if (parent.children[idx] !== node) parent.insertBefore(node, parent.children[idx] ?? null);
  });
}
