import { createRequire } from 'node:module'

/**
 * The file of a script that this package runs in another process. It is named in `imports` of package.json and always
 * the built one, also when this module itself is run from its source.
 */
export function ownScript(name: '#loopback' | '#watcher' | (string & {})): string {
  return createRequire(import.meta.url).resolve(name)
}
