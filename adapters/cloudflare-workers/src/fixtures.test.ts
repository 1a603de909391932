import { queue as define, schedule as defineSchedule, type Event } from '@isobar/core'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { crons, queues } from './dispatch.ts'
import type { WorkersScheduledController } from './native.ts'
import { queue } from './queue.ts'
import { schedule } from './schedule.ts'
import { batchOf, consume } from './testing/batch.ts'

const folder = join(import.meta.dirname, '../../../conformance/fixtures/cloudflare')

afterEach(() => void vi.restoreAllMocks())

/** What the runtime's own queue handler saw. */
interface BatchFixture {
  queue: string
  messages: { id: string; timestamp: string; attempts: number; body: unknown }[]
}

/** A body that JSON cannot hold, as the recording marks it. */
function revive(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body
  if ('__arraybuffer_base64' in body) {
    return new Uint8Array(Buffer.from(String(body.__arraybuffer_base64), 'base64')).buffer
  }
  if ('m' in body) return { ...body, m: new Map() }
  return body
}

/** Of each message: the text of its bytes, or what it is retried for. */
const expected: Record<string, (string | undefined)[]> = {
  'recorded_miniflare__batch-after-throw-attempt2.json': ['{"n":1}', '{"n":2}'],
  'recorded_miniflare__batch-first-attempt.json': ['{"n":1}', '{"n":2}'],
  // The last was sent as v8 and holds a Map.
  'recorded_miniflare__batch-json-text-bytes-v8.json': [
    '{"kind":"json","n":1}',
    'plain text',
    '\x01\x02\x03',
    undefined,
  ],
}

test.each(readdirSync(join(folder, 'queue')))('the recorded batch %s is decoded', async (file) => {
  const fixture: BatchFixture = JSON.parse(readFileSync(join(folder, 'queue', file), 'utf8'))
  const seen = new Map<string, { event: Event; attempt: number | undefined }>()
  const definition = define({ queue: fixture.queue, data: 'bytes' }, (event, { delivery }) => {
    seen.set(event.id, { event, attempt: delivery.attempt })
  })
  const consumer = queue({ target: 'workers', name: 'f', definition, deadLetters: 'QUEUE_DEAD' })
  const recorded = batchOf(
    fixture.queue,
    fixture.messages.map(({ body }) => revive(body)),
  )
  const messages = recorded.messages.map((message, index) => {
    const { id = '', timestamp = '', attempts = 0 } = fixture.messages[index] ?? {}
    return { ...message, id, attempts, timestamp: new Date(timestamp) }
  })
  const { calls } = await consume(queues({ [fixture.queue]: consumer }), { ...recorded, messages })

  const texts = expected[file] ?? []
  expect(calls).toEqual(texts.map((text) => [[text === undefined ? 'retry' : 'ack']]))
  const found = fixture.messages.map(({ id }) => {
    const { event, attempt } = seen.get(id) ?? {}
    return event && [new TextDecoder().decode(event.bytes()), event.time, attempt]
  })
  const wanted = fixture.messages.map(({ timestamp, attempts }, index) => {
    const text = texts[index]
    return text === undefined ? undefined : [text, timestamp, attempts]
  })
  expect(found).toEqual(wanted)
})

/** What the runtime's own scheduled handler saw. */
interface TickFixture {
  cron: string
  scheduledTime: number
}

/** Of each recording, the id of the event, or the error. */
const ticks: Record<string, string> = {
  'recorded_miniflare__cron-empty.json': 'MalformedEventError',
  'recorded_miniflare__cron-every-5-min.json': 'f/2023-11-14T22:13:20.000Z',
}

test.each(readdirSync(join(folder, 'scheduled')))('the recorded tick %s is decoded', async (file) => {
  const fixture: TickFixture = JSON.parse(readFileSync(join(folder, 'scheduled', file), 'utf8'))
  const seen: string[] = []
  const definition = defineSchedule('*/5 * * * *', ({ id }) => void seen.push(id))
  const scheduled = crons({ '*/5 * * * *': [schedule({ target: 'workers', name: 'f', definition })] })
  const controller: WorkersScheduledController = { ...fixture, noRetry: () => undefined }
  await scheduled(controller, {}, { waitUntil: () => undefined, passThroughOnException: () => undefined }).catch(
    (error: unknown) => seen.push(error instanceof Error ? error.name : ''),
  )
  expect(seen).toEqual([ticks[file]])
})
