import type { Manifest } from '@isobar/compiler'

import type { EventSide } from './events/types.ts'
import { createFrontDoor } from './front-door.ts'
import { bootGoogleEvents } from './google-events/boot.ts'
import type { Terraform } from './google-events/terraform.ts'
import { createGoogleFrontEnd } from './google-front-end.ts'
import type { GoogleService } from './google-service.ts'
import { startInstance, type Instance } from './instance.ts'
import { ownScript } from './own-script.ts'
import { listenOnLoopback, running } from './running.ts'
import type { BootOptions, FrontDoor, LogEntry, Running } from './types.ts'

export interface GoogleServicesOptions {
  runtime: FrontDoor['runtime']
  /** Between SIGTERM and SIGKILL, in milliseconds. */
  graceMs: number
  services: GoogleService[]
  terraform: Terraform
}

/** Boots every service of a target as an instance of its own, those with a door behind Google's front end. */
export async function bootGoogleServices(
  manifest: Manifest,
  options: BootOptions,
  { runtime, graceMs, services, terraform }: GoogleServicesOptions,
): Promise<Running> {
  const logs: LogEntry[] = []
  const started: (() => Promise<void>)[] = []
  let stopped = false
  const stop = async (): Promise<void> => {
    stopped = true
    await Promise.all(started.map((end) => end()))
  }
  const start = async (service: GoogleService, env: Record<string, string>): Promise<Instance> => {
    const instance = await startInstance({
      what: `${runtime.name} ${runtime.version}, for ${service.entry},`,
      startTimeoutMs: options.startTimeoutMs,
      graceMs,
      runtime: (port) => ({
        ...service.runtime,
        env: { ...contract(service.name, port), ...env, ...service.env, ...options.env },
        preload: [ownScript('#loopback'), ...(service.runtime.preload ?? [])],
        onLog(entry) {
          logs.push(entry)
          options.onLog?.(entry)
        },
      }),
    })
    started.push(() => instance.stop())
    // One that was on its way when all others were stopped.
    if (stopped) await instance.stop()
    return instance
  }
  const doors: FrontDoor[] = []
  let events: EventSide | undefined
  try {
    const hasEvents = manifest.functions.some(({ kind }) => kind !== 'http')
    const side = hasEvents ? await bootGoogleEvents(manifest, terraform) : undefined
    if (side !== undefined) started.push(() => side.stop())
    const instances = await all(
      services.map(async (service) => [service, await start(service, side?.env ?? {})] as const),
    )
    for (const [service, instance] of instances) {
      if (service.door === undefined) continue
      const port = await openFrontEnd(instance, started)
      doors.push(createFrontDoor({ id: service.door, port, runtime, front: 'emulated' }))
    }
    events = side?.connect(instances, (service) => start(service, side.env))
  } catch (error) {
    await stop()
    throw error
  }
  return running({ doors, logs, stop, ...events })
}

/** @throws what the first that failed threw, once none is on its way any more. */
async function all<T>(promises: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

async function openFrontEnd(instance: Instance, started: (() => Promise<void>)[]): Promise<number> {
  const frontEnd = createGoogleFrontEnd(instance)
  const port = await listenOnLoopback(frontEnd)
  started.push(async () => {
    frontEnd.closeAllConnections()
    await new Promise((resolve) => frontEnd.close(resolve))
  })
  return port
}

/** The http functions of a target as they are deployed: those that share a bundle, and each that is deployed on its own. */
export interface HttpService {
  /** The application, with the function's name behind it when that is set apart. */
  name: string
  door: string
  entry: string
  handler: string | undefined
}

export function httpServices(manifest: Manifest): HttpService[] {
  const byEntry = new Map<string, HttpService>()
  for (const one of manifest.functions) {
    if (one.kind !== 'http') continue
    const { entry, handler } = one
    const own = one.trigger.deploy === 'own'
    const service = {
      name: own ? `${manifest.name}-${one.name}` : manifest.name,
      door: own ? `${manifest.platform}/${one.name}` : manifest.platform,
      entry,
      handler,
    }
    if (!byEntry.has(entry) || !own) byEntry.set(entry, service)
  }
  return [...byEntry.values()]
}

/** https://docs.cloud.google.com/run/docs/container-contract#services-env-vars */
function contract(name: string, port: number): Record<string, string> {
  return { PORT: String(port), K_SERVICE: name, K_REVISION: `${name}-00001-abc`, K_CONFIGURATION: name }
}
