import type { Plugin } from 'esbuild'
import { resolveFrom } from '../bundling/resolve.ts'

const namespace = 'isobar-load'

/** The entry point that `loadStubsPlugin` serves. */
export const loadEntry: string = `${namespace}:entry`

/**
 * Makes a module loadable on the machine that builds: what only the platform has is stubbed, and so are files that
 * are no code, among them native add-ons. Serves an entry that loads the module and reports its functions.
 */
export function loadStubsPlugin(file: string): Plugin {
  return {
    name: namespace,
    setup(esbuild) {
      esbuild.onResolve({ filter: new RegExp(`^${namespace}:`) }, () => ({ path: 'entry', namespace }))
      esbuild.onLoad({ filter: /^entry$/, namespace }, () => ({
        contents: entryText(file, resolveFrom(import.meta.url, '@isobar/core/adapter') ?? '@isobar/core/adapter'),
        loader: 'js',
        resolveDir: import.meta.dirname,
      }))
      // `cloudflare:workers` and the like. CommonJS, so that any name may be imported from it; a proxy as prototype,
      // because esbuild's interop copies a module's own keys and keeps its prototype.
      esbuild.onResolve({ filter: /^[a-z-]+:/ }, ({ path }) =>
        /^(?:node|file|data|https?):/.test(path) ? undefined : { path, namespace: `${namespace}-stub` },
      )
      esbuild.onLoad({ filter: /.*/, namespace: `${namespace}-stub` }, () => ({
        contents: 'module.exports = Object.create(new Proxy({}, { get: () => class {} }))',
        loader: 'js',
      }))
      esbuild.onLoad({ filter: /\.\w+$/, namespace: 'file' }, ({ path }) =>
        /\.(?:[mc]?[jt]s|[jt]sx|json)$/.test(path) ? undefined : { contents: '', loader: 'empty' },
      )
    },
  }
}

function entryText(file: string, core: string): string {
  return `
import { isDefinition, toDefinition } from ${JSON.stringify(core)}
const missing = new Set()
process.env = new Proxy(process.env, {
  get(env, name) {
    if (typeof name === 'string' && env[name] === undefined) missing.add(name)
    return env[name]
  },
})
const report = (message) => process.send({ ...message, missing: [...missing] }, () => process.exit(0))
const reportError = (error) => {
  const isError = error instanceof Error
  const text = isError ? error.name + ': ' + error.message.split('\\n')[0] : String(error)
  report({ error: { text: /[.!?]$/.test(text) ? text : text + '.', stack: isError ? String(error.stack) : '' } })
}
process.on('uncaughtException', reportError)
try {
  const module = await import(${JSON.stringify(file)})
  const definitions = []
  for (const [exported, value] of Object.entries(module)) {
    const definition = exported === 'default' ? toDefinition(value) : isDefinition(value) ? value : undefined
    if (!definition) continue
    const { kind, name } = definition
    if (kind === 'http') {
      const { route, methods, maxBodyBytes, timeoutMs, deploy } = definition
      definitions.push({ exported, kind, options: { route, method: methods && [...methods], name, maxBodyBytes, timeoutMs, deploy } })
    } else {
      const { schema, ...options } = definition.trigger
      definitions.push({ exported, kind, options: { ...options, name } })
    }
  }
  report({ definitions })
} catch (error) {
  reportError(error)
}
`
}
