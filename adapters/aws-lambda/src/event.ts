import { absoluteUrl, type Origin } from '@isobar/core/adapter'

export type Pair = [name: string, value: string]
type Values<T> = Readonly<Record<string, T | null | undefined>> | null | undefined

/** Name and value pairs of an event's two maps: the multi-value one has everything, so it wins when it is there. */
export function pairs(multi: Values<readonly string[]>, single: Values<string>): Pair[] {
  const found: Pair[] = []
  if (multi) {
    for (const [name, values] of Object.entries(multi)) for (const value of values ?? []) found.push([name, value])
  } else if (single) {
    for (const [name, value] of Object.entries(single)) if (typeof value === 'string') found.push([name, value])
  }
  return found
}

/** The last value of a header. */
export function lastHeader(headers: readonly Pair[], name: string): string | undefined {
  return headers.findLast(([other]) => other.toLowerCase() === name)?.[1]
}

/** The body's bytes, or null when there is none (R7). */
export function bodyBytes(event: { body?: string | null; isBase64Encoded?: boolean }): Uint8Array | null {
  if (typeof event.body !== 'string') return null
  return Buffer.from(event.body, event.isBase64Encoded === true ? 'base64' : 'utf8')
}

/** Where `request.url` starts: what the user fixed in the target's `origin`, else what the event says. */
export function requestUrl(
  origin: Origin | undefined,
  scheme: string,
  host: string | undefined,
  target: string,
): string {
  // JSON text holds characters, so a byte over 0x7F that a gateway let pass is one of UTF-8.
  // oxlint-disable-next-line no-control-regex -- the range is ASCII
  const ascii = target.replace(/[^\u0000-\u007f]+/g, (text) => encodeURIComponent(text.toWellFormed()))
  return absoluteUrl(origin?.scheme ?? scheme, origin?.host ?? host, ascii)
}

/**
 * The caller as the platform saw it, in the form of `client` (R8). What is no address is left out: the console's test of
 * a REST API says `test-invoke-source-ip`.
 */
export function clientOf(address: string | undefined): { address?: string } {
  return address !== undefined && isAddress.test(address) ? { address } : {}
}

/** IPv4 or IPv6; with the length of a network in some of the vendor's samples. */
const isAddress = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f.]*:[0-9a-f.:]*)(?:\/\d{1,3})?$/i

/** A property of whatever came in. */
export function member(value: unknown, key: string): unknown {
  const holds = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return holds ? Reflect.get(value, key) : undefined
}

/** Thrown at an event that another source sent; Lambda reports its name as the error's type. */
export class UnexpectedEventError extends TypeError {
  constructor(expected: string, event: unknown) {
    super(`This function was built for ${expected}, but it was invoked with ${describeEvent(event)}. ` + advice)
    this.name = 'UnexpectedEventError'
  }
}

const advice =
  'Connect it to that source alone. What sends HTTP requests is chosen by the option frontDoor of the target, what sends ' +
  'events by the trigger of the function.'

function describeEvent(event: unknown): string {
  if (typeof event !== 'object' || event === null)
    return `${event === null ? 'null' : `a ${typeof event}`} instead of an event`
  const context = member(event, 'requestContext')
  const [record] = asArray(member(event, 'Records'))
  const source = member(record, 'eventSource') ?? member(record, 'EventSource') ?? member(event, 'eventSource')
  if (typeof source === 'string') return `records of ${source}`
  if (typeof member(event, 'detail-type') === 'string')
    return `an EventBridge event of ${String(member(event, 'source'))}`
  if (member(context, 'connectionId') !== undefined) return 'an event of a WebSocket API'
  if (member(context, 'serviceNetworkArn') !== undefined || member(event, 'raw_path') !== undefined)
    return 'a VPC Lattice event'
  if (member(context, 'elb') !== undefined) {
    return `a load balancer event with ${member(event, 'multiValueHeaders') ? 'multi-value' : 'single-value'} headers`
  }
  if (member(context, 'http') !== undefined) return 'an event of payload format 2.0 (HTTP API or function URL)'
  if (member(event, 'httpMethod') !== undefined) return 'an event of payload format 1.0 (REST API)'
  if (member(event, 'Event') === 's3:TestEvent') return 'the event with which S3 tests a notification'
  if (member(event, 'scheduledTime') !== undefined) return 'a tick of EventBridge Scheduler'
  if (Array.isArray(member(event, 'Records'))) return 'records of no source'
  const keys = Object.keys(event)
  return keys.length === 0 ? 'an empty event' : `an unknown event with the members ${keys.slice(0, 8).join(', ')}`
}

function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
