import { brand } from './brand.ts'
import type { EventDefinition } from './events.ts'
import { http, type HttpDefinition } from './http.ts'

/** What an exported function of an application is. */
export type Definition = HttpDefinition | EventDefinition

/** True for what `http()`, `queue()` and the others made, by this copy of the package or another. */
export function isDefinition(value: unknown): value is Definition {
  return typeof value === 'object' && value !== null && brand in value
}

/**
 * A definition as it is, or the one that a default export with a `fetch` function stands for (a Hono or h3 app, a
 * Workers module): every method, every path.
 */
export function toDefinition(value: unknown): Definition | undefined {
  if (isDefinition(value)) return value
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || !('fetch' in value))
    return undefined
  const app = value
  const fetch = value.fetch
  if (typeof fetch !== 'function') return undefined
  // Context goes second and third: Hono's `c.env` is then the context, and `c.executionCtx.waitUntil` works.
  return http('/*', (request, context) => Reflect.apply(fetch, app, [request, context, context]))
}
