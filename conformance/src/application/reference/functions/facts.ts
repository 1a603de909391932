import { http, type HttpDefinition } from '@isobar/core'
import { sleep } from '../lib/sleep.ts'

/** A value that lives as long as the process or isolate; made late, since some platforms forbid random values at start. */
let instance: string | undefined

export const instanceId: HttpDefinition = http('/instance', () => {
  instance ??= crypto.randomUUID()
  return Response.json({ instance })
})

export const environment: HttpDefinition = http('/environment', (_request, context) =>
  Response.json({
    value: context.env[new URL(_request.url).searchParams.get('name') ?? ''] ?? null,
    types: [...new Set(Object.values(context.env).map((value) => typeof value))],
  }),
)

export const native: HttpDefinition = http('POST /native', async (request, context) => {
  const before = outline(context.native)
  await request.text()
  context.waitUntil(undefined)
  return Response.json({
    type: typeof context.native,
    isNull: context.native === null,
    same: before === outline(context.native),
  })
})

/** Names and types one level deep are enough to see a native value changed, and can be read from any object. */
function outline(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.entries(value)
    .map(
      ([name, inner]) =>
        `${name}: ${typeof inner === 'object' && inner !== null ? Object.keys(inner).toString() : typeof inner}`,
    )
    .join('; ')
}

/** Keeps several invocations in flight and answers each with its own facts. */
export const concurrent: HttpDefinition = http('POST /concurrent/:id', async (request, context) => {
  const text = await request.text()
  context.log.info('before the pause', { id: context.params.id })
  await sleep(Number(request.headers.get('x-pause')))
  context.log.info('after the pause', { id: context.params.id })
  return Response.json({
    param: context.params.id,
    body: text,
    header: request.headers.get('x-own'),
    invocation: context.invocation.id,
    trace: context.trace?.traceId ?? null,
  })
})
