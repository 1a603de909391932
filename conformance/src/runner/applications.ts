import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

import { build, check, formatDiagnostics } from '@isobar/compiler'
import type { Config, Diagnostic, Manifest, Target } from '@isobar/compiler'
import type { CapabilityKey } from '@isobar/core'

import type { ApplicationName, EventFile } from '../types.ts'

/** The suite's applications, built for the targets of one run. */
export interface Applications {
  /** @throws Error with the compiler's diagnostics when the target cannot be built. */
  built(application: ApplicationName, target: Target): Promise<{ directory: string; manifest: Manifest }>
  /** What the compiler says of one file of the events application alone. */
  checked(file: EventFile, target: Target): Promise<Diagnostic[]>
  /** Removes everything that was built. */
  dispose(): Promise<void>
}

/** What a target must offer for a file of the events application to be in it; else its functions are build errors. */
const offered: Readonly<Record<string, readonly CapabilityKey[]>> = {
  'queue.ts': ['queue'],
  'ordered-queue.ts': ['queue', 'queue.ordered'],
  'topic.ts': ['topic'],
  'schedule.ts': ['schedule'],
  'zoned-schedule.ts': ['schedule', 'schedule.timeZone'],
  'storage.ts': ['storage'],
  'stream.ts': ['stream'],
  'changes.ts': ['changes'],
  'event.ts': ['event'],
}

const require = createRequire(import.meta.url)
const sources = join(dirname(require.resolve('@isobar/conformance/package.json')), 'src/application')

/**
 * Copies an application into the work directory when it is first needed, so that a target's adapter is found as the
 * project that names it finds it, wherever this package itself is installed.
 */
export async function openApplications(workDirectory: string): Promise<Applications> {
  await mkdir(workDirectory, { recursive: true })
  const folder = await mkdtemp(join(workDirectory, 'run-'))
  const copies = new Map<string, Promise<string>>()
  const builds = new Map<string, ReturnType<Applications['built']>>()
  const shared = cp(join(sources, 'shared'), join(folder, 'shared'), { recursive: true })

  /** @param isWanted of a file in the application's functions folder, by its name. */
  async function copy(
    application: ApplicationName,
    into: string,
    isWanted: (file: string) => boolean,
  ): Promise<string> {
    const root = join(folder, into)
    await shared
    await cp(join(sources, application), root, {
      recursive: true,
      filter: (path) => basename(dirname(path)) !== 'functions' || isWanted(basename(path)),
    })
    // The applications import core, which the project itself need not have.
    await mkdir(join(root, 'node_modules/@isobar'), { recursive: true })
    const core = dirname(require.resolve('@isobar/core/package.json'))
    await symlink(core, join(root, 'node_modules/@isobar/core'), 'junction')
    return root
  }

  function copyFor(application: ApplicationName, target: Target): Promise<string> {
    if (application !== 'events') return memoized(copies, application, () => copy(application, application, () => true))
    const missing = Object.keys(offered).filter((file) => !isOffered(file, target))
    const into = ['events', ...missing.map((file) => basename(file, '.ts'))].join('-without-')
    return memoized(copies, into, () => copy(application, into, (file) => !missing.includes(file)))
  }

  async function buildOne(application: ApplicationName, target: Target): ReturnType<Applications['built']> {
    const cwd = await copyFor(application, target)
    const { targets, diagnostics } = await build({ cwd, config: configOf(application, target) })
    const [only] = targets
    if (only) return only
    throw new Error(`The ${application} application was not built:\n${formatDiagnostics(diagnostics)}`)
  }

  return {
    built: (application, target) =>
      memoized(builds, `${application}/${target.name}`, () => buildOne(application, target)),
    async checked(file, target) {
      const into = `events-of-${file}`
      const cwd = await memoized(copies, into, () => copy('events', into, (name) => name === `${file}.ts`))
      const { diagnostics } = await check({ cwd, config: configOf('events', target) })
      return diagnostics
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  }
}

function configOf(application: ApplicationName, target: Target): Config {
  return { name: `conformance-${application}`, functions: 'functions', targets: [target] }
}

function isOffered(file: string, { capabilities }: Target): boolean {
  return (offered[file] ?? []).every((key) => capabilities[key] === true)
}

function memoized<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
