import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Loader, Plugin } from 'esbuild'

/**
 * Lets a bundle of project files run from another folder: packages that are kept stay imports, by their absolute
 * address, and each file keeps its own `import.meta.url`, `dirname` and `filename`.
 */
export function runInPlacePlugin(options: { keeps(specifier: string): boolean }): Plugin {
  return {
    name: 'isobar-run-in-place',
    setup(esbuild) {
      esbuild.onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData }) => {
        if (kind === 'entry-point' || pluginData === 'isobar-run-in-place' || !options.keeps(path)) return undefined
        const found = await esbuild.resolve(path, { kind, resolveDir, pluginData: 'isobar-run-in-place' })
        if (found.errors.length > 0 || found.namespace !== 'file' || found.external) return found
        // A path of tsconfig's `paths` leads to a source file of the project, which is bundled.
        if (!found.path.includes('node_modules') && /\.[mc]?tsx?$/.test(found.path)) return found
        return { path: kind.startsWith('require') ? found.path : pathToFileURL(found.path).href, external: true }
      })
      esbuild.onLoad({ filter: /\.[mc]?[jt]sx?$/, namespace: 'file' }, async ({ path }) => {
        const text = await readFile(path, 'utf8')
        if (!text.includes('import.meta')) return undefined
        const own = `const isobarMeta = { url: ${JSON.stringify(pathToFileURL(path).href)}, dirname: ${JSON.stringify(dirname(path))}, filename: ${JSON.stringify(path)} };`
        return {
          contents: own + text.replace(/\bimport\.meta\.(url|dirname|filename)\b/g, 'isobarMeta.$1'),
          loader: loaderOf(path),
        }
      })
    },
  }
}

function loaderOf(path: string): Loader {
  if (/\.[mc]?ts$/.test(path)) return 'ts'
  return path.endsWith('.tsx') ? 'tsx' : path.endsWith('.jsx') ? 'jsx' : 'js'
}
