import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** A vendor's package as it is installed. */
export interface Vendor {
  name: string
  version: string
  /** The package's folder. */
  directory: string
}

/**
 * Finds a vendor's runtime, which is an optional peer: in the project that `directory` belongs to, else beside this package.
 * @throws Error that names the command which adds it.
 */
export function requireVendor(name: string, directory: string): Vendor {
  // package.json is looked up as a file: `exports` of many packages do not let it be required.
  for (const from of [join(directory, 'index.js'), import.meta.url]) {
    for (const folder of createRequire(from).resolve.paths(name) ?? []) {
      const file = join(folder, name, 'package.json')
      if (!existsSync(file)) continue
      const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'))
      return { name, version, directory: join(folder, name) }
    }
  }
  throw new Error(
    // The command on a line of its own: a report cuts long lines.
    `The runtime ${name} is not installed, and ${directory} needs it.\nAdd it: npm install --save-dev ${name}`,
  )
}
