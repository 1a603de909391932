import { clauseTitles } from '../../clauses.ts'
import { doorParts } from '../parts.ts'
import { countOutcomes, type Report } from '../schema.ts'
import { client } from './client.ts'
import { escapeHtml as text, scriptJson } from './escape.ts'
import { matrixTable } from './matrix-table.ts'
import { style } from './style.ts'

/** The report as one page that loads nothing: matrix by clause and front door, with the exchange behind each cell. */
export function toHtml(report: Report): string {
  const { fail } = report.totals
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${fail > 0 ? `${fail} failed, ` : ''}Isobar conformance</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon(fail > 0 ? '#c6303e' : '#1b8a5f'))}">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#matrix">Skip to the matrix</a>
${header(report)}
<main>
${toolbar(report)}
<div class="split">
<section class="board" id="matrix" aria-label="Matrix of clauses and front doors">
${legend}
<div class="scroll">${matrixTable(report)}</div>
<p class="nothing" hidden>No case matches. <button type="button" class="link" data-reset>Clear the filter</button></p>
</section>
<aside class="detail" aria-live="polite" aria-label="Selected result" tabindex="-1"><p class="hint">Choose a cell to see what was sent, what was expected and what came back.</p></aside>
</div>
${doors(report)}
</main>
<footer>Clauses are those of <code>docs/http-profile.md</code>. A declared cell is no skip: the case ran, and what the door declares was asserted instead.</footer>
<script type="application/json" id="report">${scriptJson(report)}</script>
<script type="application/json" id="clauses">${scriptJson(clauseTitles)}</script>
<script>(${client.toString()})()</script>
</body>
</html>
`
}

function header(report: Report): string {
  const { pass, fail, declared } = report.totals
  const failing = new Set(report.results.filter(({ result }) => result === 'fail').map((result) => result.case)).size
  const verdict =
    fail > 0
      ? `${failing} of ${report.cases.length} cases ${failing === 1 ? 'does' : 'do'} not hold everywhere`
      : `${report.cases.length} cases, ${report.doors.length} front doors, no failure`
  const total = Math.max(1, pass + fail + declared)
  const share = (count: number): string => `flex-grow:${((count / total) * 100).toFixed(3)}`
  const part = (kind: string, count: number): string =>
    count > 0 ? `<i class="${kind}" style="${share(count)}"></i>` : ''
  const started = `${report.startedAt.slice(0, 16).replace('T', ' ')} UTC`
  return `<header class="top">
${isobars}
<p class="brand">Isobar conformance</p>
<h1 class="${fail > 0 ? 'bad' : 'good'}">${verdict}</h1>
<p class="facts">Isobar ${text(report.isobar)} · Node ${text(report.node)} · <time datetime="${text(report.startedAt)}">${started}</time> · ${(report.durationMs / 1000).toFixed(1)} s</p>
<div class="bar" aria-hidden="true">${part('fail', fail)}${part('declared', declared)}${part('pass', pass)}</div>
<dl class="totals">
<div class="pass"><dt>hold</dt><dd>${pass}</dd></div>
<div class="declared"><dt>hold as declared</dt><dd>${declared}</dd></div>
<div class="fail"><dt>fail</dt><dd>${fail}</dd></div>
</dl>
</header>`
}

function toolbar(report: Report): string {
  const options = report.doors.map(({ id }) => `<option value="${text(id)}">${text(id)}</option>`).join('')
  const toggle = (kind: string, label: string): string =>
    `<label class="toggle ${kind}"><input type="checkbox" name="outcome" value="${kind}" checked>${label}</label>`
  return `<form class="toolbar" role="search" aria-label="Filter">
<label class="field">Find <input type="search" name="text" placeholder="cookie, S2, bug 42 …" autocomplete="off"></label>
<label class="field">Door <select name="door"><option value="">all</option>${options}</select></label>
<fieldset><legend>Show</legend>${toggle('fail', '✗ fail')}${toggle('declared', '○ declared')}${toggle('pass', '✓ hold')}</fieldset>
<button type="button" data-expand aria-pressed="false">Show all cases</button>
<output aria-live="polite"></output>
</form>`
}

function doors(report: Report): string {
  const cards = report.doors.map((door) => {
    const totals = countOutcomes(report.results.filter((result) => result.door === door.id))
    const { vendor, modelled } = doorParts(door)
    return `<li>
<h3>${text(door.id)}</h3>
<p class="counts"><span class="pass">✓ ${totals.pass}</span> <span class="declared">○ ${totals.declared}</span> <span class="fail">✗ ${totals.fail}</span></p>
<dl><dt>The vendor's own</dt><dd>${text(vendor)}</dd><dt>Modelled</dt><dd>${text(modelled)}</dd></dl>
</li>`
  })
  return `<section class="doors" aria-labelledby="doors-title">
<h2 id="doors-title">What was real, and what was a model</h2>
<p>Every door runs the built artifact in the vendor's published runtime. The cloud service around it is a model, so a pass says that the two agree here; it says nothing about the service itself.</p>
<ul>${cards.join('')}</ul>
</section>`
}

const legend = `<ul class="legend" aria-label="Legend">
<li><span class="cell pass" aria-hidden="true">✓</span> holds</li>
<li><span class="cell declared" aria-hidden="true">○2</span> two hold in the way the door declares</li>
<li><span class="cell fail" aria-hidden="true">✗2</span> two fail</li>
</ul>`

/** Lines of equal pressure, for the look of it. */
const isobars = `<svg class="isobars" viewBox="0 0 600 200" preserveAspectRatio="xMaxYMid slice" aria-hidden="true" fill="none" stroke="currentColor">${[
  0, 1, 2, 3, 4, 5, 6,
]
  .map((ring) => {
    const [rx, ry] = [46 + ring * 44, 24 + ring * 25]
    const tilt = -14 + ring * 2.5
    return `<ellipse cx="${430 - ring * 9}" cy="${92 + ring * 4}" rx="${rx}" ry="${ry}" transform="rotate(${tilt} 430 92)"/>`
  })
  .join('')}</svg>`

function icon(color: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="${color}" stroke-width="3"><ellipse cx="16" cy="16" rx="4" ry="3"/><ellipse cx="16" cy="16" rx="13" ry="10" transform="rotate(-16 16 16)"/></svg>`
}
