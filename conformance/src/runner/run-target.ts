import type { Target } from '@isobar/compiler'
import type { Host } from '@isobar/hosts'

import type { ReportDoor, ReportResult } from '../report/schema.ts'
import type { ApplicationName, HttpCase } from '../types.ts'
import type { Applications } from './applications.ts'
import { bootTarget, doorId, type Door } from './doors.ts'
import { createHarness, type BootedDoor } from './http-harness.ts'
import { runCase } from './run-case.ts'

export interface TargetRun {
  target: Target
  /** Another target of the run has the same door, so that its id alone would not tell them apart. */
  sharesDoor: boolean
  applications: Applications
  cases: readonly HttpCase[]
  hosts: readonly Host[]
  caseLimitMs: number | undefined
  onDoors(doors: readonly ReportDoor[], error?: string): void
  onResult(result: ReportResult): void
}

/** Boots a target and runs every case at each of its doors, one after the other. Never rejects. */
export async function runTarget(run: TargetRun): Promise<void> {
  let doors = await bootReference(run)
  if (doors instanceof Error) {
    const report: ReportDoor = {
      id: nameDoor(run, doorId(run.target)),
      kind: 'http',
      platform: run.target.platform,
      runtime: { name: 'not started', version: '' },
      front: 'emulated',
    }
    run.onDoors([report], doors.message)
    for (const testCase of run.cases) run.onResult(notBooted(testCase, report, doors))
    return
  }
  const reports = doors.map((door) => door.report)
  run.onDoors(reports)
  for (const report of reports) {
    for (const testCase of run.cases) {
      if (doors instanceof Error) {
        run.onResult(notBooted(testCase, report, doors))
        continue
      }
      const door = doors.find((candidate) => candidate.report.id === report.id)
      if (!door) throw new Error(`The host of ${run.target.name} opened no ${report.id} when it booted it again.`)
      const { booted } = door
      const open = (): ReturnType<typeof createHarness> => createHarness(booted, startFor(door, run))
      const { cut, ...judged } = await runCase(testCase, booted.capabilities, open, run.caseLimitMs)
      run.onResult({ case: testCase.id, door: report.id, ...judged })
      if (!cut) continue
      // What hangs in the runtime must not fail the cases that follow.
      await stopAll(doors)
      doors = await bootReference(run)
    }
  }
  if (!(doors instanceof Error)) await stopAll(doors)
}

async function bootReference(run: TargetRun): Promise<Door[] | Error> {
  try {
    const doors = await bootTarget(run.applications, run.target, 'reference', run.hosts)
    return doors.map((door) => ({ ...door, report: { ...door.report, id: nameDoor(run, door.report.id) } }))
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** Boots another application for the same target, and gives the door that stands where this one does. */
function startFor(door: Door, run: TargetRun): (application: ApplicationName) => Promise<BootedDoor> {
  return async (application) => {
    const others = await bootTarget(run.applications, run.target, application, run.hosts)
    const other = others.find(({ report }) => nameDoor(run, report.id) === door.report.id)
    if (other) return other.booted
    await stopAll(others)
    throw new Error(`The ${application} application has no door ${door.report.id}.`)
  }
}

function nameDoor({ target, sharesDoor }: TargetRun, id: string): string {
  return sharesDoor ? `${id} (${target.name})` : id
}

/** The result of a case at a door that is not there. */
export function notBooted(testCase: { id: string }, door: ReportDoor, error: Error): ReportResult {
  return { case: testCase.id, door: door.id, result: 'fail', reason: `did not boot: ${error.message}`, ms: 0 }
}

async function stopAll(doors: readonly Door[]): Promise<void> {
  await Promise.all(doors.map((door) => door.booted.stop()))
}
