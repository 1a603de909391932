import { Reject, schedule as define, type Event, type EventContext } from '@isobar/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { crons } from './dispatch.ts'
import { native, type WorkersExecutionContext, type WorkersScheduledController } from './native.ts'
import { schedule, type Tick } from './schedule.ts'
import { recordLines } from './testing/batch.ts'

afterEach(() => void vi.restoreAllMocks())

const ctx: WorkersExecutionContext = { waitUntil: () => undefined, passThroughOnException: () => undefined }

function controllerOf(cron: string, scheduledTime = Date.parse('2026-03-04T02:30:00Z')): WorkersScheduledController {
  return { cron, scheduledTime, noRetry: () => undefined }
}

function nightly(handler: (event: Event<null>, context: EventContext) => void, name = 'nightly'): Tick {
  return schedule({ target: 'workers', name, definition: define('30 2 * * *', handler) })
}

test('a tick is an event of the scheduled time, the same when it fires twice (E1)', async () => {
  const seen: [Event, EventContext][] = []
  const tick = nightly((...given) => void seen.push(given))
  const controller = controllerOf('30 2 * * *')
  const env = { NAME: 'shop', BUCKET: {} }
  await tick(controller, env, ctx)
  await tick(controller, env, ctx)
  const [first, second] = seen
  expect(first?.[0]).toMatchObject({
    id: 'nightly/2026-03-04T02:30:00.000Z',
    source: 'schedule:nightly',
    type: 'schedule.tick',
    time: '2026-03-04T02:30:00.000Z',
    data: null,
  })
  expect(first?.[0].bytes()).toHaveLength(0)
  expect(second?.[0].id).toBe(first?.[0].id)
  const context = first?.[1]
  if (!context) throw new Error('The handler got nothing.')
  expect(context.env).toEqual({ NAME: 'shop' })
  expect(native(context)).toEqual({ controller, env, ctx })
  expect(context.remainingMs()).toBeLessThanOrEqual(15 * 60_000)
})

describe('a run', () => {
  test('that fails is recorded as failed: the handler rejects with its error', async () => {
    const lines = recordLines()
    const error = new Error('no disk')
    const tick = nightly(() => {
      throw error
    })
    await expect(tick(controllerOf('30 2 * * *'), {}, ctx)).rejects.toBe(error)
    expect(lines).toMatchObject([{ fault: 'handler', function: 'nightly' }])
  })

  test('that is rejected is logged and done, since nothing would come again', async () => {
    const lines = recordLines()
    const tick = nightly(() => {
      throw Reject('a holiday')
    })
    await expect(tick(controllerOf('30 2 * * *'), {}, ctx)).resolves.toBeUndefined()
    expect(lines).toMatchObject([{ level: 'ERROR', fields: { error: { message: 'a holiday' } } }])
  })
})

describe('a cron trigger', () => {
  const ran: string[] = []
  const fine = (name: string): Tick => nightly(() => void ran.push(name), name)
  const failing = (name: string): Tick =>
    nightly(() => {
      throw new Error(name)
    }, name)

  test('runs all functions of its expression, and no other', async () => {
    const scheduled = crons({ '30 2 * * *': [fine('a'), fine('b')], '0 3 * * *': [fine('c')] })
    await scheduled(controllerOf('30 2 * * *'), {}, ctx)
    expect(ran.splice(0).toSorted()).toEqual(['a', 'b'])
  })

  test('fails when one of them does, after the others ran', async () => {
    recordLines()
    const scheduled = crons({ '30 2 * * *': [failing('a'), fine('b')] })
    await expect(scheduled(controllerOf('30 2 * * *'), {}, ctx)).rejects.toThrow('a')
    expect(ran.splice(0)).toEqual(['b'])
  })

  test('tells every failure', async () => {
    recordLines()
    const scheduled = crons({ '30 2 * * *': [failing('a'), failing('b')] })
    await expect(scheduled(controllerOf('30 2 * * *'), {}, ctx)).rejects.toMatchObject({
      message: '2 functions failed at 30 2 * * *.',
      errors: [new Error('a'), new Error('b')],
    })
  })

  test.each(['0 4 * * *', '', 'constructor'])('%j, which no function has, is an error (E4)', async (cron) => {
    const scheduled = crons({ '30 2 * * *': [fine('a')] })
    await expect(scheduled(controllerOf(cron), {}, ctx)).rejects.toMatchObject({
      name: 'MalformedEventError',
      message: `The cron trigger ${JSON.stringify(cron)} fired; one of these is expected: 30 2 * * *.`,
    })
    expect(ran).toEqual([])
  })

  test('without a time is an error (E4)', async () => {
    await expect(fine('a')(controllerOf('30 2 * * *', NaN), {}, ctx)).rejects.toMatchObject({
      name: 'MalformedEventError',
    })
    expect(ran).toEqual([])
  })
})
