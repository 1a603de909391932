import { join } from 'node:path'

import { awsLambda } from '@isobar/aws-lambda/build'
import { cloudflareWorkers } from '@isobar/cloudflare-workers/build'
import { expect, it } from 'vitest'

import { brokenEventTarget } from '../broken/event-target.ts'
import { runNothingLost } from './nothing-lost.ts'

// Below this package, where the adapters are found.
const workDirectory = join(import.meta.dirname, '../../.isobar')
const run = { workDirectory, messages: 60, kills: 1 }

it.each([awsLambda(), cloudflareWorkers()])('finds where every message ended: $name', async (target) => {
  const { lost, done, dead } = await runNothingLost({ ...run, target })
  expect(lost).toEqual([])
  expect(done + dead).toBe(60)
})

it('names what an adapter acknowledges that no handler resolved', async () => {
  const { lost, acknowledgedUnhandled } = await runNothingLost({
    ...run,
    target: brokenEventTarget(awsLambda(), 'acks-all'),
  })
  expect(acknowledgedUnhandled).toBeGreaterThan(0)
  expect(lost).toHaveLength(acknowledgedUnhandled)
  expect(lost[0]).toMatch(/^message-\d{6}: acknowledged$/)
})
