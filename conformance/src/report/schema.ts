import type { ClauseId } from '../types.ts'

/** `report.json`: one run of the suite. */
export interface Report {
  schema: 1
  /** The version of Isobar that built and ran the targets. */
  isobar: string
  /** The version of Node that ran the suite. */
  node: string
  /** ISO 8601, UTC. */
  startedAt: string
  durationMs: number
  doors: ReportDoor[]
  cases: ReportCase[]
  /** One for every case and door of its kind. */
  results: ReportResult[]
  totals: Totals
}

export interface ReportDoor {
  /** `aws-lambda/http-api`, `cloud-run`; followed by the target's name when several targets of a run have the same door. */
  id: string
  /** What comes in at it: requests, or events. */
  kind: 'http' | 'events'
  platform: string
  /** The part that is the vendor's own code; without a version when it did not start. */
  runtime: { name: string; version: string }
  /** Who made the event that the shim saw: the vendor's code, or a model of it. */
  front: 'vendor' | 'emulated'
}

export interface ReportCase {
  id: string
  clauses: readonly ClauseId[]
  bugs: readonly number[]
}

export type Outcome = 'pass' | 'fail' | 'declared'

export interface ReportResult {
  case: string
  /** The id of the door. */
  door: string
  result: Outcome
  /** Why it failed, or why the door declares otherwise. */
  reason?: string
  ms: number
  /** What was sent, what the case stands for, and what came back; long bodies are cut, bytes that are no text are hex. */
  exchange?: ReportExchange
}

export interface ReportExchange {
  request: string
  expected: string
  got: string
}

export type Totals = Record<Outcome, number>

/** Counts the outcomes of a list of results. */
export function countOutcomes(results: readonly Pick<ReportResult, 'result'>[]): Totals {
  const totals: Totals = { pass: 0, fail: 0, declared: 0 }
  for (const { result } of results) totals[result] += 1
  return totals
}
