import { randomBytes } from 'node:crypto'

/** Header fields in order, repeated ones apart. */
export type Fields = [name: string, value: string][]

// "Headers removed from incoming requests", https://cloud.google.com/functions/docs/reference/headers
// `expect` is answered by the front end itself; the framing of the body is put back for the hop to the container.
const removedFromRequest = new Set([
  'connection',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
  'expect',
  // Overwritten below, so that a client cannot forge them.
  'x-forwarded-for',
  'x-forwarded-proto',
  'forwarded',
  'x-cloud-trace-context',
  'traceparent',
])

const removedFromResponse = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** What Google's front end makes of a client's header: all other fields keep their bytes, case, order and repetition. */
export function toContainer(fields: Fields, clientAddress: string): Fields {
  const values = (name: string): string[] =>
    fields.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
  const trace = nextSpan(values('traceparent')[0], values('x-cloud-trace-context')[0])
  const kept = fields.filter(([name]) => {
    const key = name.toLowerCase()
    // The pattern is reserved: https://cloud.google.com/functions/docs/reference/headers
    return !removedFromRequest.has(key) && !key.startsWith('x-google-')
  })
  return [
    ...kept,
    // The address is appended to what the client sent:
    // https://cloud.google.com/load-balancing/docs/https#x-forwarded-for_header
    ['x-forwarded-for', [...values('x-forwarded-for'), clientAddress].join(',')],
    ['x-forwarded-proto', 'https'],
    ['forwarded', `for="${clientAddress}";proto=https`],
    ['x-cloud-trace-context', trace.cloud],
    ['traceparent', trace.parent],
  ]
}

/** What the client gets of the container's header. */
export function toClient(fields: Fields): Fields {
  const kept = fields.filter(([name]) => !removedFromResponse.has(name.toLowerCase()))
  if (!kept.some(([name]) => name.toLowerCase() === 'set-cookie')) return kept
  // An answer that sets a cookie is made private: https://docs.cloud.google.com/run/docs/container-contract
  const control = kept.filter(([name]) => name.toLowerCase() === 'cache-control').map(([, value]) => value)
  if (/\b(private|no-store|no-cache)\b/i.test(control.join())) return kept
  return [...kept.filter(([name]) => name.toLowerCase() !== 'cache-control'), ['cache-control', 'private']]
}

/**
 * The trace id is the client's, the parent span becomes the front end's own. Formats:
 * https://docs.cloud.google.com/trace/docs/trace-context (hexadecimal span in traceparent, decimal in the older header)
 */
function nextSpan(traceparent: string | undefined, cloudTrace: string | undefined): { parent: string; cloud: string } {
  const w3c = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/.exec(traceparent ?? '')
  const older = /^([0-9a-f]{32})(?:\/\d+)?(?:;o=([01]))?$/i.exec(cloudTrace ?? '')
  const traceId = w3c?.[1] ?? older?.[1]?.toLowerCase() ?? randomBytes(16).toString('hex')
  const flags = w3c?.[2] ?? `0${older?.[2] ?? '0'}`
  const span = randomBytes(8)
  const sampled = Number.parseInt(flags, 16) & 1
  return {
    parent: `00-${traceId}-${span.toString('hex')}-${flags}`,
    cloud: `${traceId}/${span.readBigUInt64BE()};o=${sampled}`,
  }
}
