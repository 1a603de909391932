import type { CallExpression, ObjectExpression } from 'oxc-parser'
import type { ModuleSyntax } from './module-syntax.ts'
import type { DiagnosticId } from '../diagnostics/ids.ts'
import { nearest } from '../diagnostics/nearest.ts'
import { locationAt } from '../diagnostics/source-text.ts'
import { staticValue, type StaticValue, unwrap } from './static-value.ts'
import { type FunctionKind, subjectOption, triggerExamples, triggerOptions } from './trigger-options.ts'
import type { Diagnostic } from '../types.ts'

/** The trigger of a definition as the user gave it: options that are known and of the right type. */
export interface RawTrigger {
  kind: FunctionKind
  options: Readonly<Record<string, unknown>>
}

export type TriggerReading =
  | { kind: 'literal'; trigger: RawTrigger }
  /** Only loading the module tells. */
  | { kind: 'computed' }
  | { kind: 'wrong'; diagnostics: Diagnostic[] }

/** Reads the arguments of `http(…)`, `queue(…)` and so on without running them. */
export function readTrigger(module: ModuleSyntax, of: FunctionKind, call: CallExpression): TriggerReading {
  const [first, second] = call.arguments
  if (first?.type === 'SpreadElement' || second?.type === 'SpreadElement') return { kind: 'computed' }
  if (!first || !second) {
    return wrong(
      module,
      call.start,
      'missing-handler',
      `${of}() needs a trigger and a handler, got ${call.arguments.length} of the two.`,
      [`Write ${triggerExamples[of]}.`],
    )
  }
  const argument = unwrap(first)
  if (argument.type === 'ObjectExpression') return readOptions(module, of, argument)
  const text = staticValue(module, argument)
  if (!text) return { kind: 'computed' }
  const subject = subjectOption[of]
  if (triggerOptions[of][subject]?.holds(text.value)) {
    return { kind: 'literal', trigger: { kind: of, options: { [subject]: text.value } } }
  }
  return wrong(
    module,
    argument.start,
    'invalid-trigger',
    `The trigger of ${of}() is ${describe(text.value)}; it must be ${triggerOptions[of][subject]?.expected} or an object with options.`,
    [`Write ${triggerExamples[of]}.`],
  )
}

function readOptions(module: ModuleSyntax, of: FunctionKind, object: ObjectExpression): TriggerReading {
  const options = triggerOptions[of]
  const subject = subjectOption[of]
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
      diagnostics.push(unknownOption(module, of, key, property.key.start))
      continue
    }
    if (option.opaque === true) continue
    const result = staticValue(module, property.value)
    if (!result) {
      computed = true
    } else if (result.value === undefined && key !== subject) {
      continue
    } else if (!option.holds(result.value)) {
      diagnostics.push({
        id: 'invalid-trigger',
        severity: 'error',
        text: wrongValue(of, key, result.value),
        notes: [],
        location: locationAt(module.source, property.value.start),
      })
    } else {
      found[key] = result.value
    }
  }
  if (diagnostics.length > 0) return { kind: 'wrong', diagnostics }
  if (computed) return { kind: 'computed' }
  if (found[subject] === undefined) {
    return wrong(module, object.start, 'invalid-trigger', `The options of ${of}() have no '${subject}'.`, [
      `Add ${options[subject]?.expected}.`,
    ])
  }
  return { kind: 'literal', trigger: { kind: of, options: found } }
}

/** The same checks for options that were read off a definition in memory. */
export function checkTrigger(
  kind: FunctionKind,
  values: Readonly<Record<string, unknown>>,
): { trigger: RawTrigger } | { problems: string[] } {
  const problems = Object.entries(values)
    .filter(([key, value]) => value !== undefined && triggerOptions[kind][key]?.holds(value) === false)
    .map(([key, value]) => wrongValue(kind, key, value))
  return problems.length > 0 ? { problems } : { trigger: { kind, options: values } }
}

function wrongValue(of: FunctionKind, key: string, value: unknown): string {
  return `The option '${key}' of ${of}() is ${describe(value)}; it must be ${triggerOptions[of][key]?.expected}.`
}

function unknownOption(module: ModuleSyntax, of: FunctionKind, key: string, offset: number): Diagnostic {
  const known = Object.keys(triggerOptions[of])
  const near = nearest(key, known)
  return {
    id: 'unknown-trigger-option',
    severity: 'error',
    text: `${of}() has no option '${key}'.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
    notes: [`The options are ${known.join(', ')}.`],
    location: locationAt(module.source, offset),
  }
}

function wrong(module: ModuleSyntax, offset: number, id: DiagnosticId, text: string, notes: string[]): TriggerReading {
  return {
    kind: 'wrong',
    diagnostics: [{ id, severity: 'error', text, notes, location: locationAt(module.source, offset) }],
  }
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : Array.isArray(value) ? JSON.stringify(value) : String(value)
}
