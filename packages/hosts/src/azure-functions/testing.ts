import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Manifest } from '@isobar/compiler'
import { capabilityKeys, type Capabilities } from '@isobar/core'

import { testManifest } from '../testing.ts'
import type { BootOptions, FrontDoor, Running } from '../types.ts'
import { createAzureFunctionsHost } from './host.ts'

export { eventually, header, text } from '../testing.ts'

/** What the tests of this folder share; not part of the package. */

export interface BootedApp extends AsyncDisposable {
  running: Running
  door: FrontDoor
  lines(): string[]
}

export interface AppOptions extends BootOptions {
  frontDoor?: 'buffered' | 'streaming'
  host?: object
  settings?: Parameters<typeof createAzureFunctionsHost>[0]
}

/** Boots an app of one ES module, which registers its functions, with the real library. */
export async function bootApp(source: string, options: AppOptions = {}): Promise<BootedApp> {
  const { frontDoor, host = { extensions: { http: { routePrefix: '' } } }, settings, ...boot } = options
  const directory = await mkdtemp(join(tmpdir(), 'isobar-azure-functions-'))
  await writeFile(join(directory, 'package.json'), JSON.stringify({ type: 'module', main: 'index.mjs' }))
  await writeFile(join(directory, 'host.json'), JSON.stringify({ version: '2.0', ...host }))
  await writeFile(join(directory, 'index.mjs'), `import { app } from '@azure/functions'\n${source}`)
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true })
  let running: Running
  try {
    running = await createAzureFunctionsHost(settings).boot(directory, manifest(frontDoor), boot)
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

/** Of a target with one app that all functions share. */
export function manifest(frontDoor?: 'buffered' | 'streaming'): Manifest {
  return {
    ...testManifest('azure-functions', 'index.mjs'),
    capabilities: Object.fromEntries(capabilityKeys.map((key) => [key, true])) as Capabilities,
    limits: { requestBytes: 0, responseBytes: 0, timeoutMs: null },
    files: ['index.mjs'],
    ...(frontDoor !== undefined && { frontDoor }),
  }
}
