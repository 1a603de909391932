import {
  createApplication,
  loadModule,
  logUncaught,
  run,
  serveNodeExchange,
  type HttpApplication,
} from '@isobar/core/adapter'
import { describeCall } from './call.ts'
import { sink } from './log.ts'

export { native } from './native.ts'
export type { CloudRunNative } from './native.ts'

export interface CloudRunApplication extends HttpApplication {
  /** The service's request timeout; handlers learn their deadline from it. @default no deadline */
  timeoutSeconds?: number
}

/** How long requests in flight may take after SIGTERM, in milliseconds; Cloud Run kills the container then. */
const graceMs = 10_000

/** Loads a user's module; when it throws, a line names it and the container does not start (C9). */
export function load<Module>(file: string, importer: () => Promise<Module>): Promise<Module> {
  return loadModule(sink, file, importer)
}

/**
 * Serves http functions as Cloud Run's container contract wants it: on `HOST` (default 0.0.0.0) and `PORT` (default
 * 8080), until SIGTERM. https://docs.cloud.google.com/run/docs/container-contract
 */
export function serve(application: CloudRunApplication): void {
  const app = createApplication(application)
  // An import of node:http would load undici for its WebSocket export, which costs some 30 ms of each cold start.
  const { createServer } = process.getBuiltinModule('node:http')
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    // Once the server is closed to new connections, one that was kept open ends after its answer.
    response.on('close', () => server.listening || server.closeIdleConnections())
    const call = describeCall(request, response, process.env, Date.now(), application.timeoutSeconds)
    void serveNodeExchange(request, response, app.origin, (parts) => run(app, { ...call, request: parts, sink }))
  })
  // The front end keeps connections for longer than Node's 5 s, and a request may take an hour to come: both are for
  // the platform to end. https://docs.cloud.google.com/run/docs/configuring/request-timeout
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  server.listen(Number(process.env['PORT'] ?? 8080), process.env['HOST'] ?? '0.0.0.0')

  process.once('SIGTERM', () => {
    server.close(() => process.exit(0))
    server.closeIdleConnections()
    setTimeout(() => process.exit(0), graceMs).unref()
  })
  // As Node does by itself, but with a line that a log viewer can show; the platform starts a new container (C8).
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
}

function fail(error: unknown): void {
  logUncaught(sink, error)
  // oxlint-disable-next-line unicorn/no-process-exit -- the server is the process; Node would end it with 1 as well
  process.exit(1)
}
