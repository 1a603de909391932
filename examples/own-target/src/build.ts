import type { HttpDeployable, OptionRule, Plan, Target } from '@isobar/compiler'
import type { Absence, Capabilities } from '@isobar/core'

export interface PlainNodeOptions {
  /** @default 'plain-node' */
  name?: string
  /** Scheme and host of `request.url`. @default https and the client's Host header */
  origin?: string
}

/** The compiler holds the options against it, and tells a user's mistake with its line. */
const known: Record<keyof PlainNodeOptions, OptionRule> = {
  name: { type: 'string' },
  origin: { type: 'string', format: 'origin' },
}

/** The build half: what `isobar.config.ts` imports. It makes text, and never loads the runtime half. */
export function plainNode(options: PlainNodeOptions = {}): Target {
  return {
    name: options.name ?? 'plain-node',
    platform: 'plain-node',
    capabilities,
    limits: { requestBytes: Infinity, responseBytes: Infinity, timeoutMs: Infinity },
    external: [],
    conditions: ['node'],
    runtime: { kind: 'node', version: '22' },
    options: { given: options, known },
    emit: (plan) => ({
      entries: plan.http.map((deployable) => ({
        functions: deployable.functions.map(({ name }) => name),
        file: `${deployable.name}/server.mjs`,
        source: shim(plan, deployable, options.origin),
      })),
      files: [],
      diagnostics: [],
    }),
  }
}

/** A few lines that a reader understands: the user's modules, the adapter's function, nothing else. */
function shim(plan: Plan, deployable: HttpDeployable, origin: string | undefined): string {
  return [
    "import { load, serve } from '@isobar-examples/own-target'",
    '',
    ...deployable.modules.map(({ statement }) => statement),
    '',
    'serve({',
    `  target: ${JSON.stringify(plan.target)},`,
    ...(origin === undefined ? [] : [`  origin: ${JSON.stringify(origin)},`]),
    `  functions: ${deployable.functionsLiteral},`,
    '})',
    '',
  ].join('\n')
}

const byNode = (absent: string): Absence => ({
  absent,
  because: 'platform',
  source: 'https://nodejs.org/api/http.html',
})

const http = byNode('This target serves HTTP and nothing else.')

/** Total: TypeScript asks for an answer to every capability. What is absent here, the suite asserts as absent. */
const capabilities: Capabilities = {
  'http.anyMethod': true,
  'http.trustedHost': byNode("Nobody stands in front: the host is the client's Host header. Set `origin`."),
  'http.rawPath': true,
  'http.escapedPercent': true,
  'http.rawQuery': true,
  'http.repeatedQuery': true,
  'http.repeatedHeaders': true,
  'http.rawText': true,
  'http.rawBody': true,
  'http.chunkedRequest': true,
  'http.setCookieMany': true,
  'http.setCookieRaw': true,
  'http.headContentLength': true,
  'http.streaming': true,
  'http.streamAbort': true,
  'http.clientGone': true,
  'http.backPressure': true,
  'http.authenticateHeader': true,
  'http.serverHeaders': true,
  'http.waitUntilAfterResponse': byNode('The bridge holds the end of the answer until the work is done.'),
  'http.traceParent': true,
  'process.survivesFault': byNode('A rejection that nobody handles ends the process.'),
  'process.moduleError': byNode('A server whose module throws does not start.'),
  queue: http,
  'queue.retryOne': http,
  'queue.delay': http,
  'queue.ordered': http,
  'queue.attributes': http,
  'queue.bytes': http,
  'queue.exactJson': http,
  'queue.empty': http,
  'queue.128kB': http,
  'queue.deadLetter': http,
  topic: http,
  'topic.delay': http,
  'topic.attributes': http,
  'topic.bytes': http,
  'topic.deadLetter': http,
  schedule: http,
  'schedule.timeZone': http,
  'schedule.retry': http,
  storage: http,
  stream: http,
  changes: http,
  'changes.ordered': http,
  'changes.deleted': http,
  'changes.before': http,
  'changes.bigNumbers': http,
  'changes.inserted': http,
  event: http,
  'event.identity': http,
}
