import { http, type HttpDefinition } from '@isobar/core'
import { fromHex } from '../../shared/bytes.ts'

/** The answer that a request asks for in its `x-respond` header, as JSON. */
interface Instruction {
  status?: number
  headers?: [name: string, value: string][]
  /** A text, or bytes. Absent: null. */
  body?: string | { hex: string }
  /** What the Response is made of. @default what `body` is */
  as?: 'stream' | 'view' | 'blob' | 'form-fields'
}

/** Answers as the request says, with a Response made the way people make one. */
export const respond: HttpDefinition = http('/respond', (request) => {
  const instruction: Instruction = JSON.parse(request.headers.get('x-respond') ?? '{}')
  return new Response(bodyOf(instruction), { status: instruction.status ?? 200, headers: instruction.headers ?? [] })
})

function bodyOf({ body, as }: Instruction): BodyInit | null {
  if (body === undefined) return null
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : fromHex(body.hex)
  switch (as) {
    case 'stream':
      return new ReadableStream({
        start(controller) {
          controller.enqueue(bytes)
          controller.close()
        },
      })
    case 'view': {
      // A window into a larger buffer, as a pool of buffers hands them out.
      const buffer = new ArrayBuffer(bytes.byteLength + 32)
      new Uint8Array(buffer).fill(0x7e)
      new Uint8Array(buffer, 16, bytes.byteLength).set(bytes)
      return new DataView(buffer, 16, bytes.byteLength)
    }
    case 'blob':
      return new Blob([bytes])
    case 'form-fields':
      return new URLSearchParams(new TextDecoder().decode(bytes))
    default:
      return typeof body === 'string' ? body : bytes
  }
}

/** The headers come from `Headers`, appended one by one. */
export const appendCookies: HttpDefinition = http('/append-cookies/:how', (_request, context) => {
  const headers = new Headers({ 'content-type': 'text/plain' })
  headers.append('Set-Cookie', 'first=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly')
  headers.append('set-cookie', 'second=b=c; Max-Age=3600; SameSite=Lax')
  headers.append('SET-COOKIE', 'third=%22quoted%2C%20Secure%22; Path=/deep; Secure')
  switch (context.params.how) {
    case 'stream':
      return new Response(streamOf('streamed'), { headers })
    case 'redirect':
      headers.set('location', '/elsewhere')
      return new Response(null, { status: 302, headers })
    case 'empty':
      return new Response(null, { status: 204, headers })
    default:
      return new Response('buffered', { headers })
  }
})

/** Responses that do not come from this program's own constructor call. */
export const returned: HttpDefinition = http('/returned/:what', async (request, context) => {
  switch (context.params.what) {
    case 'data-url':
      return fetch('data:text/plain;charset=utf-8,from%20a%20data%20url')
    case 'fetched': {
      const from = request.headers.get('x-fetch') ?? ''
      return fetch(from, { headers: { 'x-respond': request.headers.get('x-respond') ?? '{}' }, redirect: 'manual' })
    }
    case 'clone': {
      const response = new Response('kept', { headers: { 'x-kind': 'clone' } })
      return response.clone()
    }
    case 'redirect':
      return Response.redirect('https://example.com/elsewhere?a=1', 307)
    case 'subclass':
      return new Page('a page')
    case 'copy':
      return new Response('copied', new Response(null, { status: 201, headers: { 'x-kind': 'copy' } }))
    default:
      return Response.json({ kind: 'json' })
  }
})

class Page extends Response {
  constructor(text: string) {
    super(`<p>${text}</p>`, { headers: { 'content-type': 'text/html' } })
  }
}

function streamOf(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text))
      controller.close()
    },
  })
}
