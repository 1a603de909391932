import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root: string = join(import.meta.dirname, '..')

export interface PackageManifest {
  name: string
  private?: boolean
  engines?: { node?: string }
  exports?: Record<string, string | { types?: string; default?: string }>
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

export interface Member {
  /** POSIX path relative to the root. */
  folder: string
  manifest: PackageManifest
}

/** The packages that are published, each after the ones that it depends on. */
export function publishedPackages(from: string = root): Member[] {
  const all = ['packages', 'adapters']
    .flatMap((parent) => readdirSync(join(from, parent)).map((name) => `${parent}/${name}`))
    .concat('conformance')
    .map((folder): Member => ({ folder, manifest: readManifest(join(from, folder)) }))
  const names = new Set(all.map(({ manifest }) => manifest.name))
  const sorted: Member[] = []
  while (sorted.length < all.length) {
    const done = new Set(sorted.map(({ manifest }) => manifest.name))
    const ready = all.filter(
      ({ manifest }) =>
        !done.has(manifest.name) &&
        Object.keys(manifest.dependencies ?? {}).every((name) => !names.has(name) || done.has(name)),
    )
    if (ready.length === 0) throw new Error('The packages depend on each other in a circle.')
    sorted.push(...ready)
  }
  return sorted
}

export function readManifest(folder: string): PackageManifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
