import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Capabilities, capabilityKeys } from '@isobar/core'
import type { Diagnostic, Target } from '../types.ts'

export interface Project extends Disposable {
  root: string
  write(files: Readonly<Record<string, string>>): void
}

const packages = join(import.meta.dirname, '../../..')

/**
 * A project on disk as a user has it: `isobar` and `@isobar/core` are installed.
 *
 * @param below Folders between the temporary folder and the project.
 */
export function createProject(files: Readonly<Record<string, string>>, below = '.'): Project {
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'isobar-compiler-')))
  const root = join(temporary, below)
  mkdirSync(join(root, 'node_modules/@isobar'), { recursive: true })
  symlinkSync(join(packages, 'core'), join(root, 'node_modules/@isobar/core'))
  symlinkSync(join(packages, 'isobar'), join(root, 'node_modules/isobar'))
  const project: Project = {
    root,
    write(more) {
      for (const [path, text] of Object.entries(more)) {
        mkdirSync(dirname(join(root, path)), { recursive: true })
        writeFileSync(join(root, path), text)
      }
    },
    [Symbol.dispose]() {
      rmSync(temporary, { recursive: true, force: true })
    },
  }
  project.write(files)
  return project
}

/** A target like an adapter's: one bundle for what is shared, one for each function set apart. */
export function fakeTarget(overrides: Partial<Target> = {}): Target {
  // fromEntries forgets which keys it got.
  const capabilities = Object.fromEntries(capabilityKeys.map((key) => [key, true])) as Capabilities
  return {
    name: 'fake',
    platform: 'fake',
    capabilities,
    limits: { requestBytes: 6_000_000, responseBytes: 6_000_000, timeoutMs: 30_000 },
    external: [],
    conditions: ['node'],
    runtime: { kind: 'node', version: '22' },
    emit: (plan) => ({
      entries: plan.http.map(({ name, functions, modules, functionsLiteral }) => ({
        functions: functions.map((one) => one.name),
        file: `${name}/index.mjs`,
        handler: 'handler',
        source: [
          "import { createApplication } from '@isobar/core/adapter'",
          'const load = (file, load) => load()',
          '',
          ...modules.map(({ statement }) => statement),
          '',
          `export const handler = createApplication({ target: '${plan.target}', functions: ${functionsLiteral} })`,
          '',
        ].join('\n'),
      })),
      files: [{ path: 'deploy.json', text: `${JSON.stringify({ name: plan.application })}\n` }],
      diagnostics: [],
    }),
    ...overrides,
  }
}

/** Diagnostics as a test compares them: `error duplicate-route functions/b.ts:2:14`. */
export function summarize(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ severity, id, location }) =>
    [severity, id, ...(location ? [`${location.file}:${location.line}:${location.column}`] : [])].join(' '),
  )
}
