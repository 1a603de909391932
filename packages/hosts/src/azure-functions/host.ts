import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Manifest } from '@isobar/compiler'

import { createFrontDoor } from '../front-door.ts'
import { listenOnLoopback, running } from '../running.ts'
import type { BootOptions, Host, LogEntry, Running } from '../types.ts'
import { requireVendor } from '../vendor.ts'
import { environment, hostname } from './environment.ts'
import { createFrontEnd } from './front-end.ts'
import { createPipeline } from './pipeline.ts'
import { createWorkerPool } from './worker-pool.ts'

export interface AzureSettings {
  /**
   * How long a function that has returned may leave its client without an answer, in milliseconds; Azure waits 240 s for one
   * that can no longer come. @default 10000
   */
  hangTimeoutMs?: number
  /** How long a client waits for an answer to begin, in milliseconds. @default 230000, as in Azure */
  answerTimeoutMs?: number
}

/** Boots an Azure Functions app: the real `@azure/functions` in a child process, our model of the host in front. */
export const azureFunctionsHost: Host = createAzureFunctionsHost()

export function createAzureFunctionsHost(settings: AzureSettings = {}): Host {
  const limits = { hangTimeoutMs: 10_000, answerTimeoutMs: 230_000, ...settings }
  return {
    platform: 'azure-functions',
    boot: (directory, manifest, options) => boot(directory, manifest, options, limits),
  }
}

async function boot(
  directory: string,
  manifest: Manifest,
  options: BootOptions,
  limits: Required<AzureSettings>,
): Promise<Running> {
  const library = requireVendor('@azure/functions', directory)
  const logs: LogEntry[] = []
  const onLog = (entry: LogEntry): void => {
    logs.push(entry)
    options.onLog?.(entry)
  }
  const [{ main }, { routePrefix }] = await Promise.all([readPackage(directory), readHost(directory)])
  const app = { name: manifest.name, hostname: hostname(manifest.name) }
  const env = { ...environment(app, directory), ...options.env }
  const pool = await createWorkerPool({
    directory,
    main,
    routePrefix,
    library: `${library.name} ${library.version}`,
    env,
    startTimeoutMs: options.startTimeoutMs,
    onLog,
  })
  try {
    const mode = pool.current.httpUri === undefined ? 'buffered' : 'streaming'
    assertFrontDoor(manifest, mode)
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
    return running({
      doors: [
        createFrontDoor({
          id: `azure-functions/${mode}`,
          port,
          runtime: { name: library.name, version: library.version },
          front: 'emulated',
        }),
      ],
      logs,
      async stop() {
        server.close()
        server.closeAllConnections()
        await pool.stop()
      },
    })
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
async function readHost(directory: string): Promise<{ routePrefix: string }> {
  const { extensions } = await readJson(directory, 'host.json')
  const prefix = at(at(extensions, 'http'), 'routePrefix')
  return { routePrefix: typeof prefix === 'string' ? prefix.replaceAll(/^\/+|\/+$/g, '') : 'api' }
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

function assertFrontDoor(manifest: Manifest, mode: 'buffered' | 'streaming'): void {
  if (manifest.frontDoor === undefined || manifest.frontDoor === mode) return
  const call = mode === 'streaming' ? 'enables HTTP streaming' : 'does not enable HTTP streaming'
  throw new Error(
    `The app ${manifest.name} ${call} (app.setup of @azure/functions), but its manifest says frontDoor "${manifest.frontDoor}"; expected "${mode}".`,
  )
}
