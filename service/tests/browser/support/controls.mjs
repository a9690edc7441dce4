/* What assistive technology is told about a page, from the browser's own accessibility tree. */
const NEED_NAMES = new Set(["button", "link", "textbox", "searchbox", "combobox", "listbox", "checkbox", "radio", "tab", "tabpanel", "dialog", "log", "navigation", "image", "img", "StaticImage"]);

/** The controls and regions that have no name. */
export async function nameless(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const found = nodes.filter((node) => !node.ignored && NEED_NAMES.has(node.role?.value) && !node.name?.value?.trim());
  return found.map((node) => `${node.role.value} #${node.backendDOMNodeId}`);
}

/** Broken structure anywhere in the page or its shadow roots: twice the same id, references to nothing, positive tabindex. */
export function brokenStructure(page) {
  return page.evaluate(() => {
    const wrong = [];
    const look = (root) => {
      const ids = new Map();
      for (const node of root.querySelectorAll("*")) {
        if (node.id) ids.set(node.id, (ids.get(node.id) ?? 0) + 1);
        if (node.tabIndex > 0) wrong.push(`tabindex ${node.tabIndex} on ${node.tagName}`);
        for (const name of ["aria-labelledby", "aria-describedby", "aria-controls"]) {
          for (const id of (node.getAttribute(name) ?? "").split(/\s+/).filter(Boolean)) {
            if (!root.getElementById(id)) wrong.push(`${name}=${id} on ${node.tagName} names nothing`);
          }
        }
        if (node.shadowRoot) look(node.shadowRoot);
      }
      for (const [id, count] of ids) if (count > 1) wrong.push(`id ${id} is there ${count} times`);
    };
    look(document);
    if (!document.documentElement.lang) wrong.push("the page has no language");
    if (!document.title) wrong.push("the page has no title");
    return wrong;
  });
}
