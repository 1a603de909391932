import { dirname } from 'node:path/posix'

import type { Manifest } from '@isobar/compiler'

/** A folder of a built target that its platform takes as one app. */
export interface Deployable {
  /** The function that is deployed on its own; undefined: the app that all others share. */
  own: string | undefined
  /** Relative to the target's folder; `.` is that folder itself. */
  folder: string
}

/** What a target consists of where each app is a folder, the shared one first. */
export function deployables({ functions }: Pick<Manifest, 'functions'>): Deployable[] {
  const byFolder = new Map<string, Deployable>()
  for (const one of functions) {
    const folder = dirname(one.entry)
    const own = one.kind === 'http' && one.trigger.deploy === 'own' ? one.name : undefined
    if (!byFolder.has(folder)) byFolder.set(folder, { own, folder })
  }
  return [...byFolder.values()].toSorted((a, b) => Number(a.own !== undefined) - Number(b.own !== undefined))
}

/**
 * Starts them side by side.
 * @throws what the first one that failed threw, once those that started have been stopped.
 */
export async function startAll<T extends { stop(): Promise<void> }>(
  all: Deployable[],
  start: (one: Deployable) => Promise<T>,
): Promise<T[]> {
  const settled = await Promise.allSettled(all.map(start))
  const started = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failure = settled.find((one) => one.status === 'rejected')
  if (failure === undefined) return started
  await Promise.all(started.map((one) => one.stop()))
  throw failure.reason
}
