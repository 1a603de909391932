import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Manifest, ManifestFunction } from '@isobar/compiler'
import { capabilityKeys, type Capabilities } from '@isobar/core'

import { testManifest } from '../testing.ts'
import type { BootOptions, FrontDoor, Running } from '../types.ts'
import { cloudflareWorkersHost } from './host.ts'

export { eventually, header, text } from '../testing.ts'

/** What the tests of this folder share; not part of the package. */

export interface BootedWorker extends AsyncDisposable {
  running: Running
  door: FrontDoor
  lines(): string[]
}

export interface WorkerOptions extends BootOptions {
  /** Members of wrangler.jsonc, beside the least that it needs. */
  configuration?: object
  /** Other files of the target. */
  files?: Record<string, string | Uint8Array>
  /** Functions of events in the Worker, beside the one of all requests. */
  functions?: ManifestFunction[]
}

/** A folder with the worker of one module, as the compiler would leave it. */
export async function writeWorker(
  source: string,
  { configuration, files, functions }: WorkerOptions = {},
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'isobar-cloudflare-workers-'))
  const settings = { name: 'shop', main: 'worker.mjs', compatibility_date: '2026-07-01', ...configuration }
  await writeFile(join(directory, 'wrangler.jsonc'), `// written by a test\n${JSON.stringify(settings)}`)
  await writeFile(join(directory, 'worker.mjs'), source)
  for (const [name, contents] of Object.entries(files ?? {})) await writeFile(join(directory, name), contents)
  await writeFile(join(directory, 'manifest.json'), JSON.stringify(manifest(Object.keys(files ?? {}), functions)))
  return directory
}

/** Boots a worker of one module in workerd. */
export async function bootWorker(source: string, options: WorkerOptions = {}): Promise<BootedWorker> {
  const { configuration: _configuration, files, functions, ...boot } = options
  const directory = await writeWorker(source, options)
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true })
  let running: Running
  try {
    running = await cloudflareWorkersHost.boot(directory, manifest(Object.keys(files ?? {}), functions), boot)
  } catch (error) {
    await remove()
    throw error
  }
  const [door] = running.doors
  if (door === undefined) throw new Error('The host offers no door.')
  return {
    running,
    door,
    lines: () => running.logs.map(({ line }) => line),
    async [Symbol.asyncDispose]() {
      await running.stop()
      await remove()
    },
  }
}

/** Of a target with one Worker that all functions share. */
export function manifest(files: string[], functions: ManifestFunction[] = []): Manifest {
  const base = testManifest('cloudflare-workers', 'worker.mjs', 'default')
  return {
    ...base,
    functions: [...base.functions, ...functions],
    capabilities: Object.fromEntries(capabilityKeys.map((key) => [key, true])) as Capabilities,
    limits: { requestBytes: 0, responseBytes: 0, timeoutMs: null },
    files: ['worker.mjs', 'wrangler.jsonc', ...files],
  }
}

const parts = {
  source: 'functions/all.ts',
  entry: 'worker.mjs',
  bytes: 0,
  gzip: 0,
  shim: { file: 'worker.mjs', bytes: 0, gzip: 0 },
}

/** A function of that Worker that listens to a queue. */
export function queueFunction(name: string, queue: string, physical: string = queue): ManifestFunction {
  return { ...parts, name, kind: 'queue', trigger: { queue }, resource: { logical: queue, physical } }
}

export function topicFunction(name: string, topic: string): ManifestFunction {
  return { ...parts, name, kind: 'topic', trigger: { topic }, resource: { logical: topic, physical: topic } }
}

export function scheduleFunction(name: string, cron: string): ManifestFunction {
  return { ...parts, name, kind: 'schedule', trigger: { cron }, resource: { logical: cron, physical: cron } }
}

export function storageFunction(name: string, bucket: string): ManifestFunction {
  return { ...parts, name, kind: 'storage', trigger: { bucket }, resource: { logical: bucket, physical: bucket } }
}

export interface Process {
  pid: number
  parent: number
  name: string
}

/** Reads /proc: the processes below one, itself left out. */
export function descendants(root: number): Process[] {
  const all = readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? (readProcess(Number(entry)) ?? []) : []))
  const found: Process[] = []
  const parents = new Set([root])
  for (let size = -1; size !== parents.size;) {
    size = parents.size
    for (const child of all) {
      if (!parents.has(child.parent) || parents.has(child.pid)) continue
      parents.add(child.pid)
      found.push(child)
    }
  }
  return found
}

function readProcess(pid: number): (Process & { state: string }) | undefined {
  try {
    const { name, state, parent } =
      /^\d+ \((?<name>.*)\) (?<state>\S) (?<parent>\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.groups ?? {}
    return { pid, name: name ?? '', state: state ?? '', parent: Number(parent) }
  } catch {
    return undefined
  }
}

/** A zombie has ended; only its parent has not asked yet. */
export function isAlive(pid: number): boolean {
  const found = readProcess(pid)
  return found !== undefined && found.state !== 'Z'
}
