import { join } from 'node:path'

import type { Manifest } from '@isobar/compiler'

import { dirname } from 'node:path/posix'

import { deployables, startAll } from '../deployables.ts'
import { noEvents } from '../events/none.ts'
import { running } from '../running.ts'
import type { BootOptions, Host, LogEntry, Running } from '../types.ts'
import { startEvents } from './events/event-side.ts'
import { startFunctionApp, type AppLimits } from './function-app.ts'

/** What a user of the host may set; the rest is Azure's. */
export type AzureSettings = Partial<AppLimits>

/** Boots Azure Functions apps: the real `@azure/functions` in child processes, our model of the host in front. */
export const azureFunctionsHost: Host = createAzureFunctionsHost()

export function createAzureFunctionsHost(settings: AzureSettings = {}): Host {
  const limits = { hangTimeoutMs: 10_000, answerTimeoutMs: 230_000, ...settings }
  return {
    platform: 'azure-functions',
    boot: (directory, manifest, options) => boot(directory, manifest, options, limits),
  }
}

async function boot(directory: string, manifest: Manifest, options: BootOptions, limits: AppLimits): Promise<Running> {
  const logs: LogEntry[] = []
  const onLog = (entry: LogEntry): void => {
    logs.push(entry)
    options.onLog?.(entry)
  }
  const apps = await startAll(deployables(manifest), async ({ own, folder }) => {
    const app = await startFunctionApp({
      directory: join(directory, folder),
      name: own === undefined ? manifest.name : `${manifest.name}-${own}`,
      doorSuffix: own === undefined ? '' : `/${own}`,
      frontDoor: manifest.frontDoor,
      boot: options,
      limits,
      onLog,
    })
    const inFolder = manifest.functions.filter(({ entry }) => dirname(entry) === folder)
    return { ...app, directory: join(directory, folder), functions: inFolder.map(({ name }) => name) }
  })
  const stopApps = async (): Promise<void> => {
    await Promise.all(apps.map((app) => app.stop()))
  }
  try {
    const hasEvents = manifest.functions.some(({ kind }) => kind !== 'http')
    const events = hasEvents ? await startEvents({ directory, manifest, apps, onLog }) : undefined
    return running({
      doors: apps.flatMap(({ door }) => (door === undefined ? [] : [door])),
      logs,
      ...(events ?? noEvents()),
      async stop() {
        await Promise.all([stopApps(), events?.stop()])
      },
    })
  } catch (error) {
    await stopApps()
    throw error
  }
}
