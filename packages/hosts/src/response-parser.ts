/** Status and headers of an answer, as received. */
export interface ResponseHead {
  status: number
  headers: [name: string, value: string][]
}

/** Takes the bytes of one HTTP/1.1 answer as they come. */
export interface ResponseParser {
  /** Defined once the head of the final answer has come; 1xx answers ahead of it are skipped. */
  readonly head: ResponseHead | undefined
  /** True when the whole answer has come. */
  readonly complete: boolean
  /**
   * @returns the pieces of the body in these bytes, transfer-encoding undone; views of a copy.
   * @throws Error that says what is malformed.
   */
  push(bytes: Uint8Array): Uint8Array[]
  /** The connection has ended: completes an answer whose body ends with the connection. */
  end(): void
}

type Framing = { kind: 'none' } | { kind: 'length'; length: number } | { kind: 'chunked' } | { kind: 'until-close' }

type State = 'head' | 'length' | 'until-close' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailer' | 'done'

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const statusLine = /^HTTP\/1\.[01] ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/
const chunkSize = /^([0-9A-Fa-f]{1,12})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/

/**
 * A strict parser of one answer (RFC 9112), so that a front door's mistakes are seen and not repaired.
 * @param options.head the request was HEAD: the answer has no body whatever its headers say.
 */
export function createResponseParser(options: { head: boolean }): ResponseParser {
  let state: State = 'head'
  let head: ResponseHead | undefined
  let line: Buffer = Buffer.alloc(0)
  let remaining = 0
  let lines: string[] = []

  return {
    get head() {
      return head
    },
    get complete() {
      return state === 'done'
    },
    push(bytes) {
      let rest: Buffer = Buffer.from(bytes)
      const pieces: Uint8Array[] = []
      while (rest.length > 0) {
        if (state === 'done') throw malformed(`${rest.length} bytes after the end of the answer`, rest.subarray(0, 40))
        if (state === 'until-close') {
          pieces.push(rest)
          break
        }
        rest = state === 'length' || state === 'chunk-data' ? takeData(rest, pieces) : takeLine(rest)
      }
      return pieces
    },
    end() {
      if (state === 'until-close') state = 'done'
    },
  }

  function takeData(bytes: Buffer, pieces: Uint8Array[]): Buffer {
    const piece = bytes.subarray(0, remaining)
    pieces.push(piece)
    remaining -= piece.length
    if (remaining === 0) state = state === 'length' ? 'done' : 'chunk-end'
    return bytes.subarray(piece.length)
  }

  function takeLine(bytes: Buffer): Buffer {
    const end = bytes.indexOf(0x0a)
    line = Buffer.concat([line, end === -1 ? bytes : bytes.subarray(0, end + 1)])
    if (end === -1) return bytes.subarray(bytes.length)
    if (line.at(-2) !== 0x0d) throw malformed('a line that ends with LF and not with CR LF', line)
    const text = line.subarray(0, -2).toString('latin1')
    line = Buffer.alloc(0)
    onLine(text)
    return bytes.subarray(end + 1)
  }

  function onLine(text: string): void {
    if (state === 'chunk-size') {
      const size = chunkSize.exec(text)?.[1]
      if (size === undefined) throw malformed('a chunk without a size', text)
      remaining = Number.parseInt(size, 16)
      state = remaining === 0 ? 'trailer' : 'chunk-data'
    } else if (state === 'chunk-end') {
      if (text !== '') throw malformed('a chunk longer than its size', text)
      state = 'chunk-size'
    } else if (state === 'trailer') {
      if (text === '') state = 'done'
      else parseField(text)
    } else if (text !== '') lines.push(text)
    else onHead()
  }

  function onHead(): void {
    const received = parseHead(lines)
    lines = []
    // 101 is final: what follows belongs to another protocol.
    if (received.status < 200 && received.status !== 101) return
    head = received
    const framing = framingOf(received, options.head)
    if (framing.kind === 'length') remaining = framing.length
    state = stateAfterHead[framing.kind]
    if (framing.kind === 'length' && framing.length === 0) state = 'done'
  }
}

const stateAfterHead: Record<Framing['kind'], State> = {
  none: 'done',
  length: 'length',
  chunked: 'chunk-size',
  'until-close': 'until-close',
}

function parseHead([first = '', ...fields]: string[]): ResponseHead {
  const status = statusLine.exec(first)?.[1]
  if (status === undefined) throw malformed('no status line', first)
  return { status: Number(status), headers: fields.map(parseField) }
}

function parseField(text: string): [name: string, value: string] {
  const colon = text.indexOf(':')
  const name = text.slice(0, Math.max(colon, 0))
  const value = text.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, '')
  if (!token.test(name) || !fieldValue.test(value)) throw malformed('no header field', text)
  return [name, value]
}

/** RFC 9112, section 6.3. */
function framingOf({ status, headers }: ResponseHead, toHead: boolean): Framing {
  if (toHead || status === 204 || status === 304) return { kind: 'none' }
  const lengths = new Set(valuesOf(headers, 'content-length'))
  const codings = valuesOf(headers, 'transfer-encoding')
  if (status === 101) return { kind: 'until-close' }
  if (codings.length > 0) {
    if (lengths.size > 0) throw malformed('both transfer-encoding and content-length', codings.join(', '))
    if (codings.length > 1 || codings[0]?.toLowerCase() !== 'chunked') {
      throw malformed('a transfer-encoding that is not chunked', codings.join(', '))
    }
    return { kind: 'chunked' }
  }
  const [length] = lengths
  if (length === undefined) return { kind: 'until-close' }
  if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) throw malformed('a wrong content-length', [...lengths].join(', '))
  return { kind: 'length', length: Number(length) }
}

function valuesOf(headers: ResponseHead['headers'], name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}

function malformed(what: string, near: string | Buffer): Error {
  return new Error(
    `Malformed HTTP answer: ${what}, at ${JSON.stringify((typeof near === 'string' ? near : near.toString('latin1')).slice(0, 200))}`,
  )
}
