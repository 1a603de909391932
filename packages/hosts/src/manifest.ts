import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Manifest } from '@isobar/compiler'

/**
 * Reads the manifest of a built target.
 * @throws Error that says what to do when the folder holds none, or one of another platform.
 */
export async function readManifest(directory: string, platform: string): Promise<Manifest> {
  const file = join(directory, 'manifest.json')
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new Error(`${directory} holds no built target: ${file} cannot be read. Build it first: npx isobar build`, {
      cause,
    })
  }
  const manifest = parse(text)
  const problem = manifest === undefined ? 'it is not JSON' : problemOf(manifest)
  if (problem !== undefined || !isManifest(manifest)) {
    throw new Error(`${file} is no manifest of a built target: ${problem}. Build it again: npx isobar build`)
  }
  if (manifest.platform !== platform) {
    throw new Error(
      `${directory} was built for ${manifest.platform}, it cannot be booted as ${platform}. ` +
        `Boot it as ${manifest.platform}, or give the folder of a target for ${platform}.`,
    )
  }
  return manifest
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isManifest(value: unknown): value is Manifest {
  return problemOf(value) === undefined
}

/** Only what a host relies on: a later version may add more. */
function problemOf(value: unknown): string | undefined {
  if (!isObject(value)) return 'it is no object'
  for (const key of ['isobar', 'target', 'platform', 'name']) {
    if (typeof value[key] !== 'string') return `"${key}" is no string`
  }
  if (!Array.isArray(value['functions']) || value['functions'].length === 0) return '"functions" names no function'
  const broken = value['functions'].findIndex((entry: unknown) => {
    return (
      !isObject(entry) ||
      typeof entry['name'] !== 'string' ||
      typeof entry['entry'] !== 'string' ||
      !isObject(entry['trigger'])
    )
  })
  return broken === -1 ? undefined : `functions[${broken}] lacks "name", "entry" or "trigger"`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
