import { nearest } from '../diagnostics/nearest.ts'
import type { OptionRule, Target } from '../types.ts'
import { describe, isBoolean, isObject, isText, isTexts } from './values.ts'

/** What is wrong with one option of a target's factory. */
export interface OptionProblem {
  id: 'unknown-target-option' | 'wrong-target-option'
  text: string
  notes: string[]
  option: string
}

/** Holds what a target's factory was given against the table that the target declares; without a table, nothing is wrong. */
export function checkTargetOptions(target: unknown): OptionProblem[] {
  if (!isObject(target) || !isDeclared(target['options'])) return []
  const { given, known } = target['options']
  const what = `The target ${isText(target['name']) ? `'${target['name']}'` : `of ${describe(target['platform'])}`}`
  return Object.entries(given).flatMap(([option, value]: [string, unknown]) => {
    // An own key, or `constructor` would be known.
    const rule = Object.hasOwn(known, option) ? known[option] : undefined
    if (!rule) return [unknown(what, option, Object.keys(known))]
    return value === undefined || holds(rule, value) ? [] : [wrong(what, option, value, rule)]
  })
}

function isDeclared(options: unknown): options is NonNullable<Target['options']> {
  return isObject(options) && isObject(options['given']) && isObject(options['known'])
}

function unknown(what: string, option: string, known: readonly string[]): OptionProblem {
  const near = nearest(option, known)
  return {
    id: 'unknown-target-option',
    text: `${what} has no option '${option}'.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
    notes: [`The options are ${known.join(', ')}.`],
    option,
  }
}

function wrong(what: string, option: string, value: unknown, rule: OptionRule): OptionProblem {
  return {
    id: 'wrong-target-option',
    text: `${what} has ${describe(value)} as '${option}'; it must be ${expected(rule)}.`,
    notes: [...advice(rule, value), ...(rule.note === undefined ? [] : [rule.note])],
    option,
  }
}

function holds(rule: OptionRule, value: unknown): boolean {
  switch (rule.type) {
    case 'boolean':
      return isBoolean(value)
    case 'number':
      return isNumber(value) && holdsNumber(rule, value)
    case 'string':
      return isText(value) && holdsText(rule, value)
    case 'string[]':
      return isTexts(value) && value.every((text) => holdsText(rule, text))
  }
}

function holdsNumber({ integer, min, max }: OptionRule, value: number): boolean {
  if (integer && !Number.isInteger(value)) return false
  // NaN is neither, so it never holds.
  return value >= (min ?? -Infinity) && value <= (max ?? Infinity)
}

function holdsText({ oneOf, format }: OptionRule, text: string): boolean {
  if (oneOf && !oneOf.includes(text)) return false
  return format === undefined || formats[format].holds(text)
}

const formats: Record<NonNullable<OptionRule['format']>, { expected: string; holds(text: string): boolean }> = {
  origin: {
    expected: "a scheme and host without a path, such as 'https://api.example.com'",
    holds: (text) => /^https?:\/\/[^\s/\\?#@]+$/i.test(text) && URL.canParse(text),
  },
  date: { expected: "a date, such as '2026-01-31'", holds: isDate },
}

/** In words; the unit is in the option's name. */
function expected(rule: OptionRule): string {
  if (rule.type === 'boolean') return 'true or false'
  if (rule.type === 'number') return `a ${rule.integer ? 'whole ' : ''}number${range(rule)}`
  const one = rule.oneOf ? `one of ${rule.oneOf.join(', ')}` : rule.format ? formats[rule.format].expected : 'a text'
  return rule.type === 'string' ? one : `an array of texts${one === 'a text' ? '' : `, each ${one}`}`
}

function range({ min, max }: OptionRule): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return `, at least ${min}`
  return max === undefined ? '' : `, at most ${max}`
}

function advice({ oneOf, format }: OptionRule, value: unknown): string[] {
  if (!isText(value)) return []
  if (format === 'origin') {
    const url = URL.parse(value)
    return url && /^https?:$/.test(url.protocol) ? [`Write '${url.origin}'.`] : []
  }
  const near = oneOf && nearest(value, oneOf)
  return near === undefined ? [] : [`Did you mean '${near}'?`]
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

/** `2026-02-30` reads as a day in March, so it must come back as it went in. */
function isDate(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}
