import { createServer } from 'node:http'

import {
  createApplication,
  loadModule,
  run,
  serveNodeExchange,
  type HttpApplication,
  type LogSink,
} from '@isobar/core/adapter'

/** The runtime half: what the shim imports, and what runs in production. It imports `@isobar/core/adapter` only. */
const sink: LogSink = { write: (line) => process.stdout.write(`${line}\n`) }

/** Every runtime half has a `load`, which names the module that fails while it loads (C9). */
export function load<Module>(file: string, importer: () => Promise<Module>): Promise<Module> {
  return loadModule(sink, file, importer)
}

/** Serves the application on `HOST` and `PORT`. */
export function serve(application: HttpApplication): void {
  const app = createApplication(application)
  const server = createServer((request, response) => {
    // Decode: what the platform tells of this invocation. Core does the routing, the rules and the errors.
    const native = { request, response }
    const address = request.socket.remoteAddress
    void serveNodeExchange(request, response, app.origin, (parts) =>
      run(app, {
        request: parts,
        native,
        env: process.env,
        client: address === undefined ? {} : { address },
        sink,
        fetchDecodes: true,
      }),
    )
  })
  // Node gives CONNECT to no request listener, and ends the connection when nobody else takes it (R1).
  server.on('connect', (_, socket) => socket.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n'))
  server.listen(Number(process.env['PORT'] ?? 3000), process.env['HOST'] ?? '127.0.0.1')
}
