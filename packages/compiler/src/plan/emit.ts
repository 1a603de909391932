import { parseSync } from 'oxc-parser'
import { posix } from 'node:path'
import { createPlan, type PlanOptions } from './plan.ts'
import type { Emitted, EmittedEntry, Plan, Target } from '../types.ts'

/** An entry whose imports of user modules are right for the place where its shim is written. */
export interface PlacedEntry extends EmittedEntry {
  /** `shim/http/index.mjs` */
  shimFile: string
}

export interface TargetEmission {
  entries: PlacedEntry[]
  files: Emitted['files']
  diagnostics: Emitted['diagnostics']
}

/** Asks the target for its entries; a second time when a module's variable clashes with a name of the adapter's own. */
export function emitTarget(target: Target, options: Omit<PlanOptions, 'taken'>): TargetEmission {
  const taken = new Set<string>()
  for (;;) {
    const plan = createPlan({ ...options, taken })
    const emitted = target.emit(plan)
    const clashes = emitted.entries.flatMap((entry) => repeatedNames(entry.source)).filter((name) => !taken.has(name))
    if (clashes.length > 0) {
      for (const name of clashes) taken.add(name)
      continue
    }
    return {
      entries: emitted.entries.map((entry) => placeEntry(entry, plan, options.toProject)),
      files: emitted.files,
      diagnostics: emitted.diagnostics,
    }
  }
}

/** Fits the compiler's text in a shim to where it stands: the shim's folder, and the line that a literal begins in. */
function placeEntry(entry: EmittedEntry, plan: Plan, toProject: string): PlacedEntry {
  const folder = posix.dirname(entry.file)
  const depth = folder === '.' ? 0 : folder.split('/').length
  let { source } = entry
  for (const { functionsLiteral } of plan.http) source = indentLiteral(source, functionsLiteral)
  for (const file of new Set(plan.functions.map((planned) => planned.source))) {
    // Statements are written for a file directly in `shim/`.
    const specifier = posix.join(toProject, file)
    source = source.replaceAll(`import('${specifier}')`, `import('${'../'.repeat(depth)}${specifier}')`)
  }
  return { ...entry, source, shimFile: posix.join('shim', entry.file) }
}

function indentLiteral(source: string, literal: string): string {
  const start = source.indexOf(literal)
  if (start === -1) return source
  const line = source.slice(source.lastIndexOf('\n', start) + 1, start)
  const indent = /^\s*/.exec(line)?.[0] ?? ''
  return source.slice(0, start) + literal.replaceAll('\n', `\n${indent}`) + source.slice(start + literal.length)
}

/** Top-level names that a shim declares twice. */
function repeatedNames(source: string): string[] {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  const add = (name: string): void => {
    if (seen.has(name)) repeated.add(name)
    seen.add(name)
  }
  for (const statement of parseSync('shim.mjs', source).program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type === 'ImportDeclaration') {
      for (const { local } of declaration.specifiers) add(local.name)
    } else if (declaration?.type === 'VariableDeclaration') {
      for (const { id } of declaration.declarations) if (id.type === 'Identifier') add(id.name)
    } else if (declaration?.type === 'FunctionDeclaration' && declaration.id) {
      add(declaration.id.name)
    }
  }
  return [...repeated]
}
