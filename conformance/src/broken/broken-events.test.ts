import { join } from 'node:path'

import { awsLambda } from '@isobar/aws-lambda/build'
import { azureFunctions } from '@isobar/azure-functions/build'
import { cloudflareWorkers } from '@isobar/cloudflare-workers/build'
import { cloudRun } from '@isobar/cloud-run/build'
import type { Target } from '@isobar/compiler'
import { googleCloudFunctions } from '@isobar/google-cloud-functions/build'
import { describe, expect, it } from 'vitest'

import { eventCases } from '../cases/events/index.ts'
import type { ReportResult } from '../report/schema.ts'
import { runConformance } from '../runner/run-conformance.ts'
import type { EventCase } from '../types.ts'
import type { EventFlaw } from './event-flaws.ts'
import { brokenEventTarget } from './event-target.ts'

const everywhere = [awsLambda(), azureFunctions(), googleCloudFunctions(), cloudRun(), cloudflareWorkers()]

/** Which cases a mistake fails, and which hold all the same. */
const caught: Readonly<Record<EventFlaw, { at: Target[]; fails: EventCase['id'][]; holds: EventCase['id'][] }>> = {
  'acks-all': {
    at: everywhere,
    fails: [
      'event/queue-that-throws-comes-again',
      'event/queue-that-is-rejected-is-set-aside-and-comes-no-more',
      'event/message-is-tried-as-often-as-its-trigger-says-and-then-set-aside',
      'event/first-of-a-batch-that-fails-comes-again-alone',
      'event/topic-that-throws-comes-again',
      'event/storage-that-throws-comes-again',
    ],
    holds: ['event/queue-that-resolves-is-done'],
  },
  'acks-early': {
    at: everywhere,
    fails: [
      'event/queue-is-not-done-before-its-handler-is',
      'event/queue-that-throws-comes-again',
      'event/topic-is-not-done-before-its-handler-is',
    ],
    holds: [],
  },
  'retries-all': {
    at: everywhere,
    fails: [
      'event/queue-that-resolves-is-done',
      'event/hundred-messages-are-each-done-once',
      'event/topic-that-resolves-is-done',
    ],
    holds: ['event/data-that-the-schema-refuses-is-set-aside-and-told'],
  },
  'loses-the-id': {
    at: everywhere,
    fails: ['event/queue-that-throws-comes-again', 'event/message-of-a-topic-has-one-id-for-every-function'],
    holds: ['event/queue-that-resolves-is-done'],
  },
  'rejects-as-retry': {
    at: everywhere,
    fails: [
      'event/queue-that-is-rejected-is-set-aside-and-comes-no-more',
      'event/batch-that-is-rejected-whole-is-set-aside-whole',
    ],
    holds: ['event/queue-that-throws-comes-again'],
  },
  'forgets-the-delay': {
    at: [awsLambda(), cloudflareWorkers()],
    fails: ['event/message-comes-again-after-the-delay-that-its-handler-asks-for'],
    holds: ['event/queue-that-throws-comes-again'],
  },
  'decodes-twice': {
    at: [awsLambda(), cloudRun(), cloudflareWorkers()],
    fails: ['event/text-that-looks-like-a-number-stays-text', 'event/text-that-looks-like-json-stays-text'],
    holds: ['event/text-arrives-as-it-is'],
  },
  'forgets-wait-until': {
    at: [awsLambda(), cloudRun()],
    fails: ['event/wait-until-work-of-an-event-is-finished'],
    holds: ['event/queue-that-resolves-is-done'],
  },
  'throws-for-one': {
    at: [awsLambda(), cloudflareWorkers()],
    fails: [
      'event/first-of-a-batch-that-fails-comes-again-alone',
      'event/middle-of-a-batch-that-fails-comes-again-alone',
      'event/handler-that-hangs-does-not-fail-the-others-of-its-batch',
    ],
    holds: ['event/queue-that-resolves-is-done'],
  },
}

// Below this package, where the adapters are found.
const workDirectory = join(import.meta.dirname, '../../.isobar')

async function resultsOf(targets: readonly Target[], ids: readonly string[]): Promise<ReportResult[]> {
  const cases = ids.map((id) => {
    const found = eventCases.find((testCase) => testCase.id === id)
    if (!found) throw new Error(`The suite has no case ${id} any more.`)
    return found
  })
  return (await runConformance({ targets, cases, workDirectory })).results
}

describe('an adapter of events with a mistake', () => {
  it.each(Object.entries(caught))(
    'that %s fails',
    async (name, { at, fails, holds }) => {
      const flaw = Object.keys(caught).find((one): one is EventFlaw => one === name)
      if (!flaw) throw new Error(`There is no flaw ${name}.`)
      const targets = at.map((target) => brokenEventTarget(target, flaw))
      const results = await resultsOf(targets, [...fails, ...holds])
      for (const door of new Set(results.map((result) => result.door))) {
        const failed = results
          .filter((result) => result.door === door && result.result === 'fail')
          .map((one) => one.case)
        expect(failed, door).toEqual(fails)
      }
      // Five platforms at once.
    },
    120_000,
  )
})
