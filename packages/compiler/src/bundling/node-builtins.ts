import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import type { OnResolveArgs, Plugin } from 'esbuild'
import { locationAt, projectPath } from '../diagnostics/source-text.ts'
import type { Diagnostic, Target } from '../types.ts'

/** On a runtime without Node's modules, tells who imports one; esbuild alone would leave it to fail at deployment. */
export function nodeBuiltinPlugin(options: { root: string; target: Target; diagnostics: Diagnostic[] }): Plugin {
  const { root, target, diagnostics } = options
  return {
    name: 'isobar-node-builtins',
    setup(esbuild) {
      esbuild.onResolve({ filter: /^[a-z_:/]+$/ }, async (args) => {
        const { path, kind, resolveDir, pluginData } = args
        if (!isBuiltin(path) || pluginData === 'isobar-node-builtins') return undefined
        const name = path.replace(/^node:/, '')
        if (target.external.some((pattern) => matches(pattern, `node:${name}`)))
          return { path: `node:${name}`, external: true }
        if (!path.startsWith('node:')) {
          // Packages such as `events` and `buffer` stand in for the module of that name.
          const installed = await esbuild.resolve(path, { kind, resolveDir, pluginData: 'isobar-node-builtins' })
          if (installed.errors.length === 0 && !installed.external) return installed
        }
        diagnostics.push(await describe(root, target, name, args))
        return { path: `node:${name}`, external: true }
      })
    },
  }
}

function matches(pattern: string, specifier: string): boolean {
  return pattern === specifier || (pattern.endsWith('*') && specifier.startsWith(pattern.slice(0, -1)))
}

async function describe(
  root: string,
  target: Target,
  name: string,
  { importer, path, kind }: OnResolveArgs,
): Promise<Diagnostic> {
  const text = await readFile(importer, 'utf8')
  const source = { file: projectPath(root, importer), text }
  const index = importOffset(text, path)
  const inPackage = importer.includes('node_modules')
  return {
    id: 'node-builtin',
    // A package that requires a module lazily may do without it.
    severity: inPackage && kind === 'require-call' ? 'warning' : 'error',
    text: `'node:${name}' is a module of Node.js, and the target '${target.name}' does not run on Node.js.`,
    notes: [
      inPackage
        ? 'A package imports it: use one that runs on Web standards alone.'
        : 'Use a Web standard instead: fetch, crypto.subtle, TextEncoder, URL.',
      "Or switch Node's modules on in the target's options, where it has some, or build for Node targets only.",
    ],
    location: locationAt(source, index),
    target: target.name,
  }
}

/** Where a module imports the specifier: behind `from`, `import` or `require(`. */
function importOffset(text: string, specifier: string): number {
  const quoted = new RegExp(`(?:from|import|import\\(|require\\()\\s*(['"\`])${specifier}\\1`).exec(text)
  return quoted ? quoted.index + quoted[0].indexOf(specifier) - 1 : 0
}
