import { newTraceRoot } from './lambda-function.ts'
import type { Header } from './door.ts'

/** Parts that the events of several front doors share. */

/** `12/Mar/2020:19:03:58 +0000`, the form of `requestContext.time`. */
export function clfTime(time: number): string {
  const date = new Date(time)
  const two = (value: number): string => String(value).padStart(2, '0')
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][date.getUTCMonth()]
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${two(date.getUTCDate())}/${month}/${date.getUTCFullYear()}:${clock} +0000`
}

/** Values of one name, in order. */
export function valuesOf(headers: Header[], name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}

/** Names and values of a query, undecoded, in order; empty pieces (`a=1&&b=2`) are none. */
export function queryPairs(query: string | undefined, separator: RegExp | string = '&'): [string, string][] {
  return (query ?? '')
    .split(separator)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const mark = piece.indexOf('=')
      return mark < 0 ? [piece, ''] : [piece.slice(0, mark), piece.slice(mark + 1)]
    })
}

/** Form decoding; a malformed escape stays as it is. */
export function decodeQueryPart(part: string): string {
  return decodeEscapes(part.replaceAll('+', ' '))
}

/** Percent-decoding as UTF-8; a malformed escape stays as it is, bytes that are not UTF-8 become U+FFFD. */
export function decodeEscapes(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString())
}

/** All values of each name, in order of first appearance. */
export function grouped(pairs: Iterable<[string, string]>): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const [name, value] of pairs) {
    const values = groups.get(name)
    if (values === undefined) groups.set(name, [value])
    else values.push(value)
  }
  return groups
}

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
])

/** Without what concerns the connection between the client and the door alone. */
export function endToEnd(headers: Header[]): Header[] {
  return headers.filter(([name]) => !hopByHop.has(name.toLowerCase()))
}

const added = new Set(['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-port', 'x-amzn-trace-id'])

export interface Hop {
  sourceIp: string
  proto: 'http' | 'https'
  /** Spelling of the names that the door adds. @default lower case */
  spell?: (name: string) => string
}

/**
 * With what a door vouches for: the address is appended to the client's list, protocol and port replace what the client
 * claims, and a trace id is made when the client sends none.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 */
export function withForwarding(headers: Header[], hop: Hop): { headers: Header[]; traceRoot: string } {
  const { sourceIp, proto, spell = (name) => name } = hop
  const kept = headers.filter(([name]) => !added.has(name.toLowerCase()))
  const trace = valuesOf(headers, 'x-amzn-trace-id').at(-1)
  const traceRoot = trace?.match(/Root=[^;]+/)?.[0] ?? newTraceRoot()
  return {
    headers: [
      ...kept,
      [spell('x-amzn-trace-id'), trace ?? traceRoot],
      [spell('x-forwarded-for'), [...valuesOf(headers, 'x-forwarded-for'), sourceIp].join(', ')],
      [spell('x-forwarded-port'), proto === 'https' ? '443' : '80'],
      [spell('x-forwarded-proto'), proto],
    ],
    traceRoot,
  }
}

/**
 * Content types whose bodies go into an event as text; all others are base64. The list is the one that is documented for
 * load balancers: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#receive-event-from-load-balancer
 */
const textTypes = /^(?:text\/.*|application\/(?:json|javascript|xml))$/

/** Bytes that are not UTF-8 are lost when the type says text: they have no place in a JSON string. */
export function eventBody(headers: Header[], body: Buffer): { body: string; isBase64Encoded: boolean } {
  const type = (valuesOf(headers, 'content-type').at(-1) ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const encoded = valuesOf(headers, 'content-encoding').length > 0
  const text = !encoded && textTypes.test(type)
  return text
    ? { body: body.toString(), isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: body.length > 0 }
}
