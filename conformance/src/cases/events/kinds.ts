import { strict as assert } from 'node:assert'

import type { EventKind } from '@isobar/core'

import type { EventCheck, EventHarness, EventInput } from '../../types.ts'

/** Kinds whose events somebody sends; schedules are fired by the clock. */
export type SentKind = Exclude<EventKind, 'schedule'>

/** One function of the events application for each kind, and an event for it. */
interface Sample {
  source: string
  /** The function's name. */
  function: string
  /** `type` of the event that the handler gets. */
  type: string
  /** @param tag lower-case letters, digits and hyphens, to find the event again by. */
  input(tag: string): EventInput
}

export const samples: Readonly<Record<SentKind, Sample>> = {
  queue: {
    source: 'queue:jobs',
    function: 'jobs',
    type: 'queue.message',
    input: (tag) => ({ body: JSON.stringify({ tag }) }),
  },
  topic: {
    source: 'topic:raw-news',
    function: 'raw-reader',
    type: 'topic.message',
    input: (tag) => ({ body: tag, contentType: 'text/plain' }),
  },
  storage: {
    source: 'storage:isobar-uploads',
    function: 'uploads',
    type: 'storage.created',
    input: (tag) => ({ object: 'created', key: `reports/${tag}.csv`, size: 3, etag: '0123456789abcdef' }),
  },
  stream: {
    source: 'stream:clicks',
    function: 'clicks',
    type: 'stream.record',
    input: (tag) => ({ body: JSON.stringify({ tag }), orderingKey: 'one' }),
  },
  changes: {
    source: 'changes:users',
    function: 'users',
    type: 'changes.inserted',
    input: (tag) => ({ change: 'inserted', key: { id: tag }, after: { id: tag, name: 'Ada' } }),
  },
  event: {
    source: 'event:com.example.order.placed',
    function: 'placed',
    type: 'com.example.order.placed',
    input: (tag) => ({
      cloudEvent: {
        id: tag,
        source: 'https://shop.example/orders',
        type: 'com.example.order.placed',
        datacontenttype: 'application/json',
        data: JSON.stringify({ tag }),
      },
      mode: 'binary',
    }),
  },
}

export const sentKinds: readonly SentKind[] = ['queue', 'topic', 'storage', 'stream', 'changes', 'event']

/** What a target does that does not offer a kind (E21): the build says so, names the function and the way out. */
export function refused(kind: EventKind): EventCheck {
  return async (harness) => {
    const errors = (await harness.check(kind)).filter(({ severity }) => severity === 'error')
    const named = errors.filter(({ id }) => id === 'not-offered')
    assert.ok(named.length > 0, `the build accepts a function of ${kind}()`)
    for (const { function: name, text, notes, location } of named) {
      assert.ok(name !== undefined && text.includes(`'${name}'`), `'${text}' does not name the function`)
      assert.ok(location !== undefined && location.line > 0, 'the diagnostic has no line')
      assert.ok(
        notes.some((note) => /https?:/.test(note)),
        'the diagnostic names no source',
      )
    }
  }
}

/** The `needs` of a case that is about one kind. */
export function offered(kind: EventKind): Partial<Record<EventKind, EventCheck>> {
  return { [kind]: refused(kind) }
}

let count = 0

/** A name that no other event of the run has. */
export function newTag(what = 'tag'): string {
  count += 1
  return `${what}-${count}-${Math.trunc(performance.timeOrigin + performance.now()).toString(36)}`
}

/** Whether a handler saw the event with this tag, wherever that stands in it. */
export function hasTag(seen: { id: string; bytes: string; subject?: string }, tag: string): boolean {
  return seen.id === tag || seen.subject?.includes(tag) === true || Buffer.from(seen.bytes, 'hex').includes(tag)
}

/** How often the dead letters of a source have this tag. */
export async function deadWithTag(harness: EventHarness, source: string, tag: string): Promise<number> {
  const dead = await harness.deadLetters(source)
  return dead.filter(({ body }) => Buffer.from(body).includes(tag)).length
}
