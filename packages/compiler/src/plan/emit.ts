import { parseSync } from 'oxc-parser'
import { posix } from 'node:path'
import { createPlan, type PlanOptions } from './plan.ts'
import type { Emitted, EmittedEntry, Target } from '../types.ts'

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
    const sources = new Set(plan.deployables.flatMap(({ functions }) => functions.map(({ source }) => source)))
    return {
      entries: emitted.entries.map((entry) => placeEntry(entry, options.toProject, sources)),
      files: emitted.files,
      diagnostics: emitted.diagnostics,
    }
  }
}

/** Statements are written for a file directly in `shim/`; an entry in a folder of its own needs one more `../` per level. */
function placeEntry(entry: EmittedEntry, toProject: string, sources: ReadonlySet<string>): PlacedEntry {
  const depth = posix.dirname(entry.file) === '.' ? 0 : posix.dirname(entry.file).split('/').length
  let { source } = entry
  if (depth > 0) {
    for (const file of sources) {
      const specifier = posix.join(toProject, file)
      source = source.replaceAll(`import('${specifier}')`, `import('${'../'.repeat(depth)}${specifier}')`)
    }
  }
  return { ...entry, source, shimFile: posix.join('shim', entry.file) }
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
