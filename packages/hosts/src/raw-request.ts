import type { RawRequest } from './types.ts'

/** The bytes of a request, see RawRequest for what is added. @throws Error for a character that is not latin-1. */
export function encodeRequest(request: Uint8Array | RawRequest, host: string): Uint8Array {
  if (request instanceof Uint8Array) return request
  const { method = 'GET', target = '/', headers = [] } = request
  const body = typeof request.body === 'string' ? Buffer.from(request.body) : request.body
  const has = (name: string): boolean => headers.some(([key]) => key.toLowerCase() === name)
  const lines = [...headers]
  if (!has('host')) lines.unshift(['host', host])
  if (body !== undefined && !has('content-length') && !has('transfer-encoding')) {
    lines.push(['content-length', String(body.length)])
  }
  if (!has('connection')) lines.push(['connection', 'close'])
  const head = [`${method} ${target} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join(
    '\r\n',
  )
  const wide = /[\u0100-\uffff]/.exec(head)
  if (wide !== null) {
    throw new Error(
      `The request has ${JSON.stringify(wide[0])} in its head; there one character is one byte (latin-1).`,
    )
  }
  return Buffer.concat([Buffer.from(head, 'latin1'), body ?? new Uint8Array()])
}

/** Whether the answer to these bytes has no body: they are a HEAD request. */
export function isHead(request: Uint8Array): boolean {
  return Buffer.from(request.subarray(0, 5)).toString('latin1') === 'HEAD '
}
