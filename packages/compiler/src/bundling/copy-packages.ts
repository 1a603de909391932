import { existsSync, realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { glob } from 'tinyglobby'
import type { OutputFile } from '../output-folder.ts'
import type { Diagnostic } from '../types.ts'

interface InstalledPackage {
  name: string
  directory: string
  dependencies: string[]
}

/**
 * The files of packages and of all that they depend on, as a `node_modules` folder. A dependency that two packages
 * have in different versions stands below the one that found it second.
 */
export async function copyPackages(options: {
  root: string
  /** Package names. */
  packages: readonly string[]
  /** POSIX; the folder that gets `node_modules`. */
  into: string
}): Promise<{ files: OutputFile[]; diagnostics: Diagnostic[] }> {
  const diagnostics: Diagnostic[] = []
  /** Real folder of each package by its place below `into`. */
  const places = new Map<string, string>()
  const top = options.into === '.' ? 'node_modules' : `${options.into}/node_modules`

  const place = async (name: string, from: string, nested: string, optional: boolean): Promise<void> => {
    const found = await findPackage(name, from)
    if (!found) {
      if (!optional) diagnostics.push(notInstalled(name))
      return
    }
    let location = `${top}/${name}`
    const known = places.get(location)
    if (known === found.directory) return
    if (known !== undefined) location = `${nested}/node_modules/${name}`
    if (places.has(location)) return
    places.set(location, found.directory)
    for (const dependency of found.dependencies) await place(dependency, found.directory, location, true)
  }
  for (const name of options.packages) await place(name, options.root, options.into, false)

  const files = await Promise.all([...places].map(([location, directory]) => packageFiles(location, directory)))
  return { files: files.flat(), diagnostics }
}

/** `@scope/name/file` belongs to `@scope/name`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

async function findPackage(name: string, from: string): Promise<InstalledPackage | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'node_modules', name, 'package.json')
    if (existsSync(file)) {
      const manifest: unknown = JSON.parse(await readFile(file, 'utf8'))
      return { name, directory: realpathSync(dirname(file)), dependencies: dependenciesOf(manifest) }
    }
    if (folder === dirname(folder)) return undefined
  }
}

function dependenciesOf(manifest: unknown): string[] {
  if (typeof manifest !== 'object' || manifest === null) return []
  const fields = Object.entries(manifest).filter(([key]) => /^(?:optionalD|peerD|d)ependencies$/.test(key))
  return fields
    .flatMap(([, value]) => (typeof value === 'object' && value !== null ? Object.keys(value) : []))
    .toSorted()
}

async function packageFiles(location: string, directory: string): Promise<OutputFile[]> {
  const paths = await glob('**/*', { cwd: directory, dot: true, ignore: ['node_modules/**'], expandDirectories: false })
  return Promise.all(
    paths.map(async (path) => ({ path: `${location}/${path}`, contents: await readFile(join(directory, path)) })),
  )
}

function notInstalled(name: string): Diagnostic {
  return {
    id: 'external-not-installed',
    severity: 'error',
    text: `The config's bundle.external names '${name}', and that package is not installed.`,
    notes: ['Install it, or take it out of the list.'],
  }
}
