import { css } from "../elements/css.js";

/** Buttons, chips, fields and focus, alike in every pane. */
export const baseStyle = css`
  :host { display: block; color: var(--text); }
  * { box-sizing: border-box; }
  [hidden] { display: none !important; }
  :focus-visible { outline: 3px solid var(--ring); outline-offset: 2px; }
  h1, h2, h3, p, ul, ol, dl, dd { margin: 0; }
  ul, ol { padding: 0; list-style: none; }
  button, input, select, textarea { font: inherit; color: inherit; }
  button { cursor: pointer; }
  button:disabled, button[aria-disabled=true] { cursor: default; opacity: .55; }
  .button { min-height: 36px; padding: 6px 14px; border: 1px solid var(--line); border-radius: 9px; background: var(--raised); font-weight: 550; }
  .button:hover { border-color: var(--accent); }
  .button.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
  .field { display: block; width: 100%; min-height: 40px; padding: 8px 11px; border: 1px solid var(--quiet); border-radius: 9px; background: var(--pane); }
  .field::placeholder { color: var(--quiet); opacity: 1; }
  .quiet { color: var(--quiet); }
  .small { font-size: 13px; }
  .chip { display: inline-block; max-width: 100%; padding: 1px 9px; border-radius: 10px; background: var(--soft); font-size: 12.5px; line-height: 1.55; overflow-wrap: break-word; }
  .chip.urgent, .chip.bad { background: var(--bad-soft); color: var(--bad); font-weight: 650; }
  .chip.high, .chip.warn { background: var(--warn-soft); color: var(--warn); font-weight: 600; }
  .chip.good { background: var(--good-soft); color: var(--good); }
  .chip.accent { background: var(--accent-soft); color: var(--accent-text); }
  .chips { display: flex; flex-wrap: wrap; gap: 5px; }
  .problem { padding: 9px 13px; border-radius: 9px; background: var(--bad-soft); color: var(--bad); }
  .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  svg.icon { width: 16px; height: 16px; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; vertical-align: -3px; }
  kbd { padding: 1px 7px; border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 6px; background: var(--soft); font: 600 12.5px/1.5 ui-monospace, monospace; }
  @media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
`;
