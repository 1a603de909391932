import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** A request that a handler of an example made. */
export interface Called {
  method: string
  path: string
  key: string | undefined
  body: string
}

/** The services that the examples call, on loopback: what was asked, and what is answered. */
export interface Services extends AsyncDisposable {
  url: string
  called: Called[]
  /** Answers the calls that come from now on; default: 200 with an empty object. */
  answer(decide: (call: Called) => { status: number; headers?: Record<string, string>; body?: string }): void
}

export async function openServices(): Promise<Services> {
  const called: Called[] = []
  let decide: Parameters<Services['answer']>[0] = () => ({ status: 200 })
  const server = createServer(async (request, response) => {
    const call = await read(request)
    called.push(call)
    const { status, headers = {}, body = '{}' } = decide(call)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.')
  return {
    url: `http://127.0.0.1:${address.port}`,
    called,
    answer(next) {
      decide = next
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function read(request: IncomingMessage): Promise<Called> {
  const key = request.headers['idempotency-key']
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    key: typeof key === 'string' ? key : undefined,
    body: await text(request),
  }
}
