import { parseRoute, parseTrigger } from '@isobar/core/adapter'
import { defaultName, functionName, kebab } from './function-names.ts'
import type { ModuleSyntax } from './module-syntax.ts'
import { type Location, locationAt } from '../diagnostics/source-text.ts'
import type { RawTrigger } from './trigger.ts'
import type { Diagnostic, PlannedFunction } from '../types.ts'

export interface PlannedAt {
  function: PlannedFunction
  location: Location
  /** `parseRoute`'s: equal for two routes that match the same paths. */
  shape: string
  /** Equal for two exports of one and the same definition. */
  origin: string
  /** The file that has the definition; another one than `source` when it was re-exported. */
  originFile: string
}

export interface ExportPlace {
  module: ModuleSyntax
  exported: string
  offset: number
  origin: string
  originFile: string
}

/** Reads the route and names the function; what is wrong with them comes back as diagnostics. */
export function planFunction(trigger: RawTrigger, place: ExportPlace): PlannedAt | Diagnostic[] {
  const { file } = place.module.source
  const location = locationAt(place.module.source, place.offset)
  const diagnostics: Diagnostic[] = []
  const name = trigger.name ?? defaultName(place.exported, file)
  if (!functionName.test(name)) diagnostics.push(invalidName(name, trigger, place, location))
  try {
    const { route, methods } = parseTrigger(trigger)
    const { shape } = parseRoute(route)
    if (diagnostics.length > 0) return diagnostics
    return {
      function: {
        name,
        kind: 'http',
        trigger: {
          route,
          ...(methods && { methods }),
          ...(trigger.maxBodyBytes !== undefined && { maxBodyBytes: trigger.maxBodyBytes }),
          ...(trigger.timeoutMs !== undefined && { timeoutMs: trigger.timeoutMs }),
          ...(trigger.deploy !== undefined && { deploy: trigger.deploy }),
        },
        source: file,
        exported: place.exported,
        line: location.line,
      },
      location,
      shape,
      origin: place.origin,
      originFile: place.originFile,
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    diagnostics.push({
      id: 'invalid-route',
      severity: 'error',
      text: error.message,
      notes: [
        "Supported are literals, ':name', ':name?', ':name+', ':name*' and '*', a segment each; no groups in () or {}.",
      ],
      location,
      function: name,
    })
    return diagnostics
  }
}

function invalidName(name: string, trigger: RawTrigger, place: ExportPlace, location: Location): Diagnostic {
  const suggestion = kebab(name)
  return {
    id: 'invalid-function-name',
    severity: 'error',
    text:
      trigger.name === undefined
        ? `No function name can be made of the export '${place.exported}'.`
        : `The function name '${name}' is not kebab-case: lower-case letters, digits and single hyphens, a letter first.`,
    notes: [
      suggestion === '' ? "Give it one: http({ route: '/orders', name: 'orders' }, …)." : `Name it '${suggestion}'.`,
    ],
    location,
  }
}
