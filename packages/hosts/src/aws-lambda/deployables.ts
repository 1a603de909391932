import { dirname } from 'node:path'
import { basename, extname } from 'node:path/posix'

import type { Manifest, ManifestFunction } from '@isobar/compiler'

/** The folder of the functions that share a router. */
export const shared = 'http'

/** One Lambda function of a built target. */
export interface Deployable {
  folder: string
  handler: string
  /** What it is called where the template gives it no name. */
  physicalName: string
  /** The physical name is what a deployment makes of it; a caller knows the folder and the functions in it. */
  names: string[]
  /** What it serves. */
  functions: ManifestFunction[]
}

/** One Lambda function for each entry of the manifest, the shared one first. */
export function deployables({ name, functions }: Manifest): Deployable[] {
  const entries = [...new Set(functions.map(({ entry }) => entry))]
  return entries
    .map((entry): Deployable => {
      const inside = functions.filter((one) => one.entry === entry)
      const folder = dirname(entry)
      const physicalName = `${name}-${folder}`.replaceAll(/[^A-Za-z0-9_-]/g, '-')
      return {
        folder,
        handler: `${basename(entry, extname(entry))}.${inside[0]?.handler ?? 'handler'}`,
        physicalName,
        names: [physicalName, folder, ...inside.map((one) => one.name)],
        functions: inside,
      }
    })
    .toSorted((a, b) => Number(b.folder === shared) - Number(a.folder === shared))
}
