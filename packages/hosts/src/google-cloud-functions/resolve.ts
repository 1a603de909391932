import { createRequire, registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

/**
 * Preloaded into the framework's process. A built target is deployed with the framework installed beside it; locally it
 * may stand in a folder without one, and then registers with the framework that runs.
 */
const framework = '@google-cloud/functions-framework'
const requireThere = createRequire(process.argv[1] ?? import.meta.url)

registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context)
    } catch (error) {
      if (specifier !== framework) throw error
      return { url: pathToFileURL(requireThere.resolve(framework)).href, shortCircuit: true }
    }
  },
})
