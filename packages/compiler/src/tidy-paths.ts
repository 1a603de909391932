import { join, relative } from 'node:path'
import { toPosix } from './source-text.ts'

/**
 * esbuild writes the path of each module into bundles and maps. A package that lies outside the project (a workspace,
 * a linked store) would make them depend on where the project lies, so it is named by its place in node_modules.
 */
export function tidyPaths(
  root: string,
  inputs: readonly string[],
  files: readonly { path: string; contents: Uint8Array; text: string }[],
): { path: string; contents: Uint8Array }[] {
  const outside = inputs.filter((input) => input.startsWith('../'))
  return files.map((file) => {
    if (file.path.endsWith('.map')) return { path: file.path, contents: encode(tidyMap(root, file)) }
    if (!/\.[mc]?js$/.test(file.path) || outside.length === 0) return { path: file.path, contents: file.contents }
    let text = file.text
    for (const input of outside) {
      text = text.replaceAll(`// ${input}\n`, `// ${portable(input)}\n`).replaceAll(`"${input}"(`, `"${portable(input)}"(`)
    }
    return { path: file.path, contents: encode(text) }
  })
}

function tidyMap(root: string, file: { path: string; text: string }): string {
  const map = JSON.parse(file.text) as { sources: string[] }
  map.sources = map.sources.map((source) => {
    const fromRoot = toPosix(relative(root, join(file.path, '..', source)))
    return fromRoot.startsWith('../') ? portable(fromRoot) : source
  })
  return `${JSON.stringify(map)}\n`
}

/** `../../store/node_modules/hono/dist/hono.js` is `node_modules/hono/dist/hono.js`. */
function portable(path: string): string {
  const packages = path.lastIndexOf('node_modules/')
  return packages === -1 ? path.replace(/^(?:\.\.\/)+/, 'node_modules/') : path.slice(packages)
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

