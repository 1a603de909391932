import type { IncomingMessage } from 'node:http'
import { registerHooks } from 'node:module'

// An `import` of node:http would load undici into the function's process (its facade reads http.WebSocket).
const { Agent, request } = process.getBuiltinModule('node:http')

/**
 * Stands for the native half of aws-lambda-ric, which would have to be compiled: its `index.mjs` requires
 * `./rapid-client.node` and calls these four functions. Loaded ahead of it (`--import`), in the runtime's process.
 * What they send is what the native client sends (src/native/rapid-client.cc and the aws-lambda-cpp that it is built on).
 */
export interface NextInvocation {
  bodyJson: string
  headers: Record<string, string | number>
}

const nativeClient = './rapid-client.node'

registerHooks({
  resolve(specifier, context, nextResolve) {
    return specifier === nativeClient
      ? { url: import.meta.url, format: 'module', shortCircuit: true }
      : nextResolve(specifier, context)
  },
})

const [hostname, port] = (process.env['AWS_LAMBDA_RUNTIME_API'] ?? '').split(':')
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
const userAgent = 'AWS_Lambda_Cpp/0.2.6'
/** The native `done` and `error` block until they have been answered; here whatever follows waits for them. */
let posted: Promise<unknown> = Promise.resolve()

export function initializeClient(): void {}

/** Resolves with the next invocation, however long that takes. */
export async function next(): Promise<NextInvocation> {
  await posted
  const { status, headers, body } = await call('GET', '/invocation/next', {})
  if (status !== 200) throw new Error(`Failed to get next invocation, error ${status}`)
  const names = Object.keys(headers).filter((name) => name.startsWith('lambda-runtime-'))
  return {
    bodyJson: body,
    headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
  }
}

/** Posts the answer; `id` is already percent-encoded. */
export function done(id: string, response: string): void {
  posted = call('POST', `/invocation/${id}/response`, {}, response)
}

/** Posts a failure of the handler; `xrayCause` is JSON and may be empty. */
export function error(id: string, response: string, xrayCause: string): void {
  posted = call(
    'POST',
    `/invocation/${id}/error`,
    // Its bytes are UTF-8, and a header of node:http takes one character per byte.
    { 'lambda-runtime-function-xray-error-cause': Buffer.from(xrayCause).toString('latin1') },
    response,
  )
}

function call(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number | undefined; headers: IncomingMessage['headers']; body: string }> {
  const content = body === undefined ? undefined : Buffer.from(body)
  const entity: Record<string, string> =
    content === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(content.length) }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        hostname,
        port,
        agent,
        method,
        path: `/2018-06-01/runtime${path}`,
        headers: { accept: '*/*', ...entity, 'user-agent': userAgent, ...headers },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.once('end', () => {
          const { statusCode: status, headers } = response
          resolve({ status, headers, body: Buffer.concat(chunks).toString() })
        })
        response.once('error', reject)
      },
    )
    outgoing.once('error', reject)
    outgoing.end(content)
  })
}
