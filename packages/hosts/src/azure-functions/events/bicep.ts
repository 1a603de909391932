/**
 * What this host reads of a Bicep file: its resources and the literals in them. Expressions are kept as text.
 * https://learn.microsoft.com/azure/azure-resource-manager/bicep/file
 */
export interface BicepResource {
  symbol: string
  /** Lower case, without the version, with those of the resources that it stands in: `microsoft.servicebus/namespaces/queues`. */
  type: string
  name: string | undefined
  /** By `parent` or `scope`, or the resource that it is nested in. */
  parent: BicepResource | undefined
  properties: Record<string, BicepValue>
}

export type BicepValue =
  | string
  | number
  | boolean
  | null
  | BicepValue[]
  | { [name: string]: BicepValue }
  | BicepExpression

/** Neither a literal nor made of some: a call, an operator, a loop. */
export class BicepExpression {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

interface Found extends Omit<BicepResource, 'properties' | 'name' | 'parent'> {
  body: Record<string, BicepValue>
  within: Found | undefined
}

/** The resources of a file, nested ones too. A part that cannot be read is left out. */
export function readBicep(text: string): BicepResource[] {
  const variables = new Map<string, BicepValue>()
  for (const { 1: name = '', index, 0: head } of text.matchAll(/^(?:var|param)\s+(\w+)(?:\s+\w+)?\s*=\s*/gm)) {
    variables.set(name, createReader(text, index + head.length, () => {}).value())
  }
  const found: Found[] = []
  const declared = /^resource\s+(\w+)\s+'([^']+)'\s*(?:existing\s*)?=\s*(?:if\s*\([^\n]*\)\s*)?/gm
  for (const { 1: symbol = '', 2: type = '', index, 0: head } of text.matchAll(declared)) {
    readResource(text, index + head.length, { symbol, type, within: undefined }, found)
  }
  return linked(found, variables)
}

function readResource(
  text: string,
  at: number,
  head: Pick<Found, 'symbol' | 'type' | 'within'>,
  found: Found[],
): number {
  const own = head.type.split('@')[0]?.toLowerCase() ?? ''
  const type = head.within === undefined ? own : `${head.within.type}/${own}`
  const one: Found = { symbol: head.symbol, type, within: head.within, body: {} }
  found.push(one)
  const reader = createReader(text, at, (start, symbol, nested) =>
    readResource(text, start, { symbol, type: nested, within: one }, found),
  )
  const body = reader.value()
  if (isObject(body)) one.body = body
  return reader.position()
}

function linked(found: Found[], variables: ReadonlyMap<string, BicepValue>): BicepResource[] {
  const made = new Map<Found, BicepResource>()
  const make = (one: Found): BicepResource => {
    const known = made.get(one)
    if (known !== undefined) return known
    const { name, parent, scope, properties } = one.body
    const reference = parent ?? scope
    const named =
      reference instanceof BicepExpression ? found.find(({ symbol }) => symbol === reference.text) : undefined
    const above = one.within ?? named
    const resource: BicepResource = {
      symbol: one.symbol,
      type: one.type,
      name: nameOf(name, variables),
      parent: above && make(above),
      properties: isObject(properties) ? properties : {},
    }
    made.set(one, resource)
    return resource
  }
  return found.map(make)
}

function nameOf(value: BicepValue | undefined, variables: ReadonlyMap<string, BicepValue>): string | undefined {
  if (value instanceof BicepExpression) {
    const held = variables.get(value.text)
    return held === value ? undefined : nameOf(held, variables)
  }
  return typeof value === 'string' ? filled(value, variables) : undefined
}

/** A text whose `${name}` are variables with a text, as far as they are. */
export function filled(text: string, variables: ReadonlyMap<string, BicepValue>): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => nameOf(variables.get(name), variables) ?? whole)
}

/** A member of a value that is an object. */
export function bicepMember(value: BicepValue | undefined, name: string): BicepValue | undefined {
  return isObject(value) ? value[name] : undefined
}

export function isObject(value: BicepValue | undefined): value is { [name: string]: BicepValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof BicepExpression)
}

interface Reader {
  value(): BicepValue
  position(): number
}

/** @param onNested reads a resource in an object, from where its body begins; gives where it ends. */
function createReader(
  text: string,
  start: number,
  onNested: (start: number, symbol: string, type: string) => number | void,
): Reader {
  let at = start
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    const sticky = new RegExp(pattern.source, 'y')
    sticky.lastIndex = at
    const match = sticky.exec(text)
    if (match !== null) at = sticky.lastIndex
    return match ?? undefined
  }
  const skip = (): void => void take(/(?:[\s,]|\/\/[^\n]*|\/\*[^]*?\*\/)*/)
  const members = (): Record<string, BicepValue> => {
    const all: Record<string, BicepValue> = {}
    for (;;) {
      skip()
      if (at >= text.length || take(/\}/)) return all
      // Decorators and conditions of nested resources do not matter here.
      const nested = take(/resource\s+(\w+)\s+'([^']+)'\s*(?:existing\s*)?=\s*(?:if\s*\([^\n]*\)\s*)?/)
      if (nested !== undefined) {
        at = onNested(at, nested[1] ?? '', nested[2] ?? '') ?? text.length
        continue
      }
      const key = take(/(\w+)\s*:[ \t]*/)?.[1] ?? take(/'((?:[^'\\]|\\.)*)'\s*:[ \t]*/)?.[1]
      if (key === undefined) rest()
      else all[key] = value()
    }
  }
  const items = (): BicepValue[] => {
    const all: BicepValue[] = []
    for (;;) {
      skip()
      if (at >= text.length || take(/\]/)) return all
      all.push(value())
    }
  }
  /** To the end of an expression: where nothing is open any more, a line, a comma or what is around it ends. */
  const rest = (): string => {
    const from = at
    let depth = 0
    while (at < text.length) {
      const character = text[at] ?? ''
      if (character === "'") {
        string()
        continue
      }
      if (depth === 0 && /[\n,}\]]/.test(character)) break
      if (/[([{]/.test(character)) depth += 1
      if (/[)\]}]/.test(character)) depth -= 1
      at += 1
    }
    // What cannot be an expression must not stop the reader.
    if (at === from) at += 1
    return text.slice(from, at).trim()
  }
  const string = (): string => {
    const multiline = take(/'''\n?([^]*?)'''/)
    if (multiline !== undefined) return multiline[1] ?? ''
    const raw = take(/'((?:[^'\\$]|\\[^]|\$(?!\{)|\$\{[^}]*\})*)'?/)?.[1] ?? ''
    return raw.replaceAll(/\\(u\{([0-9a-fA-F]+)\}|[^])/g, (_, one: string, code: string | undefined) => {
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
      return { n: '\n', r: '\r', t: '\t' }[one] ?? one
    })
  }
  const value = (): BicepValue => {
    const from = at
    let read: BicepValue | undefined
    if (take(/\[\s*for\b/)) {
      at = from
      return new BicepExpression(rest())
    }
    if (take(/\{/)) read = members()
    else if (take(/\[/)) read = items()
    else if (text[at] === "'") read = string()
    else {
      const word = take(/(?:-?\d+|true|false|null)\b/)?.[0]
      if (word !== undefined) read = word === 'null' ? null : word === 'true' || (word !== 'false' && Number(word))
    }
    // Something that goes on is an operation.
    if (read !== undefined && /^[ \t]*(?:\/\/|\r?\n|[,}\]]|$)/.test(text.slice(at, at + 200))) return read
    at = from
    return new BicepExpression(rest())
  }
  return { value, position: () => at }
}
