import type { Manifest, ManifestFunction } from '@isobar/compiler'
import type { EventKind } from '@isobar/core'

import { folderWith } from '../../testing.ts'
import type { BootOptions, Running } from '../../types.ts'
import { azureFunctionsHost } from '../host.ts'
import { manifest } from '../testing.ts'

/** What the tests of this folder share; not part of the package. */

export interface BootedEvents extends AsyncDisposable {
  running: Running
  /** What the functions have printed with `told(value)`, in its order. */
  told(): unknown[]
}

export interface EventAppOptions extends BootOptions {
  /** Functions of the manifest by name: `{ ship: 'queue:orders' }`. */
  functions: Record<string, `${EventKind}:${string}`>
  host?: object
  files?: Record<string, string>
}

const extensionBundle = { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.*, 5.0.0)' }

/** Boots an app of one ES module, which registers its functions, with the real library. */
export async function bootEvents(source: string, options: EventAppOptions): Promise<BootedEvents> {
  const { functions, host = {}, files, ...boot } = options
  const folder = folderWith({
    'package.json': JSON.stringify({ type: 'module', main: 'index.mjs' }),
    'host.json': JSON.stringify({ version: '2.0', extensionBundle, ...host }),
    'index.mjs': `import { app, output } from '@azure/functions'
import { log } from '@azure/functions-core'
// Over the host's own channel, so that it is there before the end of the invocation is.
const told = (value) => log('information', 'user', JSON.stringify({ told: value }))
${source}`,
    ...files,
  })
  try {
    const running = await azureFunctionsHost.boot(folder.path, manifestOf(functions), boot)
    return {
      running,
      told: () =>
        running.logs.flatMap(({ fields }) => (fields !== undefined && 'told' in fields ? [fields['told']] : [])),
      async [Symbol.asyncDispose]() {
        await running.stop()
        folder[Symbol.dispose]()
      },
    }
  } catch (error) {
    folder[Symbol.dispose]()
    throw error
  }
}

/** The outcomes of every delivery and how it ended: `['retry retry ack acknowledged']`. */
export function ends({ running }: BootedEvents): string[] {
  return running
    .deliveries()
    .map(({ attempts, end }) =>
      [...attempts.map(({ outcome }) => outcome ?? '-'), ...(end === undefined ? [] : [end])].join(' '),
    )
}

/** Milliseconds between when each delivery was sent and its attempts. */
export function attemptTimes({ running }: BootedEvents): number[][] {
  return running.deliveries().map(({ sentAt, attempts }) => attempts.map(({ at }) => at.getTime() - sentAt.getTime()))
}

function manifestOf(functions: EventAppOptions['functions']): Manifest {
  const {
    functions: [http],
    ...rest
  } = manifest()
  if (http === undefined) throw new Error('The manifest for tests has no function.')
  const { kind: _kind, trigger: _trigger, ...part } = http
  return {
    ...rest,
    functions: Object.entries(functions).map(([name, source]) => ({ ...part, name, ...triggerOf(source) })),
  }
}

type Triggered = {
  [Kind in EventKind]: Pick<ManifestFunction & { kind: Kind }, 'kind' | 'trigger' | 'resource'>
}[EventKind]

function triggerOf(source: string): Triggered {
  const [kind = '', ...rest] = source.split(':')
  const logical = rest.join(':')
  const resource = { logical, physical: logical }
  if (kind === 'queue') return { kind, trigger: { queue: logical }, resource }
  if (kind === 'topic') return { kind, trigger: { topic: logical }, resource }
  if (kind === 'schedule') return { kind, trigger: { cron: '* * * * *' }, resource }
  if (kind === 'storage') return { kind, trigger: { bucket: logical }, resource }
  if (kind === 'stream') return { kind, trigger: { stream: logical }, resource }
  if (kind === 'changes') return { kind, trigger: { table: logical }, resource }
  return { kind: 'event', trigger: { type: logical }, resource }
}
