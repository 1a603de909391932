import { clauseIds, type ClauseId } from '../types.ts'
import { countOutcomes, type Report, type ReportResult, type Totals } from './schema.ts'

/** How the cases of one clause came out at one door. */
export interface Cell {
  door: string
  results: ReportResult[]
  totals: Totals
  /** The worst of its results; undefined when no case proves the clause. */
  state: 'fail' | 'declared' | 'pass' | undefined
}

export interface ClauseRow {
  clause: ClauseId
  cells: Cell[]
}

/** The matrix of clauses and doors. A case that proves two clauses stands in both rows. */
export function tally(report: Report): ClauseRow[] {
  const clausesOf = new Map(report.cases.map(({ id, clauses }) => [id, clauses]))
  return clauseIds.map((clause) => ({
    clause,
    cells: report.doors.map(({ id }) => {
      const results = report.results.filter(
        (result) => result.door === id && clausesOf.get(result.case)?.includes(clause),
      )
      return cellOf(id, results)
    }),
  }))
}

function cellOf(door: string, results: ReportResult[]): Cell {
  const totals = countOutcomes(results)
  const state = (['fail', 'declared', 'pass'] as const).find((outcome) => totals[outcome] > 0)
  return { door, results, totals, state }
}
