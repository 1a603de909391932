/** Breaks each rule of who may import whom in a copy of the layout, and sees the lint fail. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { afterAll, expect, test } from 'vitest'

import { root } from './workspace.ts'

const layout = mkdtempSync(join(tmpdir(), 'isobar-import-rules-'))
cpSync(join(root, '.oxlintrc.json'), join(layout, '.oxlintrc.json'))
afterAll(() => rmSync(layout, { recursive: true }))

function lint(path: string, source: string): string {
  const file = join(layout, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, source)
  try {
    execFileSync('oxlint', [path], { cwd: layout, stdio: 'pipe' })
    return 'passes'
  } catch (error) {
    return String((error as { stdout: Buffer }).stdout)
  } finally {
    rmSync(file)
  }
}

const value = (specifier: string): string => `import { x } from '${specifier}'\n\nexport const y = x\n`
const type = (specifier: string): string => `import type { X } from '${specifier}'\n\nexport type Y = X\n`

test.each([
  ['core imports nothing', 'packages/core/src/a.ts', value('node:fs'), value('./b.ts')],
  ['core has no dependency', 'packages/core/src/adapter/a.ts', value('ms'), value('../b.ts')],
  [
    'a runtime half takes core/adapter only',
    'adapters/aws-lambda/src/a.ts',
    value('@isobar/core'),
    value('@isobar/core/adapter'),
  ],
  ['a runtime half takes no vendor package', 'adapters/aws-lambda/src/a.ts', type('aws-lambda'), value('./b.ts')],
  ['a runtime half takes no node:*', 'adapters/cloud-run/src/a.ts', value('node:http'), value('@isobar/core/adapter')],
  [
    'one vendor’s library does not run on another',
    'adapters/cloud-run/src/a.ts',
    value('@azure/functions'),
    value('./b.ts'),
  ],
  [
    'the library that runs in production is imported by the shim',
    'adapters/azure-functions/src/a.ts',
    value('@azure/functions'),
    type('@azure/functions'),
  ],
  [
    'no other package of the vendor',
    'adapters/azure-functions/src/a.ts',
    type('@azure/storage-queue'),
    type('@azure/functions'),
  ],
  [
    'only Google’s runtime halves take what they share',
    'adapters/aws-lambda/src/a.ts',
    value('@isobar/google-events'),
    value('@isobar/core/adapter'),
  ],
  [
    'Google’s runtime halves take core/adapter and what they share',
    'adapters/cloud-run/src/a.ts',
    value('@isobar/google-events/build'),
    value('@isobar/google-events'),
  ],
  [
    'what Google’s targets share takes core/adapter only',
    'adapters/google-events/src/a.ts',
    value('google-auth-library'),
    value('@isobar/core/adapter'),
  ],
  [
    'the vendor’s library has an entry of its own',
    'adapters/google-events/src/google-auth.ts',
    value('@isobar/core/adapter'),
    value('google-auth-library'),
  ],
  [
    'only Google’s build halves take what they share',
    'adapters/aws-lambda/src/build.ts',
    value('@isobar/google-events/build'),
    value('yaml'),
  ],
  [
    'Google’s build halves never load the runtime half of what they share',
    'adapters/google-cloud-functions/src/build.ts',
    value('@isobar/google-events'),
    value('@isobar/google-events/build'),
  ],
  ['a build half takes types of core', 'adapters/cloud-run/src/build.ts', value('@isobar/core'), type('@isobar/core')],
  [
    'a build half takes types of the compiler',
    'adapters/cloud-run/src/build.ts',
    value('@isobar/compiler'),
    type('@isobar/compiler'),
  ],
  [
    'a build half never loads its runtime half',
    'adapters/cloud-run/src/build.ts',
    value('./index.ts'),
    value('./capabilities.ts'),
  ],
  [
    'the compiler loads no adapter',
    'packages/compiler/src/a.ts',
    value('@isobar/cloud-run'),
    value('@isobar/core/adapter'),
  ],
  ['the compiler knows no host', 'packages/compiler/src/a.ts', value('@isobar/hosts'), value('esbuild')],
  ['hosts know no adapter', 'packages/hosts/src/a.ts', value('@isobar/cloud-run'), value('@isobar/compiler')],
  ['hosts know no suite', 'packages/hosts/src/a.ts', value('@isobar/conformance'), value('@isobar/compiler')],
  ['a case knows no runner', 'conformance/src/cases/a.ts', value('../runner/run.ts'), value('../types.ts')],
  ['a case takes core and node:assert', 'conformance/src/cases/a.ts', value('node:http'), value('node:assert/strict')],
  ['the suite knows no adapter', 'conformance/src/runner/a.ts', value('@isobar/cloud-run'), value('@isobar/hosts')],
  [
    'examples take published entries',
    'examples/a/functions/a.ts',
    value('@isobar/core/dist/index.js'),
    value('isobar'),
  ],
])('%s', (_, path, broken, right) => {
  expect(lint(path, broken)).toContain('no-restricted-imports')
  expect(lint(path, right)).toBe('passes')
})
