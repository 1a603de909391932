import type { HttpDefinition } from '../definitions/http.ts'

/** One function behind the application's router. */
export interface Route {
  name: string
  definition: HttpDefinition
  pattern: ParsedRoute
}

export interface ParsedRoute {
  /** Matches a URL's pathname; its groups are the parameters, in order. */
  expression: RegExp
  parameters: string[]
  /** Equal for two routes that match the same paths: parameter names are left out. */
  shape: string
  /** Rank of each segment; compared from the left, lower goes first. */
  ranks: number[]
}

export type Match =
  | { kind: 'found'; route: Route; params: Record<string, string> }
  | { kind: 'malformed'; route: Route }
  | { kind: 'wrong-method'; allow: string }
  | { kind: 'missing' }

const literal = 0
const rankOf: Readonly<Record<string, number>> = { '': 1, '?': 2, '+': 3, '*': 4 }
const wildcard = 5

/**
 * Reads a route in the subset of URLPattern's pathname syntax that every target offers: a segment is a literal,
 * `:name`, `:name?`, `:name+`, `:name*` or `*`.
 *
 * @throws TypeError with a sentence that names the segment and what is supported.
 */
export function parseRoute(route: string): ParsedRoute {
  if (!route.startsWith('/')) throw new TypeError(`The route '${route}' must start with a slash.`)
  const parameters: string[] = []
  const ranks: number[] = []
  let source = ''
  let shape = ''
  let wildcards = 0
  for (const segment of route.slice(1).split('/')) {
    const named = /^:([\p{ID_Start}$_][\p{ID_Continue}$_]*)([?+*]?)$/u.exec(segment)
    if (named) {
      const [, name = '', modifier = ''] = named
      if (parameters.includes(name)) throw new TypeError(`The route '${route}' has the parameter ':${name}' twice.`)
      parameters.push(name)
      ranks.push(rankOf[modifier] ?? wildcard)
      source += groupSources[modifier] ?? ''
      shape += `/:${modifier}`
    } else if (segment === '*') {
      // URLPattern numbers its unnamed groups from 0.
      parameters.push(String(wildcards++))
      ranks.push(wildcard)
      source += '/(.*)'
      shape += '/*'
    } else {
      const path = literalSegment(route, segment)
      ranks.push(literal)
      source += `/${path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`
      shape += `/${path}`
    }
  }
  return { expression: new RegExp(`^${source}$`), parameters, shape, ranks }
}

/** URLPattern takes the slash in front of a segment into its optional group. */
const groupSources: Readonly<Record<string, string>> = {
  '': '/([^/]+?)',
  '?': '(?:/([^/]+?))?',
  '+': '/((?:[^/]+?)(?:/(?:[^/]+?))*)',
  '*': '(?:/((?:[^/]+?)(?:/(?:[^/]+?))*))?',
}

function literalSegment(route: string, segment: string): string {
  if (/[:*?+{}()\\]/.test(segment) || /^(?:\.|%2e){1,2}$/i.test(segment)) {
    throw new TypeError(
      `The route '${route}' has the segment '${segment}', which is not supported. A segment is a literal, ':name', ':name?', ':name+', ':name*' or '*'.`,
    )
  }
  // A literal is compared with a URL's pathname, where the URL standard has encoded what cannot stand there.
  return new URL(`http://x/${segment}`).pathname.slice(1)
}

/** The router of an application: literals before `:x` before `:x?` before `+` and `*`, whatever the order of files. */
export function createRouter(routes: readonly Route[]): (method: string, pathname: string) => Match {
  const sorted = routes.toSorted(
    (a, b) =>
      compareRanks(a.pattern.ranks, b.pattern.ranks) ||
      // A route that names HEAD itself comes before the GET route that would answer for it.
      Number(b.definition.methods?.includes('HEAD') ?? false) - Number(a.definition.methods?.includes('HEAD') ?? false),
  )
  return (method, pathname) => {
    const allowed = new Set<string>()
    for (const route of sorted) {
      const groups = route.pattern.expression.exec(pathname)
      if (!groups) continue
      const methods = route.definition.methods
      if (methods === undefined || methods.includes(method) || (method === 'HEAD' && methods.includes('GET'))) {
        return found(route, groups)
      }
      for (const name of methods) allowed.add(name)
    }
    return allowed.size === 0 ? { kind: 'missing' } : { kind: 'wrong-method', allow: allowHeader(allowed) }
  }
}

/** The methods of the routes that match a path, for methods that no Request can carry (TRACE, CONNECT). */
export function allowFor(routes: readonly Route[], pathname: string): string {
  const methods = new Set<string>()
  for (const { definition, pattern } of routes) {
    if (!pattern.expression.test(pathname)) continue
    for (const method of definition.methods ?? everyMethod) methods.add(method)
  }
  return allowHeader(methods)
}

/** Sorted, with the HEAD that a GET route answers too (R10). */
function allowHeader(methods: Set<string>): string {
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods].toSorted().join(', ')
}

const everyMethod = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']

function found(route: Route, groups: RegExpExecArray): Match {
  const params: Record<string, string> = {}
  try {
    for (const [index, name] of route.pattern.parameters.entries()) {
      const value = groups[index + 1]
      if (value !== undefined) params[name] = decodeURIComponent(value)
    }
  } catch {
    return { kind: 'malformed', route }
  }
  return { kind: 'found', route, params }
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    // The longer of two routes with the same beginning says more about the path.
    const difference = (a[index] ?? wildcard + 1) - (b[index] ?? wildcard + 1)
    if (difference !== 0) return difference
  }
  return 0
}
