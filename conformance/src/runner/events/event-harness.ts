import { setTimeout as sleep } from 'node:timers/promises'

import type { DeliveryRecord, EventInput } from '@isobar/hosts'

import type { EventHarness } from '../../types.ts'
import { eventually } from '../eventually.ts'
import type { OpenHarness } from '../run-case.ts'
import type { EventDoor } from './event-door.ts'

/** Long enough for every retry and delay of every platform to be over, milliseconds. */
const drainMs = 15 * 86_400_000

/** Processes may have to start first, milliseconds. */
const eventuallyMs = 10_000

/** How long the runtime may take to end what a case has left, milliseconds. */
const patienceMs = 3000

/** The harness of one run of one case. */
export function createEventHarness(door: EventDoor): OpenHarness<EventHarness> {
  const { running, control } = door
  control.reset()
  running.breakEffects(false)
  const before = new Set(running.deliveries().map(({ id }) => id))
  const sent: string[] = []
  const under = new Set<Promise<unknown>>()
  let closed = false

  const own = (): DeliveryRecord[] => running.deliveries().filter(({ id }) => !before.has(id))
  /** Rejects once the case is over, and keeps the promise so that the next case can wait for its end. */
  const tracked = <Result>(act: () => Promise<Result>): Promise<Result> => {
    if (closed) throw new Error('The case is over: its time was up, or it did not wait for what it began.')
    const work = act()
    const settled: Promise<unknown> = work.then(
      () => under.delete(settled),
      () => under.delete(settled),
    )
    under.add(settled)
    return work
  }

  const harness: EventHarness = {
    deliver: (source, inputs) =>
      tracked(() => {
        sent.push(...inputs.map((input) => `${source} ${inputText(input)}`))
        return running.deliver(source, inputs)
      }),
    advance: (time) => tracked(() => running.advance(time)),
    deliveries: (ids) => own().filter(({ id }) => ids === undefined || ids.some((one) => isOf(id, one))),
    deadLetters: (source) => tracked(() => running.deadLetters(source)),
    kill: () => tracked(() => running.kill()),
    breakEffects: (broken) => running.breakEffects(broken),
    answer: (decide) => control.answer(decide),
    answerTicks: (decide) => control.answerTicks(decide),
    seen: () => control.seen(),
    ticks: () => control.ticks(),
    resolved: () => control.resolved(),
    allLogs: () => running.logs,
    eventually: (assertion, timeoutMs = eventuallyMs) => eventually(assertion, () => closed, timeoutMs),
    capabilities: door.target.capabilities,
    check: (file) => tracked(() => door.checked(file)),
    send(request) {
      const [front] = running.doors
      if (!front) throw new Error('The target has no public front door.')
      return tracked(() => front.send(request))
    },
  }
  return {
    harness,
    text: () => ({ request: shortList(sent), got: shortList(own().map(recordText)) }),
    async close() {
      closed = true
      control.reset()
      running.breakEffects(false)
      const ended = Promise.all(under).then(async () => {
        // What is still on its way comes to its end, so that no other case meets it.
        if (own().some(({ end }) => end === undefined)) await running.advance(drainMs)
        return true
      })
      return Promise.race([ended, sleep(patienceMs, false)])
    },
  }
}

/** One event to several functions has a number behind its id for each. */
function isOf(id: string, sent: string): boolean {
  return id === sent || (id.startsWith(sent) && /^[^A-Za-z0-9]/.test(id.slice(sent.length)))
}

function inputText(input: EventInput): string {
  return JSON.stringify(input, (_, value: unknown) => {
    if (value instanceof Uint8Array) return `${value.byteLength} bytes`
    return typeof value === 'bigint' ? `${value}n` : value
  })
}

function recordText({ id, function: name, attempts, end }: DeliveryRecord): string {
  const tries = attempts.map(({ at, outcome = 'not answered', error }) =>
    [at.toISOString(), outcome, ...(error === undefined ? [] : [error])].join(' '),
  )
  return [`${id} to ${name}: ${end ?? 'on its way'}`, ...tries.map((line) => `  ${line}`)].join('\n')
}

function shortList(lines: readonly string[]): string {
  const shown = lines.slice(0, 12).map((line) => (line.length > 500 ? `${line.slice(0, 500)}…` : line))
  return [...shown, ...(lines.length > 12 ? [`(and ${lines.length - 12} more)`] : [])].join('\n')
}
