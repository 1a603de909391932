import assert from 'node:assert/strict'
import { join } from 'node:path'

import { awsLambda } from '@isobar/aws-lambda/build'
import { azureFunctions } from '@isobar/azure-functions/build'
import { cloudflareWorkers } from '@isobar/cloudflare-workers/build'
import { cloudRun } from '@isobar/cloud-run/build'
import type { Target } from '@isobar/compiler'
import { describe, expect, it } from 'vitest'

import { eventCases } from '../cases/events/index.ts'
import { runConformance } from '../runner/run-conformance.ts'
import type { EventCase } from '../types.ts'

/** Half of what a rule promises is said in the deploy file: what is left out there, and a case that misses it. */
const facts: readonly {
  target: Target
  file: string
  what: string
  leaveOut: RegExp | ((text: string) => string)
  fails: EventCase['id'][]
  /** @default event/queue-that-resolves-is-done */
  holds?: EventCase['id']
}[] = [
  {
    target: awsLambda(),
    file: 'template.yaml',
    what: 'ReportBatchItemFailures of a queue',
    leaveOut: /^ *FunctionResponseTypes:\n *- ReportBatchItemFailures\n/gm,
    fails: ['event/queue-that-throws-comes-again', 'event/first-of-a-batch-that-fails-comes-again-alone'],
  },
  {
    target: awsLambda(),
    file: 'template.yaml',
    what: 'RedrivePolicy of a queue',
    leaveOut: /^( *)RedrivePolicy:\n(?:\1 .*\n)+/gm,
    fails: ['event/message-is-tried-as-often-as-its-trigger-says-and-then-set-aside'],
  },
  {
    target: awsLambda(),
    file: 'template.yaml',
    what: 'the OnFailure destination of asynchronous calls',
    leaveOut: /^( *)DestinationConfig:\n(?:\1 .*\n)+/gm,
    fails: ['event/message-of-a-topic-that-always-fails-is-not-lost'],
  },
  {
    target: awsLambda(),
    file: 'template.yaml',
    what: 'MaximumRetryAttempts of a stream',
    leaveOut: /^ *MaximumRetryAttempts: .*\n/gm,
    fails: ['event/stream-is-not-held-for-ever-by-a-record-that-always-fails'],
  },
  {
    target: awsLambda(),
    file: 'template.yaml',
    what: 'the rights that effects need',
    leaveOut: /^ *- Effect: Allow\n *Action: sqs:SendMessage\n(?: *Resource:\n(?: {16,}.*\n)+)/gm,
    fails: ['event/queue-that-is-rejected-is-set-aside-and-comes-no-more'],
  },
  {
    target: azureFunctions(),
    file: 'index.mjs',
    what: "dataType 'binary' of a trigger",
    leaveOut: / *dataType: 'binary',\n/g,
    fails: ['event/text-that-looks-like-a-number-stays-text', 'event/every-byte-arrives'],
    holds: 'event/tick-that-resolves-is-done',
  },
  {
    target: azureFunctions(),
    file: 'index.mjs',
    what: 'the retry policy of a stream',
    leaveOut: /^ *retry: .*\n/gm,
    fails: ['event/stream-that-throws-comes-again'],
  },
  {
    target: cloudRun(),
    file: 'triggers.tf.json',
    what: 'the dead-letter policy of a subscription',
    leaveOut: withoutMember('dead_letter_policy'),
    fails: ['event/message-is-tried-as-often-as-its-trigger-says-and-then-set-aside'],
  },
  {
    target: cloudRun(),
    file: 'triggers.tf.json',
    what: 'the order of a subscription',
    leaveOut: withoutMember('enable_message_ordering'),
    fails: ['event/stream-hands-over-one-of-a-key-at-a-time'],
  },
  {
    target: cloudRun(),
    file: 'triggers.tf.json',
    what: 'the retries of a job',
    leaveOut: withoutMember('retry_config'),
    fails: ['event/tick-that-throws-comes-again-with-the-same-id'],
  },
  {
    target: cloudflareWorkers(),
    file: 'wrangler.jsonc',
    what: 'the dead-letter queue of a consumer',
    leaveOut: /,\s*"dead_letter_queue": "[^"]*"/g,
    fails: ['event/message-is-tried-as-often-as-its-trigger-says-and-then-set-aside'],
  },
  {
    target: cloudflareWorkers(),
    file: 'wrangler.jsonc',
    what: 'the retries of a consumer',
    leaveOut: /"max_retries": 4,/g,
    fails: ['event/message-is-tried-as-often-as-its-trigger-says-and-then-set-aside'],
  },
]

// Below this package, where the adapters are found.
const workDirectory = join(import.meta.dirname, '../../.isobar')

/** JSON text without a member, wherever that stands in it. */
function withoutMember(name: string): (text: string) => string {
  return (text) => {
    const value: unknown = JSON.parse(text, (key, member: unknown) => (key === name ? undefined : member))
    return JSON.stringify(value, undefined, 2)
  }
}

/** The target, whose build forgets something in one of its files. */
function without(target: Target, file: string, leaveOut: RegExp | ((text: string) => string)): Target {
  const edit = (text: string): string => {
    const edited = typeof leaveOut === 'function' ? leaveOut(text) : text.replace(leaveOut, '')
    assert.notEqual(edited, text, `${file} has nothing like ${String(leaveOut)}:\n${text}`)
    return edited
  }
  return {
    ...target,
    emit(plan) {
      const emitted = target.emit(plan)
      return {
        ...emitted,
        entries: emitted.entries.map((one) => (one.file === file ? { ...one, source: edit(one.source) } : one)),
        files: emitted.files.map((one) => (one.path === file ? { ...one, text: edit(one.text) } : one)),
      }
    },
  }
}

describe('a deploy file without', () => {
  it.each(facts.map((fact) => [`${fact.what}, on ${fact.target.platform},`, fact] as const))(
    '%s fails',
    async (_, { target, file, leaveOut, fails, holds = 'event/queue-that-resolves-is-done' }) => {
      const cases = eventCases.filter(({ id }) => [...fails, holds].includes(id))
      expect(cases).toHaveLength(fails.length + 1)
      const { results } = await runConformance({ targets: [without(target, file, leaveOut)], cases, workDirectory })
      const failed = results.filter(({ result }) => result === 'fail').map((result) => result.case)
      expect(failed.toSorted()).toEqual(fails.toSorted())
    },
  )
})
