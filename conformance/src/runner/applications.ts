import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { build, formatDiagnostics } from '@isobar/compiler'
import type { Manifest, Target } from '@isobar/compiler'

import type { ApplicationName } from '../types.ts'

/** The suite's applications, built for the targets of one run. */
export interface Applications {
  /** @throws Error with the compiler's diagnostics when the target cannot be built. */
  built(application: ApplicationName, target: Target): Promise<{ directory: string; manifest: Manifest }>
  /** Removes everything that was built. */
  dispose(): Promise<void>
}

const require = createRequire(import.meta.url)

/**
 * Copies an application into the work directory when it is first needed, so that a target's adapter is found as the
 * project that names it finds it, wherever this package itself is installed.
 */
export async function openApplications(workDirectory: string): Promise<Applications> {
  await mkdir(workDirectory, { recursive: true })
  const folder = await mkdtemp(join(workDirectory, 'run-'))
  const copies = new Map<ApplicationName, Promise<string>>()
  const builds = new Map<string, ReturnType<Applications['built']>>()

  async function copy(application: ApplicationName): Promise<string> {
    const root = join(folder, application)
    await cp(join(dirname(require.resolve('@isobar/conformance/package.json')), 'src/application', application), root, {
      recursive: true,
    })
    // The applications import core, which the project itself need not have.
    await mkdir(join(root, 'node_modules/@isobar'), { recursive: true })
    const core = dirname(require.resolve('@isobar/core/package.json'))
    await symlink(core, join(root, 'node_modules/@isobar/core'), 'junction')
    return root
  }

  async function buildOne(application: ApplicationName, target: Target): ReturnType<Applications['built']> {
    const cwd = await memoized(copies, application, () => copy(application))
    const config = { name: `conformance-${application}`, functions: 'functions', targets: [target] }
    const { targets, diagnostics } = await build({ cwd, config })
    const [only] = targets
    if (only) return only
    throw new Error(`The ${application} application was not built:\n${formatDiagnostics(diagnostics)}`)
  }

  return {
    built: (application, target) =>
      memoized(builds, `${application}/${target.name}`, () => buildOne(application, target)),
    dispose: () => rm(folder, { recursive: true, force: true }),
  }
}

function memoized<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
