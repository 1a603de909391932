import type { Manifest } from '@isobar/compiler'

import { createFrontDoor } from './front-door.ts'
import { createGoogleFrontEnd } from './google-front-end.ts'
import { startInstance, type Instance } from './instance.ts'
import { ownScript } from './own-script.ts'
import { listenOnLoopback, running } from './running.ts'
import type { RuntimeOptions } from './runtime-process.ts'
import type { BootOptions, FrontDoor, LogEntry, Running } from './types.ts'

/** One service of the platform: a bundle and the functions in it. */
export interface GoogleService {
  /** `http` for the bundle that the shared functions are in, else the function's own name. */
  name: string
  entry: string
  handler: string | undefined
}

export interface GoogleServicesOptions {
  platform: string
  runtime: FrontDoor['runtime']
  /** Between SIGTERM and SIGKILL, in milliseconds. */
  graceMs: number
  process(
    service: GoogleService,
    env: Record<string, string>,
  ): Pick<RuntimeOptions, 'script' | 'cwd' | 'env' | 'preload'>
}

/** Boots every bundle of a target as a service of its own behind Google's front end. */
export async function bootGoogleServices(
  manifest: Manifest,
  options: BootOptions,
  { platform, runtime, graceMs, process }: GoogleServicesOptions,
): Promise<Running> {
  const logs: LogEntry[] = []
  const started: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((end) => end()))
  }
  const doors: FrontDoor[] = []
  try {
    for (const service of services(manifest)) {
      const instance = await startInstance({
        what: `${runtime.name} ${runtime.version}, for ${service.entry},`,
        startTimeoutMs: options.startTimeoutMs,
        graceMs,
        runtime(port) {
          const own = process(service, { ...serviceEnv(manifest.name, service.name, port), ...options.env })
          return {
            ...own,
            preload: [ownScript('#loopback'), ...(own.preload ?? [])],
            onLog(entry) {
              logs.push(entry)
              options.onLog?.(entry)
            },
          }
        },
      })
      started.push(() => instance.stop())
      const port = await openFrontEnd(instance, started)
      const id = service.name === 'http' ? platform : `${platform}/${service.name}`
      doors.push(createFrontDoor({ id, port, runtime, front: 'emulated' }))
    }
  } catch (error) {
    await stop()
    throw error
  }
  return running({ doors, logs, stop })
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

function services(manifest: Manifest): GoogleService[] {
  const byEntry = new Map<string, GoogleService>()
  for (const one of manifest.functions) {
    if (one.kind !== 'http') continue
    const { entry, handler } = one
    const service = { name: one.trigger.deploy === 'own' ? one.name : 'http', entry, handler }
    if (!byEntry.has(entry) || service.name === 'http') byEntry.set(entry, service)
  }
  return [...byEntry.values()]
}

/** https://docs.cloud.google.com/run/docs/container-contract#services-env-vars */
function serviceEnv(application: string, service: string, port: number): Record<string, string> {
  const name = service === 'http' ? application : `${application}-${service}`
  return { PORT: String(port), K_SERVICE: name, K_REVISION: `${name}-00001-abc`, K_CONFIGURATION: name }
}
