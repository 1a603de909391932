import type { EmittedEntry, EventDeployable, HttpDeployable } from '@isobar/compiler'
import { quote } from './source.ts'
import type { Triggers } from './wrangler.ts'

/** What one Worker is made of. */
export interface WorkerParts {
  target: string
  /** Relative to the target's folder: empty, or with a slash at its end. */
  folder: string
  http: HttpDeployable | undefined
  events: readonly EventDeployable[]
  triggers: Triggers
}

/** A Worker in module format: https://developers.cloudflare.com/workers/reference/migrate-to-module-workers/ */
export function shimOf({ target, folder, http, events, triggers }: WorkerParts): EmittedEntry {
  const handlers = handlersOf(triggers)
  const names = ['load', http ? 'worker' : 'eventWorker', ...handlers.flatMap(({ imports }) => imports)]
  const statements = [http?.modules ?? [], ...events.map(({ modules }) => modules)].flat()
  const source = [
    `import { ${[...new Set(names)].toSorted().join(', ')} } from '@isobar/cloudflare-workers'`,
    '',
    // One module may hold functions of several triggers.
    ...new Set(statements.map(({ statement }) => statement)),
    '',
    ...exported(target, http, handlersOf(triggers).flatMap(linesOf)),
    '',
  ].join('\n')
  return {
    functions: [...(http?.functions ?? []), ...events.map((event) => event.function)].map(({ name }) => name),
    file: `${folder}worker.mjs`,
    handler: 'default',
    source,
  }
}

function exported(target: string, http: HttpDeployable | undefined, events: readonly string[]): string[] {
  if (!http) return ['export default eventWorker({', ...events, '})']
  const options = (indent: string): string[] => [
    `${indent}target: ${JSON.stringify(target)},`,
    `${indent}functions: ${http.functionsLiteral},`,
  ]
  if (events.length === 0) return ['export default worker({', ...options('  '), '})']
  return ['export default {', '  ...worker({', ...options('    '), '  }),', ...events, '}']
}

interface Handler {
  imports: string[]
  /** `queue: queues` */
  opens: string
  members: string[]
}

function handlersOf({ consumed, crons }: Triggers): Handler[] {
  const queues: Handler = {
    imports: ['queues', ...consumed.map(({ source }) => source.factory)],
    opens: 'queue: queues',
    members: consumed.map(({ name, source }) => `${quote(name)}: ${source.text}`),
  }
  const scheduled: Handler = {
    imports: ['crons', ...crons.flatMap(({ sources }) => sources.map(({ factory }) => factory))],
    opens: 'scheduled: crons',
    members: crons.map(
      ({ expression, sources }) => `${quote(expression)}: [${sources.map(({ text }) => text).join(', ')}]`,
    ),
  }
  return [queues, scheduled].filter(({ members }) => members.length > 0)
}

function linesOf({ opens, members }: Handler): string[] {
  return [`  ${opens}({`, ...members.map((member) => `    ${member},`), '  }),']
}
