import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { glob } from 'tinyglobby'
import { compareText } from '../diagnostics/diagnostics.ts'
import type { Diagnostic } from '../types.ts'

/** Never functions: tests, declarations, and what other tools generate. */
const ignored = [
  '**/node_modules/**',
  '**/.*/**',
  '**/*.d.{ts,mts,cts}',
  '**/*.{test,spec,bench,test-d}.*',
  '**/__tests__/**',
  '**/__mocks__/**',
  '**/*.{gen,generated}.*',
]

/** Source files that `functions` of the config means, POSIX and relative to the project, sorted. */
export async function findFunctionFiles(
  root: string,
  functions: string | readonly string[],
): Promise<{ files: string[]; diagnostics: Diagnostic[] }> {
  const diagnostics: Diagnostic[] = []
  const patterns: string[] = []
  for (const entry of [functions].flat()) {
    const path = join(root, entry)
    const exists = existsSync(path)
    if (exists && statSync(path).isDirectory()) {
      patterns.push(`${entry.replace(/\/+$/, '')}/**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}`)
    } else if (exists || /[*?{}[\]!]/.test(entry)) {
      patterns.push(entry)
    } else {
      diagnostics.push({
        id: 'functions-not-found',
        severity: 'error',
        text: `The config's 'functions' names '${entry}', and there is no such file or folder.`,
        notes: [`Create it, or set 'functions' to the folder that has your functions. It was looked for in ${root}.`],
      })
    }
  }
  if (patterns.length === 0) return { files: [], diagnostics }
  const files = await glob(patterns, { cwd: root, ignore: ignored, onlyFiles: true, expandDirectories: false })
  return { files: files.toSorted(compareText), diagnostics }
}
