import { clauseTitles } from '../clauses.ts'
import { doorParts } from './parts.ts'
import { countOutcomes, type Report, type ReportDoor } from './schema.ts'
import { tally, type Cell } from './tally.ts'

const labelWidth = 38
const cellWidth = 5

/** The report as text of at most 120 columns: clauses by doors, the doors, and what failed. */
export function renderMatrix(report: Report, options: { color?: boolean } = {}): string {
  const paint = painter(options.color ?? false)
  const sections = [
    heading(report, paint),
    matrix(report, paint),
    `${paint.pass('✓')} holds   ${paint.declared('○2')} two cases hold in the way the door declares   ${paint.fail('✗2')} two cases fail`,
    doors(report, paint),
    failures(report, paint),
  ]
  return sections.filter((section) => section !== '').join('\n\n')
}

interface Painter {
  pass(text: string): string
  fail(text: string): string
  declared(text: string): string
  dim(text: string): string
  bold(text: string): string
}

function painter(color: boolean): Painter {
  const sgr =
    (code: number) =>
    (text: string): string =>
      color ? `\u001b[${code}m${text}\u001b[0m` : text
  return { pass: sgr(32), fail: sgr(31), declared: sgr(33), dim: sgr(2), bold: sgr(1) }
}

function heading(report: Report, paint: Painter): string {
  const { pass, fail, declared } = report.totals
  const size = `${count(report.cases.length, 'case')} at ${count(report.doors.length, 'door')}`
  const counts = [
    paint.pass(`pass ${pass}`),
    (fail > 0 ? paint.fail : paint.dim)(`fail ${fail}`),
    (declared > 0 ? paint.declared : paint.dim)(`declared ${declared}`),
  ].join('  ')
  const time = paint.dim(`${(report.durationMs / 1000).toFixed(1)} s`)
  return `${paint.bold('Isobar conformance')}  ${size}   ${counts}   ${time}`
}

/** Doors of requests and doors of events have no clause in common, so each kind has a table of its own. */
function matrix(report: Report, paint: Painter): string {
  return (['http', 'events'] as const)
    .map((kind) => table(report, kind, paint))
    .filter((text) => text !== '')
    .join('\n\n')
}

function table(report: Report, kind: ReportDoor['kind'], paint: Painter): string {
  const isOfKind = report.doors.map((door) => door.kind === kind)
  const numbers = report.doors
    .flatMap((_, index) => (isOfKind[index] ? [String(index + 1).padStart(cellWidth)] : []))
    .join('')
  const rows = tally(report)
    .map(({ clause, cells }) => ({ clause, cells: cells.filter((_, index) => isOfKind[index]) }))
    .filter(({ cells }) => cells.some(({ state }) => state !== undefined))
    .map(({ clause, cells }) => {
      const label = `${clause.padEnd(4)}${clauseTitles[clause]}`.padEnd(labelWidth)
      return `${label}${cells.map((cell) => cellText(cell, paint)).join('')}`
    })
  if (rows.length === 0) return ''
  return [`${'clause'.padEnd(labelWidth)}${numbers}`, ...rows].join('\n')
}

function cellText({ state, totals }: Cell, paint: Painter): string {
  switch (state) {
    case undefined:
      return ' '.repeat(cellWidth)
    case 'pass':
      return paint.pass('✓'.padStart(cellWidth))
    case 'declared':
      return paint.declared(`○${totals.declared}`.padStart(cellWidth))
    case 'fail':
      return paint.fail(`✗${totals.fail}`.padStart(cellWidth))
  }
}

function doors(report: Report, paint: Painter): string {
  const width = Math.max(...report.doors.map(({ id }) => id.length), 'door'.length)
  const head = `     ${'door'.padEnd(width)}  pass  fail  declared  the vendor's own part`
  const lines = report.doors.flatMap((door, index) => {
    const totals = countOutcomes(report.results.filter((result) => result.door === door.id))
    const fail = String(totals.fail).padStart(4)
    const counts = [
      String(totals.pass).padStart(4),
      totals.fail > 0 ? paint.fail(fail) : fail,
      String(totals.declared).padStart(8),
    ].join('  ')
    const { vendor, modelled } = doorParts(door)
    return [
      `${String(index + 1).padStart(3)}  ${door.id.padEnd(width)}  ${counts}  ${vendor}`,
      paint.dim(`     modelled: ${modelled}`),
    ]
  })
  return [head, ...lines].join('\n')
}

/** The first failures with some lines of their reason, the rest with one; what failed for one reason at a door once. */
function failures(report: Report, paint: Painter): string {
  const groups = new Map<string, { cases: string[]; door: string; reason: string }>()
  for (const { result, case: id, door, reason = '' } of report.results) {
    if (result !== 'fail') continue
    const key = JSON.stringify([door, reason])
    const group = groups.get(key)
    if (group) group.cases.push(id)
    else groups.set(key, { cases: [id], door, reason })
  }
  return [...groups.values()]
    .flatMap(({ cases, door, reason }, index) => {
      const what = cases.length > 3 ? `${cases.length} cases` : cases.join(', ')
      const lines = reason.split('\n').filter((line) => line.trim() !== '')
      const shown = lines.slice(0, index < 10 ? 8 : 1).map((line) => `    ${shorten(line, 112)}`)
      return [shorten(`✗ ${what} at ${door}`, 118), ...shown]
    })
    .map((line) => (line.startsWith('✗') ? paint.fail('✗') + line.slice(1) : line))
    .join('\n')
}

function shorten(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, width - 1)}…` : line
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
