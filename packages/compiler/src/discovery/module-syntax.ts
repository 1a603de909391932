import {
  type BindingPattern,
  type Expression,
  type ExportDefaultDeclarationKind,
  parseSync,
  type Program,
  type Statement,
} from 'oxc-parser'
import type { SourceText } from '../diagnostics/source-text.ts'

/** What a module says about its imports and exports, without running it. */
export interface ModuleSyntax {
  source: SourceText
  program: Program
  /** By local name. `imported` is `*` for a namespace. */
  imports: Map<string, { from: string; imported: string }>
  /** Initial values of top-level constants, by name. */
  constants: Map<string, Expression>
  /** Names of top-level functions and classes. */
  declared: Set<string>
  exports: ModuleExport[]
  /** `export * from '…'`, in order. */
  stars: { from: string; offset: number }[]
  /** Syntax errors; the rest is then as far as the parser came. */
  errors: { message: string; offset: number }[]
}

export interface ModuleExport {
  name: string
  offset: number
  value:
    | { kind: 'expression'; expression: Expression }
    | { kind: 'local'; name: string }
    | { kind: 'from'; from: string; imported: string }
    /** A function, a class or another form that cannot be a definition. */
    | { kind: 'other' }
}

export function parseModule(source: SourceText): ModuleSyntax {
  const { program, errors } = parseSync(source.file, source.text)
  const module: ModuleSyntax = {
    source,
    program,
    imports: new Map(),
    constants: new Map(),
    declared: new Set(),
    exports: [],
    stars: [],
    errors: errors.map(({ message, labels }) => ({ message, offset: labels[0]?.start ?? 0 })),
  }
  for (const statement of program.body) readStatement(module, statement)
  return module
}

function readStatement(module: ModuleSyntax, statement: Program['body'][number]): void {
  switch (statement.type) {
    case 'ImportDeclaration':
      if (statement.importKind === 'type') return
      for (const specifier of statement.specifiers) {
        const imported =
          specifier.type === 'ImportNamespaceSpecifier'
            ? '*'
            : specifier.type === 'ImportDefaultSpecifier'
              ? 'default'
              : nameOf(specifier.imported)
        module.imports.set(specifier.local.name, { from: statement.source.value, imported })
      }
      return
    case 'VariableDeclaration':
      readConstants(module, statement)
      return
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      if (statement.id) module.declared.add(statement.id.name)
      return
    case 'ExportAllDeclaration':
      if (statement.exportKind === 'type') return
      if (statement.exported === null) {
        module.stars.push({ from: statement.source.value, offset: statement.start })
      } else {
        module.exports.push({ name: nameOf(statement.exported), offset: statement.start, value: { kind: 'other' } })
      }
      return
    case 'ExportDefaultDeclaration':
      readDefault(module, statement)
      return
    case 'ExportNamedDeclaration':
      readNamed(module, statement)
      return
    default:
      return
  }
}

function readConstants(module: ModuleSyntax, statement: Statement & { type: 'VariableDeclaration' }): void {
  if (statement.kind !== 'const') return
  for (const { id, init } of statement.declarations) {
    if (id.type === 'Identifier' && init) module.constants.set(id.name, init)
  }
}

function readDefault(module: ModuleSyntax, statement: Statement & { type: 'ExportDefaultDeclaration' }): void {
  const { declaration, start: offset } = statement
  const value: ModuleExport['value'] = isDeclaration(declaration)
    ? { kind: 'other' }
    : declaration.type === 'Identifier'
      ? { kind: 'local', name: declaration.name }
      : { kind: 'expression', expression: declaration }
  module.exports.push({ name: 'default', offset, value })
}

function isDeclaration(node: ExportDefaultDeclarationKind): node is Exclude<ExportDefaultDeclarationKind, Expression> {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'TSDeclareFunction':
    case 'TSEmptyBodyFunctionExpression':
    case 'ClassDeclaration':
    case 'ClassExpression':
    case 'TSInterfaceDeclaration':
      return true
    default:
      return false
  }
}

function readNamed(module: ModuleSyntax, statement: Statement & { type: 'ExportNamedDeclaration' }): void {
  if (statement.exportKind === 'type') return
  const { declaration, source } = statement
  if (declaration?.type === 'VariableDeclaration') {
    readConstants(module, declaration)
    for (const { id, init } of declaration.declarations) {
      if (id.type !== 'Identifier') {
        // `export const { a, b } = make()`: each is a local name whose value nothing here tells.
        module.exports.push(
          ...boundNames(id).map(({ name, start }): ModuleExport => ({
            name,
            offset: start,
            value: { kind: 'local', name },
          })),
        )
        continue
      }
      module.exports.push({
        name: id.name,
        offset: id.start,
        value: init ? { kind: 'expression', expression: init } : { kind: 'other' },
      })
    }
  } else if (declaration && 'id' in declaration && declaration.id?.type === 'Identifier') {
    module.exports.push({ name: declaration.id.name, offset: declaration.id.start, value: { kind: 'other' } })
  }
  for (const specifier of statement.specifiers) {
    if (specifier.exportKind === 'type') continue
    const name = nameOf(specifier.exported)
    const local = nameOf(specifier.local)
    const value: ModuleExport['value'] = source
      ? { kind: 'from', from: source.value, imported: local }
      : { kind: 'local', name: local }
    module.exports.push({ name, offset: specifier.start, value })
  }
}

/** The names that a pattern binds. */
function boundNames(pattern: BindingPattern): { name: string; start: number }[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern]
    case 'AssignmentPattern':
      return boundNames(pattern.left)
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) =>
        element ? boundNames(element.type === 'RestElement' ? element.argument : element) : [],
      )
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === 'RestElement' ? property.argument : property.value),
      )
  }
}

/** True for a file that uses `exports` or `module.exports` and nothing of ECMAScript modules. */
export function isCommonJs(module: ModuleSyntax): boolean {
  const hasModuleSyntax = module.exports.length + module.stars.length + module.imports.size > 0
  return !hasModuleSyntax && /\bexports\b/.test(module.source.text)
}

function nameOf(node: { type: 'Identifier'; name: string } | { type: 'Literal'; value: string }): string {
  return node.type === 'Literal' ? node.value : node.name
}
