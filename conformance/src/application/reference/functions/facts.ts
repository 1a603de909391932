import { http, type HttpDefinition } from '@isobar/core'
import { instance } from '../../shared/instance.ts'
import { sleep } from '../lib/sleep.ts'

export const instanceId: HttpDefinition = http('/instance', () => Response.json({ instance: instance() }))

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

/** All plain data in a value; objects of a class have a life of their own and are left out. */
function outline(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    const prototype: unknown = Object.getPrototypeOf(inner)
    return prototype === Object.prototype || prototype === null ? inner : undefined
  })
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
