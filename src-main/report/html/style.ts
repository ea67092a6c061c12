import { ACCENT, BAD, BAD_SOFT, INK, INK_2, LINE, LINE_STRONG, WELL } from './palette.js';

/** For the screen and for A4; what belongs together stays on one page. */
export const STYLE = `
:root { color: ${INK}; background: #fff; font: 13px/1.45 system-ui, "Segoe UI", "Helvetica Neue", "Noto Sans", Arial, sans-serif; }
* { box-sizing: border-box; }
body { max-width: 660px; margin: 24px auto; padding: 0 12px; }
@media print { body { max-width: none; margin: 0; padding: 0; } }
h1, h2, h3, p, dl, ul, table, figure, pre { margin: 0; }
h1, h2, h3 { break-after: avoid; line-height: 1.2; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: 25px; text-align: left; }
h2 { margin: 26px 0 8px; padding-top: 9px; border-top: 2px solid ${ACCENT}; font-size: 18px; }
h2 .number { color: ${ACCENT}; }
h3 { margin: 16px 0 6px; font-size: 14px; }
header { margin-bottom: 16px; }
header p { margin-top: 4px; color: ${INK_2}; overflow-wrap: anywhere; }
section > *, .opening > * { margin-top: 9px; }
p, li { break-inside: avoid; overflow-wrap: anywhere; }
.note { color: ${INK_2}; font-size: 12px; }
.lead { padding-left: 10px; border-left: 3px solid ${ACCENT}; break-inside: avoid; }
.warning { padding: 9px 12px; border-left: 5px solid ${BAD}; background: ${BAD_SOFT}; color: ${BAD}; font-weight: 600; break-inside: avoid; }
.verdict { font-size: 21px; line-height: 1.25; }
.sentence { margin: 9px 0; font-size: 15px; }
mark { white-space: nowrap; padding: 0 3px; background: #fff2b8; color: inherit; }
code, pre { font: 11px/1.45 ui-monospace, "DejaVu Sans Mono", "Liberation Mono", Consolas, monospace; overflow-wrap: anywhere; }
pre { padding: 9px 11px; background: ${WELL}; white-space: pre-wrap; }
pre span { display: block; break-inside: avoid; padding-left: 14px; text-indent: -14px; }
pre span + span { margin-top: 6px; }
pre span:last-child { break-before: avoid; }
pre i { font-style: normal; white-space: nowrap; }
ul { padding-left: 18px; }
li { margin-top: 3px; break-inside: avoid; }
table { width: 100%; border-collapse: collapse; font-size: 12px; }
caption { padding: 0 0 4px; color: ${INK_2}; text-align: left; caption-side: top; break-after: avoid; }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid ${LINE}; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
thead { display: table-header-group; }
thead th { overflow-wrap: break-word; border-bottom: 1px solid ${LINE_STRONG}; color: ${INK_2}; font-weight: 500; vertical-align: bottom; }
tbody th { font-weight: 500; }
tr { break-inside: avoid; }
tbody tr:nth-child(-n+2) { break-before: avoid; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
h2 .number { text-align: left; }
.number + :not(.number) { padding-left: 10px; }
.figure { white-space: nowrap; }
.whole { break-inside: avoid; }
p:not(.note):has(+ .whole), p:not(.note):has(+ figure), p:not(.note):has(+ .charts), h3:has(+ p) + p { break-after: avoid; }
.annex { break-before: page; }
.facts th { width: 27%; color: ${INK_2}; font-weight: 400; }
.bars td, .bars th { border: 0; padding-block: 3px; vertical-align: middle; }
.bars .bar { width: 240px; }
.bars td:last-child { white-space: nowrap; font-variant-numeric: tabular-nums; font-weight: 600; }
.bars td.missing { white-space: normal; font-weight: 400; color: ${INK_2}; }
.confusion { width: auto; border-collapse: separate; border-spacing: 2px; }
.confusion th, .confusion td { padding: 5px 9px; border: 0; }
.confusion thead th { overflow-wrap: anywhere; max-width: 150px; text-align: center; color: ${INK}; }
.confusion thead th:first-child { color: ${INK_2}; text-align: right; }
.confusion tbody th { max-width: 190px; text-align: right; }
.confusion td { min-width: 44px; text-align: center; font-variant-numeric: tabular-nums; }
.confusion td span { display: block; font-size: 10px; }
.confusion.many th, .confusion.many td { padding: 4px 5px; font-size: 11px; }
figure { break-inside: avoid; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption { margin-bottom: 4px; break-after: avoid; }
figcaption { color: ${INK_2}; font-size: 12px; }
figcaption strong { display: block; color: ${INK}; font-size: 13px; }
.charts { display: grid; grid-template-columns: 1fr 1fr; gap: 18px; break-inside: avoid; }
`;
