import type { Target } from '@isobar/compiler'
import type { Host } from '@isobar/hosts'

import type { ReportDoor, ReportResult } from '../../report/schema.ts'
import type { EventCase } from '../../types.ts'
import type { Applications } from '../applications.ts'
import { runCase } from '../run-case.ts'
import { notBooted } from '../run-target.ts'
import { bootEvents, eventDoorId, type EventDoor } from './event-door.ts'
import { createEventHarness } from './event-harness.ts'

export interface EventRun {
  target: Target
  applications: Applications
  cases: readonly EventCase[]
  hosts: readonly Host[]
  /** @default 20000 */
  caseLimitMs: number | undefined
  onDoors(doors: readonly ReportDoor[], error?: string): void
  onResult(result: ReportResult): void
}

/** A case may start several processes and goes through days of retries; the limit is for what hangs, milliseconds. */
const eventLimitMs = 20_000

/** Boots the events application of a target and runs every case about events, one after the other. Never rejects. */
export async function runEvents(run: EventRun): Promise<void> {
  let door = await bootOrFail(run)
  const report = door instanceof Error ? notOpened(run.target) : door.report
  run.onDoors([report], door instanceof Error ? door.message : undefined)
  for (const testCase of run.cases) {
    if (door instanceof Error) {
      run.onResult(notBooted(testCase, report, door))
      continue
    }
    const opened: EventDoor = door
    const open = (): ReturnType<typeof createEventHarness> => createEventHarness(opened)
    const { cut, ...judged } = await runCase(testCase, run.target.capabilities, open, run.caseLimitMs ?? eventLimitMs)
    run.onResult({ case: testCase.id, door: report.id, ...judged })
    if (!cut) continue
    // What hangs in the runtime must not fail the cases that follow.
    await opened.stop()
    door = await bootOrFail(run)
  }
  if (!(door instanceof Error)) await door.stop()
}

async function bootOrFail({ applications, target, hosts }: EventRun): Promise<EventDoor | Error> {
  try {
    return await bootEvents(applications, target, hosts)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function notOpened(target: Target): ReportDoor {
  return {
    id: eventDoorId(target),
    kind: 'events',
    platform: target.platform,
    runtime: { name: 'not started', version: '' },
    front: 'emulated',
  }
}
