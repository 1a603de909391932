import type { Target } from '@isobar/compiler'
import { boot } from '@isobar/hosts'
import type { Host, Running } from '@isobar/hosts'

import type { ReportDoor } from '../report/schema.ts'
import type { ApplicationName } from '../types.ts'
import type { Applications } from './applications.ts'
import type { BootedDoor } from './http-harness.ts'

/** Given to every runtime beside the platform's own variables; a case reads them from `harness.env`. */
const runtimeEnv: Readonly<Record<string, string>> = {
  CONFORMANCE_GREETING: 'hello from outside',
  CONFORMANCE_EMPTY: '',
  CONFORMANCE_UNICODE: 'Zürich → 東京',
}

/** A booted front door, and how the report names it. */
export interface Door {
  report: ReportDoor
  booted: BootedDoor
}

/** The id that a target's door has in reports before it is booted. */
export function doorId(target: Target): string {
  return target.frontDoor === undefined ? target.platform : `${target.platform}/${target.frontDoor}`
}

/**
 * Boots one application for a target, with all doors that its host opens.
 * @throws Error with the compiler's diagnostics or the runtime's output.
 */
export async function bootTarget(
  applications: Applications,
  target: Target,
  application: ApplicationName,
  hosts: readonly Host[],
): Promise<Door[]> {
  const { directory, manifest } = await applications.built(application, target)
  const host = hosts.find(({ platform }) => platform === manifest.platform) ?? manifest.platform
  const running = await bootOrTell(host, directory, runtimeEnv)
  const { requestBytes, responseBytes, timeoutMs } = manifest.limits
  return running.doors.map((door) => ({
    report: { id: door.id, kind: 'http', platform: target.platform, runtime: door.runtime, front: door.front },
    booted: {
      origin: door.origin,
      address: `http://localhost:${door.port}`,
      front: door.front,
      capabilities: manifest.capabilities,
      limits: {
        requestBytes: requestBytes ?? Infinity,
        responseBytes: responseBytes ?? Infinity,
        timeoutMs: timeoutMs ?? Infinity,
      },
      env: runtimeEnv,
      logs: running.logs,
      send: (request) => door.send(request),
      open: (request) => door.open(request),
      stop: () => running.stop(),
    },
  }))
}

/** A host says why a runtime did not boot, and not always what that printed: a case may look for a line of it. */
export async function bootOrTell(
  host: Host | string,
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<Running> {
  const printed: string[] = []
  try {
    return await boot(host, directory, { env: { ...env }, onLog: ({ line }) => printed.push(line) })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const missing = printed.filter((line) => !error.message.includes(line))
    throw missing.length === 0 ? error : new Error([error.message, ...missing].join('\n'), { cause: error })
  }
}
