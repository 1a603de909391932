import { type ConfigPath, createConfigLocator } from './config-locations.ts'
import type { Config } from './config.ts'
import { kebab } from '../discovery/function-names.ts'
import type { DiagnosticId } from '../diagnostics/ids.ts'
import { nearest } from '../diagnostics/nearest.ts'
import type { SourceText } from '../diagnostics/source-text.ts'
import { checkTargetOptions } from './target-options.ts'
import type { Diagnostic, Target } from '../types.ts'
import { describe, isBoolean, isObject, isText, isTexts, isTextOrTexts } from './values.ts'

interface Rule {
  expected: string
  holds(value: unknown): boolean
  required?: boolean
}

const loaderNames = ['base64', 'binary', 'copy', 'dataurl', 'file', 'json', 'text']

/** One row per key: what it may be, in words and as a test. */
const keys: Readonly<Record<string, Rule>> = {
  name: { expected: 'a text', holds: isText, required: true },
  functions: { expected: "a folder, a glob or an array of them, such as 'functions'", holds: isTextOrTexts },
  targets: {
    expected: 'an array with at least one target, such as [awsLambda()]',
    holds: (value) => Array.isArray(value) && value.length > 0,
    required: true,
  },
  outDir: { expected: 'a folder', holds: isText },
  bundle: { expected: 'an object with bundle options', holds: isObject },
  resources: {
    expected: "an object from what a function listens to, such as 'queue:orders', to its name, or its names by target",
    holds: (value) =>
      isObject(value) &&
      Object.entries(value).every(
        ([key, name]) =>
          /^(?:queue|topic|storage|stream|changes):./.test(key) &&
          (isText(name) || (isObject(name) && Object.values(name).every(isText))),
      ),
  },
}

const bundleKeys: Readonly<Record<string, Rule>> = {
  external: { expected: 'an array of package names', holds: isTexts },
  assets: { expected: 'an array of globs', holds: isTexts },
  loaders: {
    expected: `an object from extension to loader (${loaderNames.join(', ')}), such as { '.sql': 'text' }`,
    holds: (value) =>
      isObject(value) &&
      Object.entries(value).every(
        ([key, loader]) => key.startsWith('.') && typeof loader === 'string' && loaderNames.includes(loader),
      ),
  },
  minify: { expected: 'true or false', holds: isBoolean },
  sourcemap: { expected: 'true or false', holds: isBoolean },
}

/** Tells everything that is wrong with a config at once. `config` is undefined when there is an error. */
export function validateConfig(value: unknown, source?: SourceText): { config?: Config; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const locate = createConfigLocator(source)
  const report: Report = (id, text, notes, path, at = 'value') => {
    const location = locate(path, at)
    diagnostics.push({ id, severity: 'error', text, notes, ...(location && { location }) })
  }
  if (!isConfigShaped(value, report)) return { diagnostics }
  checkKeys(value, keys, [], 'The config', report)
  if (isObject(value['bundle'])) checkKeys(value['bundle'], bundleKeys, ['bundle'], "The config's 'bundle'", report)
  checkName(value['name'], report)
  if (Array.isArray(value['targets'])) checkTargets(value['targets'], report)
  return diagnostics.length === 0 ? { config: value, diagnostics } : { diagnostics }
}

type Report = (id: DiagnosticId, text: string, notes: string[], path: ConfigPath, at?: 'key' | 'value') => void

function isConfigShaped(value: unknown, report: Report): value is Config & Record<string, unknown> {
  if (isObject(value)) return true
  report(
    'invalid-config-value',
    value === undefined
      ? 'The config file has no default export.'
      : `The config's default export is ${describe(value)}; it must be an object.`,
    ['Write: export default defineConfig({ name, targets }).'],
    [],
  )
  return false
}

function checkKeys(
  object: Record<string, unknown>,
  rules: Readonly<Record<string, Rule>>,
  path: ConfigPath,
  what: string,
  report: Report,
): void {
  const known = Object.keys(rules)
  for (const [key, value] of Object.entries(object)) {
    const rule = rules[key]
    if (!rule) {
      const near = nearest(key, known)
      report(
        'unknown-config-key',
        `${what} has no key '${key}'.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
        [`The keys are ${known.join(', ')}.`],
        [...path, key],
        'key',
      )
    } else if (value !== undefined && !rule.holds(value)) {
      report(
        'invalid-config-value',
        `${what} has ${describe(value)} as '${key}'; it must be ${rule.expected}.`,
        [],
        [...path, key],
      )
    }
  }
  for (const [key, rule] of Object.entries(rules)) {
    if (rule.required && object[key] === undefined) {
      report('invalid-config-value', `${what} has no '${key}'; it must be ${rule.expected}.`, [], path)
    }
  }
}

function checkName(name: unknown, report: Report): void {
  if (!isText(name) || /^[a-z][a-z0-9-]{0,62}$/.test(name)) return
  const suggestion = kebab(name).slice(0, 63)
  report(
    'invalid-config-value',
    `The application's name '${name}' cannot name cloud resources: it must be lower-case letters, digits and hyphens, a letter first, 63 at most.`,
    suggestion === '' ? [] : [`Name it '${suggestion}'.`],
    ['name'],
  )
}

function checkTargets(targets: readonly unknown[], report: Report): void {
  const names = new Set<string>()
  for (const [index, target] of targets.entries()) {
    const path = ['targets', index]
    const problems = checkTargetOptions(target)
    for (const { id, text, notes, option } of problems) {
      report(id, text, notes, [...path, option], id === 'unknown-target-option' ? 'key' : 'value')
    }
    if (!isTarget(target)) {
      // A target that a wrong option made, such as a name that is no text, is told once.
      if (problems.length > 0) continue
      report(
        'invalid-target',
        `The entry ${index + 1} of 'targets' is ${describe(target)}; it must be a target.`,
        [targetAdvice(target)],
        path,
      )
    } else if (!/^[a-z0-9][a-z0-9._-]*$/i.test(target.name)) {
      report(
        'invalid-target',
        `The target name '${target.name}' cannot be a folder: it must be letters, digits, dots and hyphens.`,
        [],
        path,
      )
    } else if (names.has(target.name.toLowerCase())) {
      report(
        'duplicate-target',
        `Two targets are named '${target.name}'.`,
        [`A name is a folder below the output folder: give one of them another, such as { name: '${target.name}-2' }.`],
        path,
      )
    } else {
      names.add(target.name.toLowerCase())
    }
  }
}

function isTarget(value: unknown): value is Target {
  return (
    isObject(value) && isText(value['name']) && typeof value['emit'] === 'function' && isObject(value['capabilities'])
  )
}

function targetAdvice(target: unknown): string {
  if (typeof target === 'function') return `Call the function: ${target.name || 'target'}().`
  if (typeof target === 'string')
    return `Import the target's function from its package and call it: import { awsLambda } from '@isobar/aws-lambda/build'.`
  return "A target is what an adapter's function returns, such as awsLambda() of '@isobar/aws-lambda/build'."
}
