import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { PlacedEntry } from '../plan/emit.ts'
import { toPosix } from '../diagnostics/source-text.ts'

export interface TidyRequest {
  root: string
  directory: string
  entry: PlacedEntry
  /** What `require` resolves from, an expression; undefined where the runtime has no module of Node's to require. */
  requireBase: string | undefined
  /** What went into the bundle, relative to the project. */
  inputs: readonly string[]
  /** Absolute paths. */
  files: readonly { path: string; contents: Uint8Array; text: string }[]
}

/** CommonJS in the bundle calls `require` for Node's own modules and for externals; an ES module has none. */
const requireBanner = (base: string): string =>
  `import { createRequire as isobarCreateRequire } from 'node:module'; const require = isobarCreateRequire(${base});`

/**
 * Makes what esbuild wrote ready: `require` where the bundle needs it, and paths that do not depend on where the
 * project lies. esbuild names each module by its path in comments and maps; a package outside the project (a
 * workspace, a linked store) is named by its package instead.
 */
export function tidyOutput(request: TidyRequest): { path: string; contents: Uint8Array }[] {
  const names = portableNames(request)
  const main = request.files.find(({ path }) => path === join(request.directory, request.entry.file))
  const { requireBase } = request
  const banner =
    requireBase !== undefined && main !== undefined && needsRequire(main.text) ? `${requireBanner(requireBase)}\n` : ''
  return request.files.map(({ path, contents, text }) => {
    if (path === main?.path) return { path, contents: encode(banner + tidyComments(text, names)) }
    if (path === `${main?.path}.map`)
      return { path, contents: encode(tidyMap(request, path, text, names, banner !== '')) }
    return { path, contents }
  })
}

function needsRequire(text: string): boolean {
  // esbuild's helper asks `typeof require`; it renames a `require` of the user's own when there is a free one.
  return text.includes('typeof require') && !/^(?:var|let|const) require\b/m.test(text)
}

/** esbuild names a module in a line of its own, and one of CommonJS in a method's name besides. */
function tidyComments(text: string, names: ReadonlyMap<string, string>): string {
  // At one go: a library may have hundreds of modules in a megabyte.
  return text.replace(
    /^([ \t]*\/\/ )(.+)$|"([^"\n]+)"(?=\()/gm,
    (whole: string, comment: string | undefined, path: string | undefined, method: string | undefined) => {
      const name = names.get(path ?? method ?? '')
      if (name === undefined) return whole
      return comment === undefined ? `"${name}"` : `${comment}${name}`
    },
  )
}

function tidyMap(
  { root }: TidyRequest,
  path: string,
  text: string,
  names: ReadonlyMap<string, string>,
  shifted: boolean,
): string {
  const map: { sources: string[]; mappings: string } = JSON.parse(text)
  const folder = dirname(path)
  map.sources = map.sources.map((source) => {
    if (/^[\w-]+:/.test(source)) return names.get(source) ?? source
    const fromRoot = toPosix(relative(root, join(folder, source)))
    return fromRoot.startsWith('../') ? (names.get(fromRoot) ?? packageName(root, fromRoot)) : source
  })
  // One more line in front: each line of the bundle ends in a semicolon.
  if (shifted) map.mappings = `;${map.mappings}`
  return JSON.stringify(map)
}

function portableNames({ root, entry, directory, inputs }: TidyRequest): Map<string, string> {
  const names = new Map<string, string>()
  for (const input of inputs) if (input.startsWith('../')) names.set(input, packageName(root, input))
  const bundle = dirname(join(directory, entry.file))
  names.set(`isobar-shim:${entry.shimFile}`, toPosix(relative(bundle, join(directory, entry.shimFile))))
  return names
}

/** `../../store/node_modules/hono/dist/hono.js` is `node_modules/hono/dist/hono.js`. */
function packageName(root: string, path: string): string {
  const installed = path.lastIndexOf('node_modules/')
  if (installed !== -1) return path.slice(installed)
  const absolute = join(root, path)
  for (let folder = dirname(absolute); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (!existsSync(file)) continue
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof manifest === 'object' && manifest !== null && 'name' in manifest) {
      return `node_modules/${String(manifest.name)}/${toPosix(relative(folder, absolute))}`
    }
  }
  return path.replace(/^(?:\.\.\/)+/, '')
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
