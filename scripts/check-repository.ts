/** Checks of the repository that no linter knows; each is a function of files, so that its test can break it. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { publishedPackages, root, type Member } from './workspace.ts'

export interface RepositoryFile {
  /** POSIX path relative to the root. */
  path: string
  text: string
}

export interface Finding {
  path: string
  text: string
}

type Check = (files: readonly RepositoryFile[], members: readonly Member[]) => Finding[]

const isTest = (path: string): boolean => /\.(test|test-d)\.ts$/.test(path)

/** A source that has grown past what one sitting can read wants a split by responsibility. */
export const sizes: Check = (files) =>
  files.flatMap(({ path, text }) => {
    if (!path.endsWith('.ts') || isTest(path)) return []
    const lines = text.trimEnd().split('\n').length
    const limit = /^adapters\/[^/]+\/src\//.test(path) ? 200 : 300
    return lines > limit ? [{ path, text: `${lines} lines; split it by responsibility (at most ${limit})` }] : []
  })

/** What runs on the path of an event brings nothing along. */
export const runtimeDependencies: Check = (_, members) => {
  const production: Readonly<Record<string, readonly string[]>> = {
    '@isobar/azure-functions': ['@azure/functions'],
    '@isobar/cloud-run': ['@isobar/google-events'],
    '@isobar/google-cloud-functions': ['@google-cloud/functions-framework', '@isobar/google-events'],
    // In a file that is loaded when an event is set aside, and not on the way of any other.
    '@isobar/google-events': ['google-auth-library'],
  }
  // `yaml` is for build halves, which do not run in production.
  const always = ['@isobar/core', '@isobar/compiler', 'yaml']
  return members.flatMap(({ folder, manifest }) => {
    const allowed =
      manifest.name === '@isobar/core'
        ? []
        : folder.startsWith('adapters/')
          ? [...always, ...(production[manifest.name] ?? [])]
          : undefined
    if (!allowed) return []
    return Object.keys(manifest.dependencies ?? {})
      .filter((name) => !allowed.includes(name))
      .map((name) => ({ path: `${folder}/package.json`, text: `may not depend on ${name}` }))
  })
}

/** A machine's own paths and hosts say nothing to anybody else. */
export const ownPlaces: Check = (files) =>
  files.flatMap(({ path, text }) => {
    if (path.startsWith('conformance/fixtures/') || path.startsWith('scripts/check-repository')) return []
    const wrong =
      /(?:^|[\s"'`(=])(?:\/work\/|\/home\/|\/Users\/)[\w.-]+|registry\.[a-z0-9.-]+\/|"resolved":|tarball:/m.exec(text)
    return wrong ? [{ path, text: `names a place of one machine: ${wrong[0].trim()}` }] : []
  })

/** A suppressed check needs its reason beside it. */
export const suppressions: Check = (files) =>
  files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      if (!/\.[cm]?[jt]s$/.test(path) || path.startsWith('scripts/check-repository')) return []
      if (/@ts-(?:ignore|nocheck|expect-error)|\bas any\b|\bas unknown as\b/.test(line)) {
        return [{ path: `${path}:${index + 1}`, text: 'silences the compiler' }]
      }
      return /ox-?lint-disable|eslint-disable/.test(line) && !/ -- \S/.test(line)
        ? [{ path: `${path}:${index + 1}`, text: "turns a lint rule off without a reason after ' -- '" }]
        : []
    }),
  )

/** Every adapter and case stays out of the neutral parts: those know no platform. */
export const platformNames: Check = (files) =>
  files.flatMap(({ path, text }) => {
    if (!/^(?:packages\/core\/src|conformance\/src\/cases)\//.test(path)) return []
    const name = /\b(?:aws|lambda|azure|gcp|google|cloudflare|workerd|miniflare|api.?gateway)\b/i.exec(
      // A comment may cite a vendor's page.
      text.replace(/https?:\/\/\S+/g, ''),
    )
    return name ? [{ path, text: `names a platform: ${name[0]}` }] : []
  })

/** npm packs a package's own folder only: what its page and its users need must lie in it. */
export const shipped: Check = (files, members) => {
  const textOf = (path: string): string | undefined => files.find((file) => file.path === path)?.text
  return members.flatMap(({ folder, manifest }) => [
    ...(textOf(`${folder}/LICENSE`) === textOf('LICENSE')
      ? []
      : [{ path: `${folder}/LICENSE`, text: "is not the repository's licence; copy LICENSE here" }]),
    ...(textOf(`${folder}/README.md`)?.startsWith(`# ${manifest.name}\n`)
      ? []
      : [{ path: `${folder}/README.md`, text: `has no heading '# ${manifest.name}'` }]),
  ])
}

export const checks: Readonly<Record<string, Check>> = {
  sizes,
  runtimeDependencies,
  ownPlaces,
  suppressions,
  platformNames,
  shipped,
}

function repositoryFiles(): RepositoryFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  return listed
    .toString()
    .split('\0')
    .filter((path) => /\.(?:[cm]?[jt]s|json|jsonc|ya?ml|md|html|sh)$|\.ci\/run$|(?:^|\/)LICENSE$/.test(path))
    .flatMap((path) => {
      try {
        return [{ path, text: readFileSync(join(root, path), 'utf8') }]
      } catch {
        return [] // deleted, but not yet so for git
      }
    })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const files = repositoryFiles()
  const members = publishedPackages()
  const findings = Object.entries(checks).flatMap(([name, check]) =>
    check(files, members).map(({ path, text }) => `${path}: ${text} (${name})`),
  )
  for (const finding of findings) console.error(finding)
  console.log(`${files.length} files checked, ${findings.length} findings`)
  process.exit(findings.length === 0 ? 0 : 1)
}
