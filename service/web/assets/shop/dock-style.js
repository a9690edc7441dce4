import { css } from "../elements/css.js";

/** The look shared by everything backstage: dark, so that nobody takes it for part of the shop. */
export const dockStyle = css`
  :host { display: block; color: #e9ece9; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color-scheme: dark; }
  * { box-sizing: border-box; }
  [hidden] { display: none !important; }
  :focus-visible { outline: 3px solid #93c5fd; outline-offset: 2px; }
  h2, h3, p, ul { margin: 0; }
  ul { padding: 0; list-style: none; }
  a { color: #a8d5c5; }
  .quiet { color: #aab4ae; font-size: 14px; }
  .problem { padding: 8px 12px; border-radius: 8px; background: #4a2320; color: #ffd9d4; }
  button { font: inherit; color: inherit; cursor: pointer; }
  .card { padding: 12px 14px; border: 1px solid #39433e; border-radius: 12px; background: #232a27; }
  .stack > * + * { margin-top: 10px; }
`;
