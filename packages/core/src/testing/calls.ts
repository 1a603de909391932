import { createApplication } from '../adapter/run.ts'
import type { HttpCall, RequestParts } from '../adapter/types.ts'
import { http, type HttpDefinition } from '../definitions/http.ts'

/** What a call of a test has other than a bare GET of `/`. */
export interface Overrides extends Partial<Omit<HttpCall, 'request'>> {
  method?: string
  target?: string
  headers?: [string, string][]
  body?: RequestParts['body']
}

/** An application of these definitions, calls to it, and the lines that they log. */
export function setUp(...definitions: HttpDefinition[]): {
  lines: Record<string, unknown>[]
  call(overrides?: Overrides): HttpCall
  app: ReturnType<typeof createApplication>
} {
  const lines: Record<string, unknown>[] = []
  const functions = Object.fromEntries(definitions.map((definition, index) => [`f${index}`, definition]))
  return {
    lines,
    app: createApplication({ target: 'somewhere', functions }),
    call: ({ method = 'GET', target = '/', headers = [], body = null, ...rest } = {}) => ({
      id: 'id-1',
      request: { method, url: `https://a.example${target}`, headers, body },
      native: {},
      env: {},
      client: {},
      sink: { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
      ...rest,
    }),
  }
}

/** A handler in plain JavaScript, which may return anything. */
export const untyped: (returned: unknown) => HttpDefinition = (returned) => http('/', () => returned as never)

export function text(body: Uint8Array | null): string | null {
  return body && new TextDecoder().decode(body)
}

/** The whole body of an answer as text. */
export async function collect(body: Uint8Array | ReadableStream<Uint8Array> | null): Promise<string> {
  if (body === null || body instanceof Uint8Array) return text(body) ?? ''
  let all = ''
  for await (const chunk of body) all += new TextDecoder().decode(chunk)
  return all
}
