import { describe, expect, test, vi } from 'vitest'

import { http } from '../definitions/http.ts'
import { setUp, text } from '../testing/calls.ts'
import { run, runBuffered } from './run.ts'

describe('deadline and waitUntil', () => {
  test('the signal aborts ahead of the 504, and the handler is let go (C2)', async () => {
    const order: string[] = []
    const { app, call, lines } = setUp(
      http({ route: '/', timeoutMs: 200 }, async (_, context) => {
        const left = context.remainingMs() ?? 0
        order.push(left > 100 && left <= 200 ? 'counts down' : `wrong: ${left}`)
        context.signal.addEventListener('abort', () => order.push(context.signal.reason.name))
        await new Promise((resolve) => setTimeout(resolve, 400))
        return new Response('late')
      }),
    )
    const { answer } = await runBuffered(app, call())
    order.push(String(answer.status))
    expect(order).toEqual(['counts down', 'TimeoutError', '504'])
    expect(text(answer.body)).toBe('{"type":"about:blank","title":"Gateway Timeout","status":504,"instance":"id-1"}')
    expect(lines).toMatchObject([{ fault: 'deadline' }])
  })

  test('a stream that comes after the 504 is cancelled, so that its source does not wait for ever (C2)', async () => {
    const cancel = vi.fn()
    const late = Promise.withResolvers<void>()
    const { app, call } = setUp(
      http({ route: '/', timeoutMs: 50 }, async () => {
        await late.promise
        return new Response(new ReadableStream({ cancel }))
      }),
    )
    expect((await run(app, call())).answer.status).toBe(504)
    late.resolve()
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce())
  })

  test('no deadline: remainingMs is undefined; the lesser of two counts', async () => {
    const left: (number | undefined)[] = []
    const { app, call } = setUp(http('/', (_, context) => (left.push(context.remainingMs()), new Response())), http({ route: '/t', timeoutMs: 500 }, (_, context) => (left.push(context.remainingMs()), new Response()))) // prettier-ignore
    await runBuffered(app, call())
    await runBuffered(app, call({ target: '/t', deadline: Date.now() + 60_000 }))
    await runBuffered(app, call({ target: '/t', deadline: Date.now() + 100 }))
    expect(left[0]).toBeUndefined()
    expect(left[1]).toBeLessThanOrEqual(500)
    expect(left[2]).toBeLessThanOrEqual(100)
  })

  test('settle waits for work, also for work given late; a rejection is logged and changes nothing (C1)', async () => {
    const done: string[] = []
    const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
    const { app, call, lines } = setUp(
      http('/', (_, { waitUntil }) => {
        waitUntil(wait(20).then(() => (done.push('first'), waitUntil(wait(20).then(() => done.push('second'))))))
        waitUntil(Promise.reject(new Error('mail')))
        waitUntil('no promise')
        return new Response('ok')
      }),
    )
    const { answer, settle } = await runBuffered(app, call())
    expect([answer.status, done]).toEqual([200, []])
    await settle()
    expect(done).toEqual(['first', 'second'])
    expect(lines).toMatchObject([{ level: 'ERROR', fields: { error: { message: 'mail' } } }])
  })

  test('work is cut at the margin and logged (C1)', async () => {
    const { app, call, lines } = setUp(http('/', (_, { waitUntil }) => (waitUntil(new Promise(() => {})), new Response()))) // prettier-ignore
    const { settle } = await runBuffered(app, call({ deadline: Date.now() + 100 }))
    await settle()
    expect(lines).toMatchObject([{ level: 'ERROR', fields: { cut: 1 } }])
  })

  test('nothing to wait for: settle is synchronous', async () => {
    const { app, call } = setUp(http('/', () => new Response()))
    expect((await runBuffered(app, call())).settle()).toBeUndefined()
  })
})
