import type { Exchange, RawRequest, RawResponse } from '../types.ts'

/** What a case sent and got, as the report shows it. */
export interface Recorder {
  send(request: Uint8Array | RawRequest, send: () => Promise<RawResponse>): Promise<RawResponse>
  open(request: Uint8Array | RawRequest, open: () => Promise<Exchange>): Promise<Exchange>
  text(): { request: string; got: string }
}

interface Recorded {
  request: string
  head?: string
  body: { kept: Uint8Array[]; keptBytes: number; bytes: number }
  end: string
}

/** Bytes of each body that the report keeps. */
const bodyLimit = 1024
/** Exchanges of each case that the report shows in full. */
const exchangeLimit = 4

export function createRecorder(): Recorder {
  const recorded: Recorded[] = []

  function begin(request: Uint8Array | RawRequest): Recorded {
    const entry: Recorded = { request: requestText(request), body: { kept: [], keptBytes: 0, bytes: 0 }, end: '' }
    recorded.push(entry)
    return entry
  }

  return {
    async send(request, send) {
      const entry = begin(request)
      try {
        const response = await send()
        entry.head = headText(response)
        keep(entry, response.body)
        if (!response.complete) entry.end = '(the connection ended before the answer was complete)'
        return response
      } catch (error) {
        entry.end = `(${messageOf(error)})`
        throw error
      }
    },
    async open(request, open) {
      const entry = begin(request)
      try {
        return recordExchange(await open(), entry)
      } catch (error) {
        entry.end = `(${messageOf(error)})`
        throw error
      }
    },
    text() {
      const more = recorded.length > exchangeLimit ? [`(and ${recorded.length - exchangeLimit} more)`] : []
      const shown = recorded.slice(0, exchangeLimit)
      const join = (texts: string[]): string =>
        [...(texts.length > 1 ? texts.map((text, index) => `#${index + 1}\n${text}`) : texts), ...more].join('\n\n')
      return { request: join(shown.map((entry) => entry.request)), got: join(shown.map(gotText)) }
    },
  }
}

function recordExchange(exchange: Exchange, entry: Recorded): Exchange {
  exchange.head.then(
    (head) => (entry.head = headText(head)),
    (error: unknown) => (entry.end = `(${messageOf(error)})`),
  )
  return {
    head: exchange.head,
    get complete() {
      return exchange.complete
    },
    async read() {
      const bytes = await exchange.read()
      if (bytes !== undefined) keep(entry, bytes)
      else if (!exchange.complete) entry.end = '(the connection ended before the answer was complete)'
      return bytes
    },
    write: (bytes) => exchange.write(bytes),
    destroy() {
      if (entry.end === '') entry.end = '(the client dropped the connection)'
      exchange.destroy()
    },
  }
}

function keep(entry: Recorded, bytes: Uint8Array): void {
  const { body } = entry
  body.bytes += bytes.length
  if (body.keptBytes >= bodyLimit) return
  // A copy, or a slice of a large answer would hold all of it.
  const part = bytes.slice(0, bodyLimit - body.keptBytes)
  body.kept.push(part)
  body.keptBytes += part.length
}

function gotText({ head, body, end }: Recorded): string {
  const parts = head === undefined ? ['(no answer)'] : [`${head}\n`]
  if (body.bytes > 0) parts.push(bytesText(Buffer.concat(body.kept), body.bytes))
  if (end !== '') parts.push(end)
  return parts.join('\n')
}

function headText(head: { status: number; headers: [name: string, value: string][] }): string {
  return [`HTTP ${head.status}`, ...head.headers.map(([name, value]) => `${name}: ${value}`)].map(printable).join('\n')
}

function requestText(request: Uint8Array | RawRequest): string {
  if (request instanceof Uint8Array) return bytesText(request.subarray(0, bodyLimit), request.length)
  const { method = 'GET', target = '/', headers = [] } = request
  const head = [`${method} ${target}`, ...headers.map(([name, value]) => `${name}: ${value}`)].map(printable).join('\n')
  if (request.body === undefined) return head
  const body = typeof request.body === 'string' ? Buffer.from(request.body) : request.body
  return `${head}\n\n${bytesText(body.subarray(0, bodyLimit), body.length)}`
}

/** UTF-8 as text; anything else in hex, since a report shall not show a replacement character where there was a byte. */
function bytesText(bytes: Uint8Array, total: number): string {
  const more = total > bytes.length ? `\n(${total} bytes, the first ${bytes.length} shown)` : ''
  return (decodeText(bytes, total > bytes.length) ?? hex(bytes.subarray(0, 256), total)) + more
}

function decodeText(bytes: Uint8Array, cut: boolean): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cut })
    // oxlint-disable-next-line no-control-regex -- bytes of a binary body are what is looked for
    return /[\x00-\x08\x0e-\x1f\x7f]/.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

function hex(bytes: Uint8Array, total: number): string {
  const digits = Buffer.from(bytes).toString('hex').replace(/(..)/g, '$1 ').trim()
  return total > bytes.length ? `hex ${digits} …` : `hex ${digits}`
}

/** Heads are latin-1: a byte outside of ASCII is shown as its escape. */
function printable(line: string): string {
  return line.replace(/[^\x20-\x7e]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
