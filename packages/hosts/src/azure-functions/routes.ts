import type { Binding, FunctionMetadata } from './protocol.ts'

/** A function with an HTTP trigger, as the host routes to it. */
export interface HttpFunction {
  metadata: FunctionMetadata
  /** The trigger's name in `bindings`. */
  trigger: string
  segments: Segment[]
  /** Upper-case; empty: every method. */
  methods: string[]
}

export interface RouteMatch {
  function: HttpFunction
  /** Values of the template's parameters; an optional one that is absent is left out. */
  params: Record<string, string>
}

type Segment =
  | { kind: 'literal'; text: string }
  | { kind: 'parameter'; name: string; constraint?: RegExp; optional: boolean }
  | { kind: 'catchAll'; name: string }

// https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints
const constraints: Record<string, RegExp> = {
  int: /^-?\d+$/,
  long: /^-?\d+$/,
  alpha: /^[a-z]+$/i,
  bool: /^(?:true|false)$/i,
  guid: /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
}

/**
 * The HTTP functions of an app, most specific route first: the order does not depend on that of registration.
 * @throws Error for a route template that this host does not know.
 */
export function httpFunctions(functions: FunctionMetadata[], routePrefix: string): HttpFunction[] {
  const found = functions.flatMap((metadata) => {
    const entry = Object.entries(metadata.bindings).find(([, binding]) => binding.type.toLowerCase() === 'httptrigger')
    return entry === undefined ? [] : [httpFunction(metadata, entry[0], entry[1], routePrefix)]
  })
  return found.sort((a, b) => precedence(a.segments).localeCompare(precedence(b.segments)))
}

/** The function for a request. A wrong method is no match: the host answers 404 and not 405. */
export function matchRoute(functions: HttpFunction[], method: string, path: string): RouteMatch | undefined {
  const parts = path.split('/').slice(1)
  // A slash at the end does not count.
  if (parts.at(-1) === '') parts.pop()
  for (const candidate of functions) {
    if (candidate.methods.length > 0 && !candidate.methods.includes(method.toUpperCase())) continue
    const params = matchSegments(candidate.segments, parts)
    if (params !== undefined) return { function: candidate, params }
  }
  return undefined
}

function httpFunction(metadata: FunctionMetadata, trigger: string, binding: Binding, prefix: string): HttpFunction {
  const route = [prefix, binding.route ?? metadata.name].filter((part) => part !== '').join('/')
  return {
    metadata,
    trigger,
    segments: route
      .split('/')
      .filter((part) => part !== '')
      .map((part) => parseSegment(part, route)),
    methods: (binding.methods ?? []).map((method) => method.toUpperCase()),
  }
}

function parseSegment(text: string, route: string): Segment {
  if (!/[{}]/.test(text)) return { kind: 'literal', text: text.toLowerCase() }
  const groups = /^\{(?<star>\*{0,2})(?<name>\w+)(?::(?<constraint>\w+))?(?<optional>\?)?\}$/.exec(text)?.groups
  const { star, name, constraint, optional } = groups ?? {}
  const pattern = constraint === undefined ? undefined : constraints[constraint]
  if (name === undefined || (constraint !== undefined && pattern === undefined)) {
    const known = Object.keys(constraints).join(', ')
    throw new Error(
      `The route "${route}" has the segment "${text}"; expected {name}, {name?}, {*name} or {name:constraint} with one of ${known}.`,
    )
  }
  if (star !== '') return { kind: 'catchAll', name }
  return { kind: 'parameter', name, optional: optional === '?', ...(pattern && { constraint: pattern }) }
}

function matchSegments(segments: Segment[], parts: string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {}
  for (const [index, segment] of segments.entries()) {
    const part = parts[index]
    if (segment.kind === 'catchAll') {
      const rest = parts.slice(index).join('/')
      if (rest !== '') params[segment.name] = rest
      return params
    }
    if (part === undefined || part === '') {
      if (segment.kind === 'parameter' && segment.optional && part === undefined) continue
      return undefined
    }
    if (segment.kind === 'literal') {
      if (segment.text !== part.toLowerCase()) return undefined
    } else {
      if (segment.constraint?.test(part) === false) return undefined
      params[segment.name] = part
    }
  }
  return parts.length > segments.length ? undefined : params
}

// https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-template-precedence-and-endpoint-selection-order
function precedence(segments: Segment[]): string {
  return segments
    .map((segment) => {
      if (segment.kind === 'literal') return '1'
      if (segment.kind === 'catchAll') return '5'
      return segment.constraint === undefined ? '3' : '2'
    })
    .join('')
}
