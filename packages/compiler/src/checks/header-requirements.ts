import { type Argument, type CallExpression, type Expression, type NewExpression, Visitor } from 'oxc-parser'
import type { CapabilityKey } from '@isobar/core'
import type { ModuleSyntax } from '../discovery/module-syntax.ts'
import type { Requirement } from './requirements.ts'
import { locationAt } from '../diagnostics/source-text.ts'

/** Headers that some gateways rename or overwrite, and the capability that says which do not: clause S14. */
const contested: ReadonlyMap<string, CapabilityKey> = new Map([
  ['date', 'http.serverHeaders'],
  ['server', 'http.serverHeaders'],
  ['www-authenticate', 'http.authenticateHeader'],
])

/** One for each place where a module visibly gives a response one of those headers. */
export function headerRequirements(module: ModuleSyntax): Requirement[] {
  // Most files name none; they need not be walked.
  if (!/\b(?:date|server|www-authenticate)\b/i.test(module.source.text)) return []
  return findHeaders(module).map(({ name, offset, capability }): Requirement => ({
    id: 'contested-header',
    severity: 'warning',
    location: locationAt(module.source, offset),
    capability,
    isMet: ({ capabilities }) => capabilities[capability] === true,
    text: () => `The header '${name}' may not reach the client under this name and with this value.`,
    notes: ({ capabilities }) => {
      const absence = capabilities[capability]
      return absence === true ? [] : [absence.absent, absence.source]
    },
  }))
}

interface FoundHeader {
  name: string
  offset: number
  capability: CapabilityKey
}

function findHeaders({ program }: ModuleSyntax): FoundHeader[] {
  const found: FoundHeader[] = []
  // Headers of a request that the function sends itself are nobody's concern.
  let requests = 0
  const add = (node: { start: number }, name: string): void => {
    const capability = contested.get(name.toLowerCase())
    if (requests === 0 && capability !== undefined) found.push({ name, offset: node.start, capability })
  }
  const enter = (node: CallExpression | NewExpression): void => {
    if (makesRequest(node)) requests++
    if (node.type === 'NewExpression' && node.callee.type === 'Identifier' && node.callee.name === 'Headers') {
      addNames(node.arguments[0], add)
    }
    if (node.type === 'CallExpression' && setsHeader(node.callee)) addLiteral(node.arguments[0], add)
  }
  const leave = (node: CallExpression | NewExpression): void => {
    if (makesRequest(node)) requests--
  }
  new Visitor({
    CallExpression: enter,
    'CallExpression:exit': leave,
    NewExpression: enter,
    'NewExpression:exit': leave,
    Property: ({ key, value }) => {
      if (key.type === 'Identifier' && key.name === 'headers') addNames(value, add)
    },
  }).visit(program)
  return found
}

type Add = (node: { start: number }, name: string) => void

/** The names in `{ date: … }` and `[['date', …]]`. */
function addNames(node: Argument | Expression | { type: string } | undefined, add: Add): void {
  if (!node) return
  if (isType(node, 'ObjectExpression')) {
    for (const property of node.properties) {
      if (property.type === 'SpreadElement' || property.computed) continue
      if (property.key.type === 'Identifier') add(property.key, property.key.name)
      else addLiteral(property.key, add)
    }
  } else if (isType(node, 'ArrayExpression')) {
    for (const element of node.elements) {
      if (element?.type === 'ArrayExpression') addLiteral(element.elements[0] ?? undefined, add)
    }
  }
}

function isType<Type extends Expression['type']>(
  node: { type: string },
  type: Type,
): node is Expression & { type: Type } {
  return node.type === type
}

function addLiteral(node: { type: string; start: number } | undefined, add: Add): void {
  if (node && isType(node, 'Literal') && typeof node.value === 'string') add(node, node.value)
}

function makesRequest({ type, callee }: CallExpression | NewExpression): boolean {
  return callee.type === 'Identifier' && callee.name === (type === 'NewExpression' ? 'Request' : 'fetch')
}

/** `response.headers.set(…)`, `headers.append(…)`, and Hono's `c.header(…)`. */
function setsHeader(callee: Expression): boolean {
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false
  const method = callee.property.name
  if (method === 'header') return true
  if (method !== 'set' && method !== 'append') return false
  const { object } = callee
  if (object.type === 'Identifier') return /headers$/i.test(object.name)
  return (
    object.type === 'MemberExpression' &&
    object.property.type === 'Identifier' &&
    /headers$/i.test(object.property.name)
  )
}
