import { expect, it } from 'vitest'

import { sampleReport } from '../testing/sample-report.ts'
import type { Outcome } from './schema.ts'
import { tally } from './tally.ts'

function stateOf(outcomes: readonly Outcome[]): string | undefined {
  const report = sampleReport()
  const cases = outcomes.map((_, index) => ({ id: `http/case-${index}`, clauses: ['S1'] as const, bugs: [] }))
  const results = outcomes.map((result, index) => ({ case: `http/case-${index}`, door: 'cloud-run', result, ms: 1 }))
  const doors = report.doors.slice(0, 1).map((door) => ({ ...door, id: 'cloud-run' }))
  const row = tally({ ...report, doors, cases, results }).find(({ clause }) => clause === 'S1')
  return row?.cells[0]?.state
}

it('shows the worst result of a clause at a door', () => {
  expect(stateOf([])).toBeUndefined()
  expect(stateOf(['pass', 'pass'])).toBe('pass')
  expect(stateOf(['pass', 'declared', 'pass'])).toBe('declared')
  expect(stateOf(['declared', 'fail', 'pass'])).toBe('fail')
})
