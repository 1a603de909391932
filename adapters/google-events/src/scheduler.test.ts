import { schedule } from '@isobar/core'
import { expect, test } from 'vitest'
import { schedulerJob } from './scheduler.ts'
import { delivery, handled } from './testing/deliveries.ts'

const run = (headers: Record<string, string>): ReturnType<typeof handled> =>
  handled(schedulerJob(), (handler) => schedule('30 2 * * *', handler), delivery('', headers))

// https://docs.cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs#HttpTarget
test.each(['2026-01-05T02:30:00Z', '2026-01-05T03:30:00+01:00'])(
  'a tick for %s is that time, so that a double firing is one event',
  async (time) => {
    const { event, status } = await run({
      'x-cloudscheduler': 'true',
      'x-cloudscheduler-jobname': 'shop-nightly',
      'x-cloudscheduler-scheduletime': time,
    })
    expect(status).toBe(204)
    expect(event).toMatchObject({
      id: 'fn/2026-01-05T02:30:00.000Z',
      source: 'schedule:fn',
      type: 'schedule.tick',
      time: '2026-01-05T02:30:00.000Z',
      data: null,
    })
  },
)

test.each([
  [{}, "got 'none' there"],
  [{ 'x-cloudscheduler-scheduletime': 'soon' }, "got 'soon' there"],
])('%j is no tick, and told (E4)', async (headers, told) => {
  const { event, status, log } = await run(headers)
  expect([event, status]).toEqual([undefined, 503])
  expect(log).toContain(told)
})
