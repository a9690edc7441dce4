/** Makes a style sheet that shadow roots share: css`…` in a module, then `root.adoptedStyleSheets`. */
export function css(strings, ...values) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(String.raw({ raw: strings }, ...values));
  return sheet;
}
