import { join } from 'node:path'

import type { Manifest } from '@isobar/compiler'

import { deployables, startAll } from '../deployables.ts'
import { running } from '../running.ts'
import type { BootOptions, Host, LogEntry, Running } from '../types.ts'
import { readNotificationRules } from './events/notifications.ts'
import { startEventPlatform } from './events/side.ts'
import { startWorker } from './worker.ts'

/** Boots Workers in workerd, through miniflare. */
export const cloudflareWorkersHost: Host = { platform: 'cloudflare-workers', boot }

async function boot(directory: string, manifest: Manifest, options: BootOptions): Promise<Running> {
  const logs: LogEntry[] = []
  const onLog = (entry: LogEntry): void => {
    logs.push(entry)
    options.onLog?.(entry)
  }
  const platform = await startEventPlatform()
  const all = deployables(manifest)
  const workers = await startAll(all, ({ own, folder }) =>
    startWorker({
      directory: join(directory, folder),
      files: filesIn(manifest.files, folder),
      doorId: own === undefined ? 'cloudflare-workers' : `cloudflare-workers/${own}`,
      broker: platform.broker,
      boot: options,
      onLog,
    }),
  ).catch((error: unknown) => {
    platform.stop()
    throw error
  })
  const stop = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.stop()))
    platform.stop()
  }
  try {
    const rules = await Promise.all(all.map(({ folder }) => readNotificationRules(join(directory, folder))))
    const side = platform.attach(workers, manifest, rules.flat())
    return running({ doors: workers.map(({ door }) => door), logs, stop, ...side })
  } catch (error) {
    await stop()
    throw error
  }
}

function filesIn(files: string[], folder: string): string[] {
  if (folder === '.') return files
  return files.flatMap((file) => (file.startsWith(`${folder}/`) ? [file.slice(folder.length + 1)] : []))
}
