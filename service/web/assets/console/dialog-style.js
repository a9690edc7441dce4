import { css } from "../elements/css.js";

export const dialogStyle = css`
  dialog { width: min(520px, calc(100vw - 32px)); max-height: calc(100vh - 48px); padding: 24px; border: 1px solid var(--line); border-radius: 16px; background: var(--pane); color: var(--text); box-shadow: var(--shadow); }
  dialog::backdrop { background: #0008; }
  h2 { font-size: 19px; }
`;
