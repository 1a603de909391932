import {
  createApplication,
  loadModule,
  logUncaught,
  run,
  serveNodeExchange,
  type HttpApplication,
} from '@isobar/core/adapter'
import { sink } from '@isobar/google-events'
import { describeCall } from './call.ts'
import { isEventPath, notFound, type EventFunctions, type Listener } from './events.ts'

export {
  customEvents,
  firestoreChanges,
  pubsubPush,
  pubsubUnwrapped,
  schedulerJob,
  storageEvents,
  topicPublisher,
} from '@isobar/google-events'
export { eventFunctions } from './events.ts'
export type { EventFunctions } from './events.ts'
export { native } from './native.ts'
export type { CloudRunNative } from './native.ts'

export interface CloudRunApplication extends HttpApplication {
  /** The service's request timeout; handlers learn their deadline from it. @default no deadline */
  timeoutSeconds?: number
  /** Served in place of the http functions where `ISOBAR_ROLE` is `events`, at `POST /.isobar/<name>` each. */
  events?: EventFunctions
}

/** How long requests in flight may take after SIGTERM, in milliseconds; Cloud Run kills the container then. */
const graceMs = 10_000

/** Loads a user's module; when it throws, a line names it and the container does not start (C9). */
export function load<Module>(file: string, importer: () => Promise<Module>): Promise<Module> {
  return loadModule(sink, file, importer)
}

/**
 * Serves functions as Cloud Run's container contract wants it: on `HOST` (default 0.0.0.0) and `PORT` (default 8080),
 * until SIGTERM. https://docs.cloud.google.com/run/docs/container-contract
 *
 * One image serves two services: rights to call are given for a whole service, and one that everybody may call would take
 * forged events. So one with `ISOBAR_ROLE=events` has the events only, and any other the http functions only.
 */
export function serve(application: CloudRunApplication): void {
  const isEvents = process.env['ISOBAR_ROLE'] === 'events'
  const listener = isEvents ? eventListener(application) : httpListener(application)
  // An import of node:http would load undici for its WebSocket export, which costs some 30 ms of each cold start.
  const { createServer } = process.getBuiltinModule('node:http')
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    // Once the server is closed to new connections, one that was kept open ends after its answer.
    response.on('close', () => server.listening || server.closeIdleConnections())
    listener(request, response)
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

function eventListener({ target, events }: CloudRunApplication): Listener {
  return events?.listen(target) ?? ((_, response) => notFound(response))
}

function httpListener(application: CloudRunApplication): Listener {
  const app = createApplication(application)
  return (request, response) => {
    if (application.events && isEventPath(request.url)) return notFound(response)
    const call = describeCall(request, response, process.env, Date.now(), application.timeoutSeconds)
    void serveNodeExchange(request, response, app.origin, (parts) => run(app, { ...call, request: parts, sink }))
  }
}

function fail(error: unknown): void {
  logUncaught(sink, error)
  // oxlint-disable-next-line unicorn/no-process-exit -- the server is the process; Node would end it with 1 as well
  process.exit(1)
}
