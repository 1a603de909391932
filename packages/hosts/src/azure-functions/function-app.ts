import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { createFrontDoor } from '../front-door.ts'
import { listenOnLoopback } from '../running.ts'
import type { BootOptions, FrontDoor, LogEntry } from '../types.ts'
import { requireVendor } from '../vendor.ts'
import { environment, hostname } from './environment.ts'
import { createFrontEnd } from './front-end.ts'
import { eventFunctions } from './events/event-function.ts'
import { readSettings, type EventSettings } from './events/settings.ts'
import { createPipeline } from './pipeline.ts'
import { createWorkerPool, type WorkerPool } from './worker-pool.ts'

export interface AppLimits {
  /**
   * How long a function that has returned may leave its client without an answer, in milliseconds; Azure waits 240 s for one
   * that can no longer come. @default 10000
   */
  hangTimeoutMs: number
  /** How long a client waits for an answer to begin, in milliseconds. @default 230000, as in Azure */
  answerTimeoutMs: number
}

export interface AppOptions {
  /** The folder that is deployed: host.json and package.json stand in it. */
  directory: string
  /** The app's name in Azure. */
  name: string
  /** Set behind the id of the door. */
  doorSuffix: string
  /** The mode that the manifest promises. */
  frontDoor: string | undefined
  boot: BootOptions
  limits: AppLimits
  onLog(entry: LogEntry): void
}

/** A function app with its own worker process. */
export interface FunctionApp {
  /** Absent where there are functions and none of them is for HTTP. */
  door: FrontDoor | undefined
  pool: WorkerPool
  settings: EventSettings
  stop(): Promise<void>
}

/** @throws Error that says what is wrong with the app's files, or what the worker printed when it cannot be loaded. */
export async function startFunctionApp(options: AppOptions): Promise<FunctionApp> {
  const { directory, name, boot, limits, onLog } = options
  const library = requireVendor('@azure/functions', directory)
  const [{ main }, { routePrefix, settings }] = await Promise.all([readPackage(directory), readHost(directory)])
  const app = { name, hostname: hostname(name) }
  const env = { ...environment(app, directory), ...boot.env }
  const pool = await createWorkerPool({
    directory,
    main,
    routePrefix,
    library: `${library.name} ${library.version}`,
    env,
    startTimeoutMs: boot.startTimeoutMs,
    onLog,
  })
  try {
    const { functions, registered } = pool.current
    if (functions.length === 0 && eventFunctions(registered).length > 0) {
      return { door: undefined, pool, settings, stop: () => pool.stop() }
    }
    const mode = pool.current.httpUri === undefined ? 'buffered' : 'streaming'
    assertFrontDoor(options, mode)
    const server = createFrontEnd(
      createPipeline({
        pool,
        app,
        homepage: env['AzureWebJobsDisableHomepage']?.toLowerCase() !== 'true',
        ...limits,
        onLog,
        newInvocationId: randomUUID,
      }),
    )
    const port = await listenOnLoopback(server)
    return {
      door: createFrontDoor({
        id: `azure-functions/${mode}${options.doorSuffix}`,
        port,
        runtime: { name: library.name, version: library.version },
        front: 'emulated',
      }),
      pool,
      settings,
      async stop() {
        server.close()
        server.closeAllConnections()
        await pool.stop()
      },
    }
  } catch (error) {
    await pool.stop()
    throw error
  }
}

async function readPackage(directory: string): Promise<{ main: string }> {
  const { main } = await readJson(directory, 'package.json')
  if (typeof main === 'string') return { main }
  throw new Error(
    `${join(directory, 'package.json')} has no "main": it must name the file that registers the functions.`,
  )
}

// https://learn.microsoft.com/azure/azure-functions/functions-host-json#http
async function readHost(directory: string): Promise<{ routePrefix: string; settings: EventSettings }> {
  const host = await readJson(directory, 'host.json')
  const prefix = at(at(host['extensions'], 'http'), 'routePrefix')
  const routePrefix = typeof prefix === 'string' ? prefix.replaceAll(/^\/+|\/+$/g, '') : 'api'
  return { routePrefix, settings: readSettings(host) }
}

async function readJson(directory: string, name: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(join(directory, name), 'utf8'))
  } catch (cause) {
    throw new Error(`An Azure Functions app needs a readable ${name} in ${directory}.`, { cause })
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

function assertFrontDoor({ name, frontDoor }: AppOptions, mode: 'buffered' | 'streaming'): void {
  if (frontDoor === undefined || frontDoor === mode) return
  const call = mode === 'streaming' ? 'enables HTTP streaming' : 'does not enable HTTP streaming'
  throw new Error(
    `The app ${name} ${call} (app.setup of @azure/functions), but its manifest says frontDoor "${frontDoor}"; expected "${mode}".`,
  )
}
