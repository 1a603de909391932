import { join } from 'node:path'

import type { Manifest } from '@isobar/compiler'

import { deployables, startAll } from '../deployables.ts'
import { running } from '../running.ts'
import type { BootOptions, Host, LogEntry, Running } from '../types.ts'
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
  const apps = await startAll(deployables(manifest), ({ own, folder }) =>
    startFunctionApp({
      directory: join(directory, folder),
      name: own === undefined ? manifest.name : `${manifest.name}-${own}`,
      doorSuffix: own === undefined ? '' : `/${own}`,
      frontDoor: manifest.frontDoor,
      boot: options,
      limits,
      onLog,
    }),
  )
  return running({
    doors: apps.map(({ door }) => door),
    logs,
    async stop() {
      await Promise.all(apps.map((app) => app.stop()))
    },
  })
}
