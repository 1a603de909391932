import type { CallExpression, ObjectExpression } from 'oxc-parser'
import type { ModuleSyntax } from './module-syntax.ts'
import type { DiagnosticId } from '../diagnostics/ids.ts'
import { nearest } from '../diagnostics/nearest.ts'
import { locationAt } from '../diagnostics/source-text.ts'
import { staticValue, type StaticValue, unwrap } from './static-value.ts'
import type { Diagnostic } from '../types.ts'

/** The trigger of a definition as the user gave it, before the route is read. */
export interface RawTrigger {
  route: string
  method?: string | string[]
  name?: string
  maxBodyBytes?: number
  timeoutMs?: number
  deploy?: 'own' | 'shared'
}

export type TriggerReading =
  | { kind: 'literal'; trigger: RawTrigger }
  /** Only loading the module tells. */
  | { kind: 'computed' }
  | { kind: 'wrong'; diagnostics: Diagnostic[] }

/** One row per option: what it may be, in words and as a test. */
const options: Readonly<Record<string, { expected: string; holds(value: unknown): boolean }>> = {
  route: { expected: "a route such as '/orders/:id'", holds: isText },
  method: {
    expected: "a method or an array of methods, such as 'GET' or ['GET', 'POST']",
    holds: (value) => isText(value) || (Array.isArray(value) && value.every(isText)),
  },
  name: { expected: 'a name in kebab-case', holds: isText },
  maxBodyBytes: {
    expected: 'a number of bytes, 0 or more',
    holds: (value) => typeof value === 'number' && value >= 0,
  },
  timeoutMs: {
    expected: 'a number of milliseconds over 0',
    holds: (value) => typeof value === 'number' && value > 0,
  },
  deploy: { expected: "'own' or 'shared'", holds: (value) => value === 'own' || value === 'shared' },
}

/** Reads the arguments of `http(…)` without running them. */
export function readTrigger(module: ModuleSyntax, call: CallExpression): TriggerReading {
  const [first, second] = call.arguments
  if (first?.type === 'SpreadElement' || second?.type === 'SpreadElement') return { kind: 'computed' }
  if (!first || !second) {
    return wrong(
      module,
      call.start,
      'missing-handler',
      `http() needs a trigger and a handler, got ${call.arguments.length} of the two.`,
      ["Write http('GET /orders/:id', async (request, context) => Response.json({ id: context.params.id }))."],
    )
  }
  const argument = unwrap(first)
  if (argument.type === 'ObjectExpression') return readOptions(module, argument)
  const text = staticValue(module, argument)
  if (!text) return { kind: 'computed' }
  if (typeof text.value === 'string') return { kind: 'literal', trigger: { route: text.value } }
  return wrong(
    module,
    argument.start,
    'invalid-trigger',
    `The trigger of http() is ${describe(text.value)}; it must be a route or an object with options.`,
    ["Write a route such as 'GET /orders/:id', or { route: '/orders/:id', method: 'GET' }."],
  )
}

function readOptions(module: ModuleSyntax, object: ObjectExpression): TriggerReading {
  const found: Record<string, StaticValue> = {}
  const diagnostics: Diagnostic[] = []
  let computed = false
  for (const property of object.properties) {
    if (property.type === 'SpreadElement' || property.computed) {
      computed = true
      continue
    }
    const key =
      property.key.type === 'Identifier'
        ? property.key.name
        : property.key.type === 'Literal'
          ? String(property.key.value)
          : ''
    const option = options[key]
    if (!option) {
      diagnostics.push(unknownOption(module, key, property.key.start))
      continue
    }
    const result = staticValue(module, property.value)
    if (!result) {
      computed = true
    } else if (result.value === undefined && key !== 'route') {
      continue
    } else if (!option.holds(result.value)) {
      diagnostics.push({
        id: 'invalid-trigger',
        severity: 'error',
        text: wrongValue(key, result.value),
        notes: [],
        location: locationAt(module.source, property.value.start),
      })
    } else {
      found[key] = result.value
    }
  }
  if (diagnostics.length > 0) return { kind: 'wrong', diagnostics }
  if (computed) return { kind: 'computed' }
  if (typeof found['route'] !== 'string') {
    return wrong(module, object.start, 'invalid-trigger', "The options of http() have no 'route'.", [
      "Add one: { route: '/orders/:id' }.",
    ])
  }
  return { kind: 'literal', trigger: rawTrigger(found) }
}

/** The same checks for options that were read off a definition in memory. */
export function checkTrigger(
  values: Readonly<Record<string, unknown>>,
): { trigger: RawTrigger } | { problems: string[] } {
  const problems = Object.entries(values)
    .filter(([key, value]) => value !== undefined && options[key]?.holds(value) === false)
    .map(([key, value]) => wrongValue(key, value))
  return problems.length > 0 ? { problems } : { trigger: rawTrigger(values) }
}

/** @param found holds values that the table above has accepted. */
function rawTrigger(found: Readonly<Record<string, unknown>>): RawTrigger {
  const { route, method, name, maxBodyBytes, timeoutMs, deploy } = found
  return {
    route: typeof route === 'string' ? route : '',
    ...(typeof method === 'string' && { method }),
    ...(Array.isArray(method) && { method: method.map(String) }),
    ...(typeof name === 'string' && { name }),
    ...(typeof maxBodyBytes === 'number' && { maxBodyBytes }),
    ...(typeof timeoutMs === 'number' && { timeoutMs }),
    ...((deploy === 'own' || deploy === 'shared') && { deploy }),
  }
}

function wrongValue(key: string, value: unknown): string {
  return `The option '${key}' of http() is ${describe(value)}; it must be ${options[key]?.expected}.`
}

function unknownOption(module: ModuleSyntax, key: string, offset: number): Diagnostic {
  const near = nearest(key, Object.keys(options))
  return {
    id: 'unknown-trigger-option',
    severity: 'error',
    text: `http() has no option '${key}'.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
    notes: [`The options are ${Object.keys(options).join(', ')}.`],
    location: locationAt(module.source, offset),
  }
}

function wrong(module: ModuleSyntax, offset: number, id: DiagnosticId, text: string, notes: string[]): TriggerReading {
  return {
    kind: 'wrong',
    diagnostics: [{ id, severity: 'error', text, notes, location: locationAt(module.source, offset) }],
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : Array.isArray(value) ? JSON.stringify(value) : String(value)
}
