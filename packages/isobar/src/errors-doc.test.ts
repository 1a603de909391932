import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { diagnosticIds } from '@isobar/compiler'
import { misuseIds } from './cli/output.ts'

const root = join(import.meta.dirname, '../../..')
const sources = globSync(['packages/{compiler,isobar}/src/**/*.ts', 'adapters/*/src/**/*.ts'], { cwd: root })
  .filter((file) => !file.includes('.test.') && !file.includes('/testing/') && !file.endsWith('/ids.ts'))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n')

const documented = [...readFileSync(join(root, 'docs/errors.md'), 'utf8').matchAll(/^\| `([a-z-]+)` \|/gm)].map(
  ([, id]) => id ?? '',
)

/** Diagnostics of adapters, which the compiler passes on: those with a severity. */
const ofAdapters = [...sources.matchAll(/\bid: '([a-z-]+)',\s*severity:/g)].map(([, id]) => id ?? '')

test('docs/errors.md has every id once, and no other', () => {
  const known = new Set([...diagnosticIds, ...misuseIds, ...ofAdapters])
  expect(documented.toSorted()).toEqual([...known].toSorted())
})

test('every id is given somewhere', () => {
  const unused = diagnosticIds.filter((id) => !sources.includes(`'${id}'`))
  // One mention is the list itself.
  const unusedMisuse = misuseIds.filter((id) => sources.split(`'${id}'`).length < 3)
  expect([...unused, ...unusedMisuse]).toEqual([])
})
