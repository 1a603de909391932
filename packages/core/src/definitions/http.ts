import type { HttpContext } from '../context.ts'
import { brand } from './brand.ts'

/**
 * Answers one request. May be called for several requests at a time. A thrown `HttpError` is its status; anything else that
 * is thrown, or returned in place of a Response, is a 500 that tells the client nothing.
 */
export type HttpHandler<Route extends string = string> = (
  request: Request,
  context: HttpContext<Route>,
) => Response | Promise<Response>

/** An http trigger with options; the string form `'GET /orders/:id'` is `{ method: 'GET', route: '/orders/:id' }`. */
export interface HttpTriggerOptions<Route extends string = string> {
  /** URLPattern's pathname syntax: literals, `:name`, `:name?`, `:name+`, `:name*`, `*`. May start with a method. */
  route: Route
  /** @default every method */
  method?: string | readonly string[]
  /** @default the name of the export, in kebab-case */
  name?: string
  /** A body over it is answered 413. @default no limit but the platform's */
  maxBodyBytes?: number
  /** After it the client gets 504. @default no limit but the platform's */
  timeoutMs?: number
  /** `own` sets the function apart from the application's shared router, in a deployable of its own. @default 'shared' */
  deploy?: 'own' | 'shared'
}

/** What `http()` makes, for the compiler to find and the runner to call. */
export interface HttpDefinition {
  readonly [brand]: 'http'
  readonly kind: 'http'
  readonly route: string
  /** Upper-case, sorted; absent: every method. */
  readonly methods?: readonly string[]
  readonly name?: string
  readonly maxBodyBytes?: number
  readonly timeoutMs?: number
  readonly deploy?: 'own' | 'shared'
  readonly handler: HttpHandler
}

/**
 * Defines an http function. Exported from a file of the functions folder, it is deployed to every target.
 *
 * @param trigger `'GET /orders/:id'`, `'/orders/:id'` (every method), or an object with the same facts and options.
 * @throws TypeError when the trigger is not of that form or the handler is no function.
 */
export function http<const Route extends string>(
  trigger: Route | HttpTriggerOptions<Route>,
  handler: HttpHandler<Route>,
): HttpDefinition {
  if (typeof handler !== 'function') {
    throw new TypeError(`http() needs a handler function as its second argument, got ${typeof handler}.`)
  }
  const options: HttpTriggerOptions = typeof trigger === 'string' ? { route: trigger } : trigger
  const { route, methods } = parseTrigger(options)
  return {
    [brand]: 'http',
    kind: 'http',
    route,
    ...(methods && { methods }),
    ...(options.name !== undefined && { name: options.name }),
    ...(options.maxBodyBytes !== undefined && { maxBodyBytes: options.maxBodyBytes }),
    ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
    ...(options.deploy !== undefined && { deploy: options.deploy }),
    handler: (request, context) => handler(request, context as HttpContext<Route>),
  }
}

/** Splits `'GET /orders/:id'` and merges it with the `method` option. */
export function parseTrigger(options: { route: string; method?: string | readonly string[] }): {
  route: string
  methods?: string[]
} {
  const match = /^(?:([^\s/]+)\s+)?(\/\S*)$/.exec(options.route)
  if (!match?.[2]) {
    throw new TypeError(
      `'${options.route}' is not a route. Write a path that starts with a slash, with a method in front if you want: 'GET /orders/:id'.`,
    )
  }
  const named = options.method === undefined ? [] : [options.method].flat()
  const methods = match[1] === undefined ? named : [match[1], ...named]
  const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
  const wrong = methods.find((method) => !token.test(method))
  if (wrong !== undefined) throw new TypeError(`'${wrong}' is not an HTTP method.`)
  if (methods.length === 0) return { route: match[2] }
  return {
    route: match[2],
    methods: [...new Set(methods.map((method) => method.toUpperCase()))].toSorted(),
  }
}
