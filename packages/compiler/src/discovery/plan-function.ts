import { type EventKind, parseCron, parseRoute, parseTrigger } from '@isobar/core/adapter'
import { defaultName, functionName, kebab } from './function-names.ts'
import type { ModuleSyntax } from './module-syntax.ts'
import { type Location, locationAt } from '../diagnostics/source-text.ts'
import type { DiagnosticId } from '../diagnostics/ids.ts'
import type { RawTrigger } from './trigger.ts'
import { type FunctionKind, makeTrigger } from './trigger-options.ts'
import type { Diagnostic, PlannedEvent, PlannedFunction, PlannedHttp } from '../types.ts'

export interface PlannedAt {
  function: PlannedFunction
  location: Location
  /** Of an http function, `parseRoute`'s: equal for two routes that match the same paths. */
  shape?: string
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

/** Reads the trigger and names the function; what is wrong with them comes back as diagnostics. */
export function planFunction({ kind, options }: RawTrigger, place: ExportPlace): PlannedAt | Diagnostic[] {
  const { file } = place.module.source
  const location = locationAt(place.module.source, place.offset)
  const given = typeof options['name'] === 'string' ? options['name'] : undefined
  const name = given ?? defaultName(place.exported, file)
  const diagnostics = functionName.test(name) ? [] : [invalidName(name, given, kind, place, location)]
  const common = { name, source: file, exported: place.exported, line: location.line }
  try {
    const planned = kind === 'http' ? planHttp(options, common) : { function: planEvent(kind, options, common) }
    if (diagnostics.length > 0) return diagnostics
    return { ...planned, location, origin: place.origin, originFile: place.originFile }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    diagnostics.push({
      ...(kind === 'http' ? invalidRoute : invalidCron),
      severity: 'error',
      text: error.message,
      location,
      function: name,
    })
    return diagnostics
  }
}

const invalidRoute = {
  id: 'invalid-route',
  notes: [
    "Supported are literals, ':name', ':name?', ':name+', ':name*' and '*', a segment each; no groups in () or {}.",
  ],
} satisfies { id: DiagnosticId; notes: string[] }

const invalidCron = {
  id: 'invalid-cron',
  notes: [
    "Write minute, hour, day of month, month and day of week: '30 2 * * MON-FRI' is half past two on working days.",
  ],
} satisfies { id: DiagnosticId; notes: string[] }

type Common = Pick<PlannedFunction, 'name' | 'source' | 'exported' | 'line'>

/** @throws TypeError for a route that is not supported. */
function planHttp(options: RawTrigger['options'], common: Common): { function: PlannedHttp; shape: string } {
  const { route: text, method, maxBodyBytes, timeoutMs, deploy } = options
  const { route, methods } = parseTrigger({
    route: typeof text === 'string' ? text : '',
    ...(typeof method === 'string' && { method }),
    ...(Array.isArray(method) && { method: method.map(String) }),
  })
  const trigger: PlannedHttp['trigger'] = {
    route,
    ...(methods && { methods }),
    ...(typeof maxBodyBytes === 'number' && { maxBodyBytes }),
    ...(typeof timeoutMs === 'number' && { timeoutMs }),
    ...((deploy === 'own' || deploy === 'shared') && { deploy }),
  }
  return { function: { ...common, kind: 'http', trigger }, shape: parseRoute(route).shape }
}

/** @throws TypeError for a schedule that is none. */
function planEvent(kind: EventKind, options: RawTrigger['options'], common: Common): PlannedEvent {
  const resource = (logical: string): PlannedEvent['resource'] => ({ logical, physical: logical })
  switch (kind) {
    case 'queue': {
      const trigger = makeTrigger.queue(options)
      return { ...common, kind, trigger, resource: resource(trigger.queue) }
    }
    case 'topic': {
      const trigger = makeTrigger.topic(options)
      return { ...common, kind, trigger, resource: resource(trigger.topic) }
    }
    case 'schedule': {
      const trigger = makeTrigger.schedule(options)
      return { ...common, kind, trigger, resource: resource(common.name), cron: parseCron(trigger.cron) }
    }
    case 'storage': {
      const trigger = makeTrigger.storage(options)
      return { ...common, kind, trigger, resource: resource(trigger.bucket) }
    }
    case 'stream': {
      const trigger = makeTrigger.stream(options)
      return { ...common, kind, trigger, resource: resource(trigger.stream) }
    }
    case 'changes': {
      const trigger = makeTrigger.changes(options)
      return { ...common, kind, trigger, resource: resource(trigger.table) }
    }
    case 'event': {
      const trigger = makeTrigger.event(options)
      return { ...common, kind, trigger, resource: resource(trigger.type) }
    }
  }
}

function invalidName(
  name: string,
  given: string | undefined,
  kind: FunctionKind,
  place: ExportPlace,
  location: Location,
): Diagnostic {
  const suggestion = kebab(name)
  return {
    id: 'invalid-function-name',
    severity: 'error',
    text:
      given === undefined
        ? `No function name can be made of the export '${place.exported}'.`
        : `The function name '${name}' is not kebab-case: lower-case letters, digits and single hyphens, a letter first.`,
    notes: [suggestion === '' ? `Give it one: ${kind}({ …, name: 'orders' }, …).` : `Name it '${suggestion}'.`],
    location,
  }
}
