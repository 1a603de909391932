import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CallExpression } from 'oxc-parser'
import { classify } from './classify.ts'
import { type ModuleExport, type ModuleSyntax, isCommonJs, parseModule } from './module-syntax.ts'
import { readSource } from '../diagnostics/source-text.ts'
import type { FunctionKind } from './trigger-options.ts'

/** An export of a functions file that is, or may be, a function. */
export interface Candidate {
  exported: string
  /** Where the file exports it. */
  offset: number
  found:
    | { kind: 'definition'; of: FunctionKind; module: ModuleSyntax; call: CallExpression }
    | { kind: 'app'; module: ModuleSyntax }
    /** Only loading the module tells. */
    | { kind: 'unknown' }
}

/** Parses each file once; re-exports lead to files that several others name. */
export interface ModuleReader {
  root: string
  read(file: string): ModuleSyntax
}

export function createModuleReader(root: string): ModuleReader {
  const modules = new Map<string, ModuleSyntax>()
  return {
    root,
    read(file) {
      const known = modules.get(file)
      if (known) return known
      const module = parseModule(readSource(root, file))
      modules.set(file, module)
      return module
    },
  }
}

/** `loadAll`: the names of the exports are known only when the file is loaded. */
export function findExports(reader: ModuleReader, module: ModuleSyntax): { candidates: Candidate[]; loadAll: boolean } {
  const result: { candidates: Candidate[]; loadAll: boolean } = { candidates: [], loadAll: false }
  collect(reader, module, undefined, new Set(), result)
  // What CommonJS exports is known only when it runs; a file that never names Isobar has no function.
  if (isCommonJs(module) && module.source.text.includes('isobar')) result.loadAll = true
  return result
}

/** @param at where the functions file re-exports this module; undefined for the file itself. */
function collect(
  reader: ModuleReader,
  module: ModuleSyntax,
  at: number | undefined,
  visited: Set<string>,
  result: { candidates: Candidate[]; loadAll: boolean },
): void {
  if (visited.has(module.source.file)) return
  visited.add(module.source.file)
  for (const item of module.exports) {
    // A star takes every name but `default`, and a name of the file's own hides it.
    if (at !== undefined && item.name === 'default') continue
    if (result.candidates.some((candidate) => candidate.exported === item.name)) continue
    const found = findOne(reader, module, item.value, item.name === 'default')
    if (found) result.candidates.push({ exported: item.name, offset: at ?? item.offset, found })
  }
  for (const star of module.stars) {
    const file = resolveRelative(reader.root, module.source.file, star.from)
    if (file === undefined) result.loadAll = true
    else collect(reader, reader.read(file), at ?? star.offset, visited, result)
  }
}

function findOne(
  reader: ModuleReader,
  module: ModuleSyntax,
  value: ModuleExport['value'],
  isDefault: boolean,
  depth = 0,
): Candidate['found'] | undefined {
  switch (value.kind) {
    case 'other':
      return undefined
    case 'local': {
      const imported = module.imports.get(value.name)
      if (imported) return followImport(reader, module, imported, isDefault, depth)
      const initial = module.constants.get(value.name)
      if (initial) return findOne(reader, module, { kind: 'expression', expression: initial }, isDefault, depth)
      return module.declared.has(value.name) ? undefined : { kind: 'unknown' }
    }
    case 'from':
      return followImport(reader, module, value, isDefault, depth)
    case 'expression': {
      const classified = classify(module, value.expression)
      switch (classified.kind) {
        case 'definition':
          return { kind: 'definition', of: classified.of, module, call: classified.call }
        case 'app':
          // Only a default export stands for a function without being wrapped.
          return isDefault ? { kind: 'app', module } : undefined
        case 'from':
          return followImport(reader, module, classified, isDefault, depth)
        case 'none':
          return undefined
        case 'instance':
          return isDefault ? { kind: 'unknown' } : undefined
        case 'unknown':
          return { kind: 'unknown' }
      }
    }
  }
}

function followImport(
  reader: ModuleReader,
  module: ModuleSyntax,
  target: { from: string; imported: string },
  isDefault: boolean,
  depth: number,
): Candidate['found'] | undefined {
  if (target.imported === '*') return undefined
  const file = resolveRelative(reader.root, module.source.file, target.from)
  // A chain longer than this is a circle.
  if (file === undefined || depth > 20) return { kind: 'unknown' }
  const next = reader.read(file)
  const item = next.exports.find(({ name }) => name === target.imported)
  if (item) return findOne(reader, next, item.value, isDefault, depth + 1)
  return next.stars.length > 0 ? { kind: 'unknown' } : undefined
}

const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs']

/** A relative specifier's file relative to the project, by the rules that bundlers share; undefined for all others. */
function resolveRelative(root: string, importer: string, specifier: string): string | undefined {
  if (!specifier.startsWith('./') && !specifier.startsWith('../')) return undefined
  const path = join(dirname(importer), specifier)
  const candidates = [
    path,
    // TypeScript's own rule: `./x.js` may stand for `./x.ts`.
    ...extensions.slice(0, 4).map((extension) => path.replace(/\.[mc]?jsx?$/, extension)),
    ...extensions.map((extension) => path + extension),
    ...extensions.map((extension) => join(path, `index${extension}`)),
  ]
  const file = candidates.find((candidate) => isSource(join(root, candidate)))
  return file?.replaceAll('\\', '/')
}

function isSource(path: string): boolean {
  return extensions.some((extension) => path.endsWith(extension)) && existsSync(path) && statSync(path).isFile()
}
