import { createRequire } from 'node:module'

/** The file that a specifier means in a module; undefined when the package is not installed there. */
export function resolveFrom(moduleUrl: string, specifier: string): string | undefined {
  try {
    return createRequire(moduleUrl).resolve(specifier)
  } catch {
    return undefined
  }
}
