import type { Diagnostic, Target } from '@isobar/compiler'
import type { Host, Running } from '@isobar/hosts'

import type { ReportDoor } from '../../report/schema.ts'
import type { EventFile } from '../../types.ts'
import type { Applications } from '../applications.ts'
import { bootOrTell } from '../doors.ts'
import { openControl, type Control } from './control.ts'

/** The events application on one target, booted. */
export interface EventDoor {
  report: ReportDoor
  target: Target
  running: Running
  control: Control
  checked(file: EventFile): Promise<Diagnostic[]>
  stop(): Promise<void>
}

/** Targets of one platform differ in their front doors; their events are the same unless they say otherwise. */
export function eventDoorId({ platform, eventSources }: Target): string {
  return eventSources === undefined ? `${platform}/events` : `${platform}/events-${eventSources}`
}

/** @throws Error with the compiler's diagnostics or the runtime's output. */
export async function bootEvents(
  applications: Applications,
  target: Target,
  hosts: readonly Host[],
): Promise<EventDoor> {
  const { directory, manifest } = await applications.built('events', target)
  const control = await openControl()
  const host = hosts.find(({ platform }) => platform === manifest.platform) ?? manifest.platform
  try {
    const running = await bootOrTell(host, directory, { CONFORMANCE_CONTROL: control.url })
    const [door] = running.doors
    return {
      report: {
        id: eventDoorId(target),
        kind: 'events',
        platform: target.platform,
        runtime: door?.runtime ?? { name: target.platform, version: '' },
        front: 'emulated',
      },
      target,
      running,
      control,
      checked: (file) => applications.checked(file, target),
      async stop() {
        // Whoever waits for the suite's answer would keep the runtime from ending.
        await control.close()
        await running.stop()
      },
    }
  } catch (error) {
    await control.close()
    throw error
  }
}
