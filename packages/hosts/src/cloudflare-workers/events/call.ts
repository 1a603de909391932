import { Agent, request } from 'node:http'

/** Calls the dispatcher over HTTP. */
export interface Caller {
  /** @throws Error when the runtime ends before it has answered, or the dispatcher itself fails. */
  call<T>(port: number, what: object): Promise<T>
  close(): void
}

export function createCaller(): Caller {
  // A connection each: one that workerd is about to close for its idleness would look like a crash.
  const agent = new Agent()
  return {
    call: (port, what) =>
      new Promise((resolve, reject) => {
        // No limit of time: a handler may take as long as it likes.
        const call = request({ host: '127.0.0.1', port, method: 'POST', agent }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8')
            if (response.statusCode === 200) resolve(JSON.parse(text))
            else reject(new Error(`workerd answered ${response.statusCode}: ${text}`))
          })
        })
        call.on('error', reject)
        call.end(JSON.stringify(what))
      }),
    close: () => agent.destroy(),
  }
}
