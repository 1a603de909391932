import { bindingsOf, invoke } from './testing/library.ts'
import { schedule, type Event, type EventContext } from '@isobar/core'
import { app } from '@azure/functions'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fixture } from './testing/fixtures.ts'
import { timer } from './timer.ts'

let handle: (event: Event<null>, context: EventContext) => void | Promise<void>
const definition = schedule('*/5 * * * *', (event, context) => handle(event, context))
app.timer('every-five', {
  schedule: '0 */5 * * * *',
  retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { minutes: 1 } },
  handler: timer({ target: 'azure', name: 'every-five', definition }, { timeoutMs: 600_000 }),
})

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const { request } = fixture('invocation-observed/recorded_azure-functions-nodejs-library__timer')
const recorded = request.inputData[0]?.data ?? {}

/** A timer of the host with the next occurrence that its status had before the tick. */
function timerWith(next: string | undefined): object {
  const status = next === undefined ? null : { Last: '0001-01-01T00:00:00', Next: next, LastUpdated: next }
  return { json: JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus: status, IsPastDue: false }) }
}

async function tick(data: object, now: string, retryCount?: number): Promise<Event<null>> {
  vi.setSystemTime(now)
  let seen: Event<null> | undefined
  handle = (event) => void (seen = event)
  await invoke('every-five', data, {}, undefined, retryCount === undefined ? null : { retryCount, maxRetryCount: 2 })
  if (!seen) throw new Error('The handler was not called.')
  return seen
}

test('is registered with six fields', () => {
  expect(bindingsOf('every-five')[0]).toMatchObject({ type: 'timerTrigger', schedule: '0 */5 * * * *' })
})

test('a tick has the time that it was due at, and an id made of it (E1)', async () => {
  // The recording's next occurrence is 15:45 at five hours behind UTC.
  const event = await tick(recorded, '2022-03-28T20:45:00.010Z')
  expect(event).toMatchObject({
    id: 'every-five/2022-03-28T20:45:00.000Z',
    time: '2022-03-28T20:45:00.000Z',
    source: 'schedule:every-five',
    type: 'schedule.tick',
    data: null,
  })
  expect(new TextDecoder().decode(event.bytes())).toBe('null')
})

describe('the time that a tick was due at', () => {
  test.each([
    ['is the same at a try that is made after the next one', '2026-03-04T05:05:00Z', '2026-03-04T05:11:00Z', '05:05'],
    ['is ahead of a clock that is a little late', '2026-03-04T05:05:00Z', '2026-03-04T05:04:59.700Z', '05:05'],
    ['is the last instant where the host has no status', undefined, '2026-03-04T05:07:30Z', '05:05'],
    [
      'is the last instant where the status is that of a tick to come',
      '2026-03-04T05:10:00Z',
      '2026-03-04T05:07:30Z',
      '05:05',
    ],
    [
      'is the last instant where the status is of another schedule',
      '2026-03-04T05:03:00Z',
      '2026-03-04T05:07:30Z',
      '05:05',
    ],
    ['is the last instant where the status is empty', '0001-01-01T00:00:00', '2026-03-04T05:07:30Z', '05:05'],
  ])('%s', async (_, next, now, expected) => {
    expect((await tick(timerWith(next), now)).time).toBe(`2026-03-04T${expected}:00.000Z`)
  })
})

test('a tick that fails is the error itself, and the next try has its number', async () => {
  const attempts: unknown[] = []
  const error = new Error('not now')
  handle = (_, { delivery }) => {
    attempts.push(delivery.attempt)
    throw error
  }
  const data = timerWith('2026-03-04T05:05:00Z')
  await expect(invoke('every-five', data)).rejects.toBe(error)
  await expect(invoke('every-five', data, {}, undefined, { retryCount: 1, maxRetryCount: 2 })).rejects.toBe(error)
  expect(attempts).toEqual([1, 2])
})

test('what is no timer is an error that says what came (E4)', async () => {
  await expect(invoke('every-five', { string: 'tick' })).rejects.toThrow(
    /timer of a schedule must be an object.*"tick"/,
  )
})
