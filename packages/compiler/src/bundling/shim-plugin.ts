import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'
import type { PlacedEntry } from '../plan/emit.ts'
import { resolveFrom } from './resolve.ts'

const namespace = 'isobar-shim'

/** The entry point that `shimPlugin` serves. */
export function shimEntry(entry: PlacedEntry): string {
  return `${namespace}:${entry.shimFile}`
}

/** Whether a file that esbuild names in a message is a shim, that is, text of ours. */
export function isShimFile(file: string): boolean {
  return file.startsWith(`${namespace}:`)
}

/** Serves the shim's text, and resolves what it imports as if it were written in the target's folder already. */
export function shimPlugin(options: {
  root: string
  directory: string
  entry: PlacedEntry
  /** Leaves the user's modules out. @default false */
  modulesExternal?: boolean
}): Plugin {
  const { root, directory, entry, modulesExternal = false } = options
  const shimDirectory = dirname(join(directory, entry.shimFile))
  return {
    name: namespace,
    setup(esbuild) {
      esbuild.onResolve({ filter: new RegExp(`^${namespace}:`) }, ({ path }) => ({
        path: path.slice(namespace.length + 1),
        namespace,
      }))
      esbuild.onLoad({ filter: /.*/, namespace }, () => ({ contents: entry.source, loader: 'js', resolveDir: root }))
      esbuild.onResolve({ filter: /^\.\.?\//, namespace }, ({ path }) =>
        modulesExternal ? { path, external: true } : { path: join(shimDirectory, path) },
      )
      esbuild.onResolve({ filter: /^@isobar\//, namespace }, async ({ path, kind, pluginData }) => {
        // esbuild.resolve comes back to this hook.
        if (pluginData === namespace) return undefined
        const fromProject = await esbuild.resolve(path, { kind, resolveDir: root, pluginData: namespace })
        if (fromProject.errors.length === 0) return fromProject
        const ours = resolveFrom(import.meta.url, path)
        return ours === undefined ? fromProject : { path: ours }
      })
    },
  }
}
