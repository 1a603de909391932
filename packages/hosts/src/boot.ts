import { resolve } from 'node:path'

import { readManifest } from './manifest.ts'
import { platforms } from './platforms.ts'
import type { BootOptions, Host, Running } from './types.ts'

/**
 * Boots a built target on loopback.
 * @param target a platform's name, or the Host of a target that is not Isobar's own.
 * @param directory the folder that holds `manifest.json`.
 * @throws Error when there is no such target, its runtime is not installed, or the runtime does not start.
 */
export async function boot(target: string | Host, directory: string, options: BootOptions = {}): Promise<Running> {
  const folder = resolve(directory)
  const host = typeof target === 'string' ? await hostOf(target) : target
  const manifest = await readManifest(folder, host.platform)
  return host.boot(folder, manifest, options)
}

async function hostOf(platform: string): Promise<Host> {
  const load = Object.hasOwn(platforms, platform) ? platforms[platform] : undefined
  if (load === undefined) {
    const known = Object.keys(platforms).join(', ')
    throw new Error(
      `There is no host for the platform ${JSON.stringify(platform)}. Known are ${known}; for another one, give its Host.`,
    )
  }
  return load()
}
