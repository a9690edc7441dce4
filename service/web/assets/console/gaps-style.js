import { css } from "../elements/css.js";

/** What the page of knowledge gaps looks like; everything in it is built from the parts named here. */
export const gapsStyle = css`
  :host { overflow-y: auto; background: var(--bg); }
  .page { width: min(1080px, 100%); margin: 0 auto; padding: 22px 24px 60px; }
  .top { display: flex; flex-wrap: wrap; align-items: end; gap: 12px 20px; margin-bottom: 14px; }
  .top > div { flex: 1 1 320px; }
  h2 { font-size: 22px; line-height: 1.3; }
  h2:focus-visible { outline-width: 2px; }
  .period { display: grid; gap: 3px; font-size: 13px; }
  .period .field { width: auto; min-height: 36px; padding: 4px 8px; }
  .refused { margin-bottom: 14px; }
  .refused ul { max-height: 12em; margin: 6px 0 0; overflow-y: auto; overflow-wrap: anywhere; }
  [role=tablist] { display: flex; flex-wrap: wrap; gap: 8px; margin-bottom: 16px; }
  [role=tab] { display: grid; flex: 1 1 150px; gap: 1px; padding: 11px 16px; border: 1px solid var(--line); border-radius: 14px; background: var(--pane); text-align: left; }
  [role=tab]:hover { border-color: var(--accent); }
  [role=tab][aria-selected=true] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
  [role=tab] b { font-size: 23px; line-height: 1.2; font-variant-numeric: tabular-nums; }
  [role=tabpanel] { display: grid; gap: 10px; }
  .lead { max-width: 75ch; margin-bottom: 4px; }
  .card { border: 1px solid var(--line); border-radius: 14px; background: var(--pane); overflow: hidden; }
  .nothing { padding: 36px 24px; text-align: center; }
  summary { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 7px 18px; align-items: baseline; padding: 14px 18px; cursor: pointer; list-style: none; }
  summary::-webkit-details-marker { display: none; }
  summary:hover { background: var(--soft); }
  summary:focus-visible { outline-offset: -3px; border-radius: 14px; }
  summary b { font-size: 15.5px; overflow-wrap: anywhere; }
  summary b::before { content: "›"; display: inline-block; width: 16px; color: var(--quiet); transition: transform .12s; }
  details[open] summary b::before { transform: rotate(90deg) translateX(2px); }
  .count { font-variant-numeric: tabular-nums; white-space: nowrap; }
  summary:hover .chip:not(.good, .accent) { background: var(--pane); }
  .bar { grid-column: 1 / -1; height: 8px; border-radius: 4px; background: var(--soft); overflow: hidden; }
  summary:hover .bar { background: var(--line); }
  .bar::before { content: ""; display: block; width: calc(var(--share) * 100%); min-width: 4px; height: 100%; border-radius: 4px; background: var(--accent); }
  .bar.settled::before { background: var(--good); }
  summary .chips { grid-column: 1 / -1; }
  .inside { display: grid; gap: 16px; padding: 4px 18px 18px 34px; }
  h3 { margin-bottom: 5px; color: var(--quiet); font-size: 12.5px; font-weight: 650; letter-spacing: .03em; }
  .quotes { display: grid; gap: 6px; }
  .quotes li { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 4px 14px; padding: 8px 12px; border-left: 3px solid var(--line); border-radius: 0 9px 9px 0; background: var(--soft); }
  .quotes span { flex: 1 1 320px; overflow-wrap: anywhere; }
  .link { padding: 2px 0; border: 0; background: none; color: var(--accent-text); font-size: 13px; text-decoration: underline; text-underline-offset: 3px; }
  .near { display: grid; grid-template-columns: minmax(0, 1fr) minmax(90px, 180px) auto; gap: 12px; align-items: center; }
  .near .bar { grid-column: auto; }
  .actions { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
  .pair { padding: 14px 18px 16px; }
  .pair .chips { margin-bottom: 10px; }
  .sides { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 12px; }
  .side { padding: 11px 14px; border-radius: 10px; background: var(--soft); }
  .side p { margin-top: 5px; white-space: pre-line; overflow-wrap: anywhere; }
  .side .text { max-height: 15em; overflow-y: auto; }
  mark { padding: 0 3px; border-radius: 4px; background: var(--warn-soft); color: var(--warn); font-weight: 650; }
  table { width: 100%; border-collapse: collapse; }
  th, td { padding: 9px 18px; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--line); }
  tbody tr:last-child > * { border-bottom: 0; }
  thead th { color: var(--quiet); font-size: 12.5px; font-weight: 650; }
  tbody th { font-weight: 550; overflow-wrap: anywhere; }
  th small { display: block; color: var(--quiet); font-weight: 400; }
  td.number, th.number { width: 1%; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
  @media (max-width: 760px) { .page { padding: 14px 14px 40px; } .sides, .near { grid-template-columns: minmax(0, 1fr); } .inside { padding-left: 18px; } th, td { padding: 8px 12px; } }
`;
