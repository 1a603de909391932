import { readFileSync } from 'node:fs'

/** The version in this package's manifest. */
export function version(): string {
  // From `dist/`, where the CLI is one file.
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return manifest.version
}
