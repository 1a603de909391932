import { toDefinition, type HttpApplication } from '@isobar/core/adapter'

import { flaws, type Flaw } from './flaws.ts'

/** What a broken target's shim imports: the application as the official adapter gets it, with one mistake in between. */
export function spoilt(application: HttpApplication, flaw: Flaw): HttpApplication {
  const functions = Object.entries(application.functions).map(([name, value]) => {
    const definition = toDefinition(value)
    return [name, definition?.kind === 'http' && { ...definition, handler: flaws[flaw](definition.handler) }] as const
  })
  return { ...application, functions: Object.fromEntries(functions) }
}
