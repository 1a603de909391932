import { clauseTitles } from '../../clauses.ts'
import type { ClauseId } from '../../types.ts'
import type { Report, ReportDoor, ReportResult } from '../schema.ts'
import { tally, type Cell, type ClauseRow } from '../tally.ts'
import { escapeHtml as text } from './escape.ts'

const groups: readonly { letter: string; title: string }[] = [
  { letter: 'R', title: 'Request: what the handler sees' },
  { letter: 'S', title: 'Response: what the client gets' },
  { letter: 'C', title: 'Context and life of the process' },
  { letter: 'E', title: 'Events: what the handler gets, and what becomes of each' },
]

const marks = { pass: '✓', declared: '○', fail: '✗' } as const
const words = { pass: 'holds', declared: 'holds as declared', fail: 'fails' } as const

/** A row per clause, and below it, folded, a row per case that proves it; a column per front door. */
export function matrixTable(report: Report): string {
  const rows = tally(report).filter(({ cells }) => cells.some(({ state }) => state !== undefined))
  const bodies = groups
    .map(({ letter, title }) => ({ title, rows: rows.filter(({ clause }) => clause.startsWith(letter)) }))
    .filter((group) => group.rows.length > 0)
    .map(
      (group) =>
        `<tbody><tr class="group"><th colspan="${report.doors.length + 1}" scope="rowgroup">${group.title}</th></tr>${group.rows.map((row) => clauseRows(row, report)).join('')}</tbody>`,
    )
  return `<table>
<thead><tr><td></td>${report.doors.map((door, index) => doorHeader(door, startsPlatform(report, index))).join('')}</tr></thead>
${bodies.join('\n')}
</table>`
}

function doorHeader(door: ReportDoor, first: boolean): string {
  const slash = door.id.indexOf('/')
  const [platform, name] = slash === -1 ? ['', door.id] : [door.id.slice(0, slash), door.id.slice(slash + 1)]
  const label = platform === '' ? `<b>${text(name)}</b>` : `<span>${text(platform)} /</span> <b>${text(name)}</b>`
  return `<th scope="col" data-door="${text(door.id)}"${first ? ' class="first"' : ''}><div>${label}</div></th>`
}

function startsPlatform(report: Report, index: number): boolean {
  return report.doors[index]?.platform !== report.doors[index - 1]?.platform
}

function clauseRows({ clause, cells }: ClauseRow, report: Report): string {
  const cases = report.cases.filter(({ clauses }) => clauses.includes(clause))
  const head = `<th scope="row"><button type="button" class="fold" aria-expanded="false"><b>${clause}</b> ${text(clauseTitles[clause])} <small>${cases.length}</small></button></th>`
  const row = `<tr class="clause" data-clause="${clause}">${head}${cells.map((cell, index) => clauseCell(cell, clause, startsPlatform(report, index))).join('')}</tr>`
  const below = cases.map(({ id }) => {
    // Every id of the table begins with the same kind.
    const name = `<th scope="row" title="${text(id)}">${text(id.slice(id.indexOf('/') + 1))}</th>`
    const results = report.doors.map((door, index) => {
      const result = report.results.find((candidate) => candidate.case === id && candidate.door === door.id)
      return caseCell(result, door.id, startsPlatform(report, index))
    })
    return `<tr class="case" data-clause="${clause}" data-case="${text(id)}" hidden>${name}${results.join('')}</tr>`
  })
  return row + below.join('')
}

function clauseCell({ door, state, totals }: Cell, clause: ClauseId, first: boolean): string {
  const open = `<td data-door="${text(door)}"${first ? ' class="first"' : ''}>`
  if (state === undefined) return `${open}</td>`
  const counts = (['fail', 'declared', 'pass'] as const)
    .filter((outcome) => totals[outcome] > 0)
    .map((outcome) => `${totals[outcome]} ${outcome === 'pass' ? 'hold' : outcome}`)
    .join(', ')
  const label = text(`${clause} ${clauseTitles[clause]} at ${door}: ${counts}`)
  const mark = state === 'pass' ? marks.pass : `${marks[state]}${totals[state]}`
  return `${open}<button type="button" class="cell ${state}" tabindex="-1" aria-label="${label}" title="${label}">${mark}</button></td>`
}

function caseCell(result: ReportResult | undefined, door: string, first: boolean): string {
  const open = `<td data-door="${text(door)}"${first ? ' class="first"' : ''}>`
  if (!result) return `${open}</td>`
  const label = text(`${result.case} at ${door} ${words[result.result]}`)
  return `${open}<button type="button" class="cell small ${result.result}" data-outcome="${result.result}" tabindex="-1" aria-label="${label}" title="${label}">${marks[result.result]}</button></td>`
}
