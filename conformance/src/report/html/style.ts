/** The page's style sheet. Colours are pairs for light and dark; every state has a sign and a word beside its colour. */
export const style: string = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f5f1, #0f141b);
  --sheet: light-dark(#ffffff, #161d27);
  --ink: light-dark(#1b232d, #e6ebf1);
  --soft: light-dark(#5a6572, #98a5b4);
  --line: light-dark(#dfdcd3, #2a3543);
  --accent: light-dark(#2458a6, #8bb8f8);
  --pass: light-dark(#11714c, #63d3a2);
  --pass-tint: light-dark(#e0f2e9, #173529);
  --declared: light-dark(#85570a, #f0bd5c);
  --declared-tint: light-dark(#fbedcd, #3a2d13);
  --fail: light-dark(#b3202f, #ff8d94);
  --fail-tint: light-dark(#c6303e, #b3303d);
  --fail-ink: #ffffff;
  --pass-bar: light-dark(#2f9d70, #2f9d70);
  --declared-bar: light-dark(#dfa028, #d3982b);
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; }
button, input, select { font: inherit; color: inherit; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: 1rem; z-index: 9; background: var(--sheet); padding: .4rem .8rem; }
.top, main, footer { max-width: 1560px; margin: 0 auto; padding-inline: clamp(1rem, 3vw, 2.5rem); }
.top { position: relative; padding-block: 2.2rem 1.4rem; overflow: hidden; isolation: isolate; }
.isobars { position: absolute; inset: 0 0 auto auto; width: min(60rem, 75%); height: 100%; z-index: -1; color: var(--accent); opacity: .17; stroke-width: 1.1; mask-image: linear-gradient(to left, #000 40%, transparent); }
.brand { margin: 0; font-size: .82rem; letter-spacing: .14em; text-transform: uppercase; color: var(--soft); }
h1 { margin: .1rem 0 .3rem; font-size: clamp(1.5rem, 3.2vw, 2.3rem); line-height: 1.15; font-weight: 650; letter-spacing: -.015em; text-wrap: balance; }
h1.bad::before, h1.good::before { font-weight: 700; margin-right: .35em; }
h1.good::before { content: '✓'; color: var(--pass); }
h1.bad::before { content: '✗'; color: var(--fail); }
.facts { margin: 0 0 1.1rem; color: var(--soft); }
.bar { display: flex; gap: 2px; height: 10px; border-radius: 5px; overflow: hidden; max-width: 44rem; }
.bar i { flex-basis: 3px; }
.bar .pass { background: var(--pass-bar); } .bar .declared { background: var(--declared-bar); } .bar .fail { background: var(--fail-tint); }
.totals { display: flex; flex-wrap: wrap; gap: .3rem 1.8rem; margin: .7rem 0 0; }
.totals div { display: flex; flex-direction: row-reverse; gap: .4em; align-items: baseline; }
.totals dt { color: var(--soft); } .totals dd { margin: 0; font-size: 1.25rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.totals .pass dd { color: var(--pass); } .totals .declared dd { color: var(--declared); } .totals .fail dd { color: var(--fail); }
.toolbar { position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: center; padding: .7rem 0; background: var(--ground); border-bottom: 1px solid var(--line); }
.field { display: flex; gap: .5rem; align-items: center; color: var(--soft); }
.toolbar input[type=search], .toolbar select, .toolbar button { border: 1px solid var(--line); border-radius: 7px; background: var(--sheet); padding: .32rem .65rem; color: var(--ink); }
.toolbar input[type=search] { width: 15rem; }
.toolbar button { cursor: pointer; } .toolbar button[aria-pressed=true] { border-color: var(--accent); color: var(--accent); }
.toolbar fieldset { display: flex; gap: .35rem; border: 0; margin: 0; padding: 0; } .toolbar legend { float: left; margin-right: .5rem; color: var(--soft); padding: 0; line-height: 2; }
.toggle { border: 1px solid var(--line); border-radius: 7px; padding: .28rem .6rem; background: var(--sheet); cursor: pointer; user-select: none; color: var(--soft); text-decoration: line-through; }
.toggle:has(:checked) { text-decoration: none; } .toggle:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; }
.toggle input { position: absolute; opacity: 0; width: 0; }
.toggle.pass:has(:checked) { color: var(--pass); border-color: currentColor; } .toggle.declared:has(:checked) { color: var(--declared); border-color: currentColor; } .toggle.fail:has(:checked) { color: var(--fail); border-color: currentColor; }
.toolbar output { color: var(--soft); margin-left: auto; font-variant-numeric: tabular-nums; }
.split { display: grid; gap: 1.6rem; align-items: start; padding-top: 1.2rem; grid-template-columns: minmax(0, 1fr); }
.board { background: var(--sheet); border: 1px solid var(--line); border-radius: 12px; padding: .9rem 1rem 1.1rem; min-width: 0; scroll-margin-top: 4rem; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; list-style: none; margin: 0 0 .4rem; padding: 0; color: var(--soft); font-size: .87rem; }
.legend .cell { margin-right: .3rem; }
.scroll { overflow-x: auto; scrollbar-width: thin; padding: 2px; }
table { border-collapse: separate; border-spacing: 0; font-size: .92rem; }
thead th { vertical-align: bottom; padding: 0 0 .5rem; font-weight: 400; height: 15.5rem; }
thead th div { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; margin: 0 auto; text-align: left; line-height: 1.1; font-size: .84rem; }
thead th span { color: var(--soft); } thead th b { font-weight: 600; }
.first { padding-left: 12px !important; }
th[scope=row] { text-align: left; font-weight: 400; padding: 0 .8rem 0 0; min-width: 15.5rem; position: sticky; left: 0; background: var(--sheet); z-index: 1; }
.case th[scope=row] { font-family: var(--mono); font-size: .74rem; padding-left: 2.15rem; max-width: 17rem; color: var(--soft); overflow-wrap: anywhere; line-height: 1.3; }
.group th { text-align: left; padding: 1.15rem 0 .35rem; font-size: .8rem; font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--line); }
tbody:first-of-type .group th { padding-top: .2rem; }
tbody .group + .clause td, tbody .group + .clause th { padding-top: 5px; }
.fold { all: unset; cursor: pointer; display: inline-flex; gap: .55rem; align-items: baseline; padding: .18rem .3rem .18rem 0; white-space: nowrap; }
.fold:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; border-radius: 4px; }
.fold::before { content: ''; align-self: center; width: 0; height: 0; border: 4px solid transparent; border-left: 6px solid var(--soft); transition: rotate .15s; transform-origin: 3px 4px; }
.fold[aria-expanded=true]::before { rotate: 90deg; }
.fold b { min-width: 2.5em; font-variant-numeric: tabular-nums; } .fold small { color: var(--soft); font-size: .76em; font-variant-numeric: tabular-nums; }
td { padding: 2px; text-align: center; }
.cell { display: inline-grid; place-items: center; width: 38px; height: 27px; border-radius: 6px; border: 0; padding: 0; font-weight: 650; font-size: .86rem; font-variant-numeric: tabular-nums; line-height: 1; }
button.cell { cursor: pointer; } button.cell:hover { filter: brightness(.95) saturate(1.3); }
.cell.small { height: 21px; font-size: .76rem; opacity: .92; }
.cell.pass { background: var(--pass-tint); color: var(--pass); }
.cell.declared { background: var(--declared-tint); color: var(--declared); box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--declared) 45%, transparent); }
.cell.fail { background: var(--fail-tint); color: var(--fail-ink); }
.cell.muted { opacity: .22; }
.cell[aria-current=true] { box-shadow: 0 0 0 2px var(--sheet), 0 0 0 4px var(--accent); }
.nothing { color: var(--soft); } .link { all: unset; color: var(--accent); text-decoration: underline; cursor: pointer; }
.detail { scroll-margin-top: 4.4rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 12px; padding: 1.1rem 1.25rem; min-width: 0; }
.detail:focus { outline: none; }
.detail .hint { color: var(--soft); margin: 0; }
.detail h2 { margin: 0; font: 600 .98rem/1.4 var(--mono); overflow-wrap: anywhere; }
.detail .where { margin: .15rem 0 .8rem; color: var(--soft); }
.detail .verdict { display: inline-block; border-radius: 6px; padding: .1rem .55rem; font-weight: 600; margin-right: .5rem; }
.verdict.pass { background: var(--pass-tint); color: var(--pass); } .verdict.declared { background: var(--declared-tint); color: var(--declared); } .verdict.fail { background: var(--fail-tint); color: var(--fail-ink); }
.detail h3 { margin: 1rem 0 .3rem; font-size: .8rem; font-weight: 600; color: var(--soft); }
.detail pre { margin: 0; padding: .65rem .8rem; background: var(--ground); border-radius: 8px; border-left: 3px solid var(--line); font: .78rem/1.5 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 24rem; overflow-y: auto; }
.detail pre.expected { border-left-color: var(--pass-bar); } .detail pre.got.fail { border-left-color: var(--fail-tint); } .detail pre.reason { border-left-color: var(--declared-bar); }
.others { display: flex; flex-wrap: wrap; gap: .3rem; margin: .5rem 0 0; padding: 0; list-style: none; }
.others button { border: 1px solid var(--line); border-radius: 6px; background: none; padding: .05rem .5rem; font-size: .8rem; cursor: pointer; }
.doors { margin-top: 2.4rem; } .doors h2 { font-size: 1.15rem; margin: 0 0 .3rem; } .doors > p { color: var(--soft); max-width: 70ch; margin: 0 0 1rem; }
.doors ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: .8rem; list-style: none; margin: 0; padding: 0; }
.doors li { background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; }
.doors h3 { margin: 0; font-size: .98rem; } .counts { margin: 0 0 .5rem; font-variant-numeric: tabular-nums; font-weight: 600; display: flex; gap: .9rem; }
.counts .pass { color: var(--pass); } .counts .declared { color: var(--declared); } .counts .fail { color: var(--fail); }
.doors dl { margin: 0; display: grid; grid-template-columns: auto 1fr; gap: .1rem .8rem; font-size: .87rem; } .doors dt { color: var(--soft); } .doors dd { margin: 0; }
footer { padding-block: 2rem 3rem; color: var(--soft); font-size: .87rem; } code { font-family: var(--mono); font-size: .92em; }
@media (min-width: 1360px) {
  .split { grid-template-columns: minmax(0, max-content) minmax(20rem, 1fr); }
  .detail { position: sticky; top: 4.4rem; max-height: calc(100vh - 5.4rem); overflow-y: auto; }
}
@media (max-width: 700px) { .toolbar { position: static; } th[scope=row] { min-width: 10rem; } .fold { white-space: normal; } .toolbar input[type=search] { width: 100%; } .case th[scope=row] { padding-left: .6rem; } }
@media (prefers-reduced-motion: no-preference) { .cell { transition: opacity .12s; } }
@media print { .toolbar, .detail, .skip { display: none; } .cell { print-color-adjust: exact; } }
`
