import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

import type { Target } from '@isobar/compiler'
import type { Host } from '@isobar/hosts'

import { cases as allCases } from '../cases/index.ts'
import { countOutcomes, type Report, type ReportDoor, type ReportResult } from '../report/schema.ts'
import { writeReport } from '../report/write-report.ts'
import type { Case, EventCase, HttpCase } from '../types.ts'
import { openApplications } from './applications.ts'
import { doorId } from './doors.ts'
import { eventDoorId } from './events/event-door.ts'
import { runEvents } from './events/run-events.ts'
import { runTarget } from './run-target.ts'
import { selectCases } from './select-cases.ts'

export interface ConformanceOptions {
  targets: readonly Target[]
  /** @default the cases of this package */
  cases?: readonly Case[]
  /** Only the cases whose id matches: `http/set-cookie-*`. */
  caseGlob?: string
  /** Where report.json, junit.xml and report.html go; absent: nothing is written. */
  reportDirectory?: string
  onProgress?: (progress: Progress) => void
  /**
   * The applications are built in a new folder in it, which is removed at the end. Adapters are looked up from there, so
   * it lies in the project whose targets are tried. @default .isobar/conformance below the working directory
   */
  workDirectory?: string
  /** Hosts of platforms that `@isobar/hosts` does not know. */
  hosts?: readonly Host[]
  /** How many targets run at a time. Cases of one target run one after the other. @default 4 */
  concurrency?: number
  /** How long a case may take, in milliseconds. @default 5000, and 20000 for one about events */
  caseLimitMs?: number
}

export type Progress =
  | { kind: 'start'; targets: number; cases: number }
  /** `error`: it did not boot, and all its cases fail. */
  | { kind: 'door'; door: ReportDoor; error?: string }
  | { kind: 'result'; result: ReportResult; done: number; total: number }

/**
 * Runs the conformance suite: builds the reference application for every target, boots it in the vendor's runtime, and
 * runs every case at every front door.
 * @throws RangeError when no case matches `caseGlob`; TypeError when there is no target.
 */
export async function runConformance(options: ConformanceOptions): Promise<Report> {
  const { targets, onProgress } = options
  if (targets.length === 0) throw new TypeError('There is no target to run the conformance suite against.')
  const cases = selectCases(options.cases ?? allCases, options.caseGlob)
  const startedAt = new Date()
  const began = performance.now()
  onProgress?.({ kind: 'start', targets: targets.length, cases: cases.length })

  const applications = await openApplications(resolve(options.workDirectory ?? join('.isobar', 'conformance')))
  const jobs = jobsOf(targets, cases)
  const doors = new Map<Job, readonly ReportDoor[]>()
  const results: ReportResult[] = []
  const runOne = (job: Job): Promise<void> => {
    const common = {
      target: job.target,
      applications,
      hosts: options.hosts ?? [],
      caseLimitMs: options.caseLimitMs,
      onDoors(opened: readonly ReportDoor[], error?: string) {
        doors.set(job, opened)
        for (const door of opened) onProgress?.({ kind: 'door', door, ...(error !== undefined && { error }) })
      },
      onResult(result: ReportResult) {
        results.push(result)
        // A job whose doors are not known yet has one at least.
        const total = jobs.reduce((sum, one) => sum + one.cases.length * (doors.get(one)?.length ?? 1), 0)
        onProgress?.({ kind: 'result', result, done: results.length, total })
      },
    }
    if (job.kind === 'events') return runEvents({ ...common, cases: job.cases })
    const sharesDoor = targets.some((other) => other !== job.target && doorId(other) === doorId(job.target))
    return runTarget({ ...common, cases: job.cases, sharesDoor })
  }
  try {
    await eachAtMost(options.concurrency ?? 4, jobs, runOne)
    const ordered = jobs.flatMap((job) => doors.get(job) ?? [])
    const report: Report = {
      schema: 1,
      isobar: ownVersion(),
      node: process.versions.node,
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(performance.now() - began),
      doors: ordered,
      cases: cases.map(({ id, clauses, bugs = [] }) => ({ id, clauses, bugs })),
      results: ordered.flatMap((door) => results.filter((result) => result.door === door.id)),
      totals: countOutcomes(results),
    }
    if (options.reportDirectory !== undefined) await writeReport(report, options.reportDirectory)
    return report
  } finally {
    await applications.dispose()
  }
}

type Job =
  | { kind: 'http'; target: Target; cases: readonly HttpCase[] }
  | { kind: 'events'; target: Target; cases: readonly EventCase[] }

/** The http cases at every target, and the event cases once for each kind of event sources. */
function jobsOf(targets: readonly Target[], cases: readonly Case[]): Job[] {
  const http = cases.filter((one): one is HttpCase => one.id.startsWith('http/'))
  const event = cases.filter((one): one is EventCase => one.id.startsWith('event/'))
  const jobs: Job[] = []
  const known = new Set<string>()
  if (http.length > 0) for (const target of targets) jobs.push({ kind: 'http', target, cases: http })
  for (const target of event.length > 0 ? targets : []) {
    if (known.has(eventDoorId(target))) continue
    known.add(eventDoorId(target))
    jobs.push({ kind: 'events', target, cases: event })
  }
  return jobs
}

async function eachAtMost<Item>(
  limit: number,
  items: readonly Item[],
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const worker = async (): Promise<void> => {
    for (const item of queue) await act(item)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
}

function ownVersion(): string {
  const file = createRequire(import.meta.url).resolve('@isobar/conformance/package.json')
  const manifest: { version: string } = JSON.parse(readFileSync(file, 'utf8'))
  return manifest.version
}
