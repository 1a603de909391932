import { countOutcomes, type Report, type ReportDoor, type ReportResult } from '../report/schema.ts'
import type { ClauseId } from '../types.ts'

const doors: ReportDoor[] = [
  {
    id: 'aws-lambda/alb',
    kind: 'http',
    platform: 'aws-lambda',
    runtime: { name: 'aws-lambda-ric', version: '4.0.2' },
    front: 'emulated',
  },
  {
    id: 'google-cloud-functions',
    kind: 'http',
    platform: 'google-cloud-functions',
    runtime: { name: '@google-cloud/functions-framework', version: '5.0.5' },
    front: 'emulated',
  },
]

const cases: { id: string; clauses: ClauseId[]; bugs: number[] }[] = [
  { id: 'http/set-cookie-keeps-every-value', clauses: ['S2', 'S10'], bugs: [1, 5] },
  { id: 'http/path-keeps-an-encoded-slash', clauses: ['R3'], bugs: [] },
]

/** Two doors and two cases: one passes at both, the other is declared at one door and fails at the other. */
export function sampleReport(change: Partial<ReportResult> = {}): Report {
  const exchange = { request: 'GET /a%2Fb', expected: 'strictEqual "/a%2Fb"', got: 'HTTP 200' }
  const results: ReportResult[] = [
    {
      case: 'http/set-cookie-keeps-every-value',
      door: 'aws-lambda/alb',
      result: 'declared',
      reason: 'http.setCookieMany (platform): It carries one.',
      ms: 3,
    },
    { case: 'http/path-keeps-an-encoded-slash', door: 'aws-lambda/alb', result: 'pass', ms: 4, exchange },
    {
      case: 'http/set-cookie-keeps-every-value',
      door: 'google-cloud-functions',
      result: 'fail',
      reason: 'a=1 was lost\nsecond line of it',
      ms: 1500,
      exchange,
      ...change,
    },
    { case: 'http/path-keeps-an-encoded-slash', door: 'google-cloud-functions', result: 'pass', ms: 1, exchange },
  ]
  return {
    schema: 1,
    isobar: '1.2.3',
    node: '24.21.0',
    startedAt: '2026-01-02T03:04:05.678Z',
    durationMs: 12_345,
    doors,
    cases,
    results,
    totals: countOutcomes(results),
  }
}
