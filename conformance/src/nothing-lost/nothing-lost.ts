import { join, resolve } from 'node:path'

import type { Target } from '@isobar/compiler'
import type { Host } from '@isobar/hosts'

import { openApplications } from '../runner/applications.ts'
import { bootEvents, eventDoorId, type EventDoor } from '../runner/events/event-door.ts'
import type { Instruction, SeenEvent } from '../types.ts'
import { createRandom, type Random } from './random.ts'

export interface NothingLostOptions {
  target: Target
  /** @default 10000 */
  messages?: number
  /** How often the runtime is killed while messages are handled. @default 10 */
  kills?: number
  /** One seed has the same failures at the same messages; where the kills fall depends on the machine. @default 1 */
  seed?: number
  /** As for `runConformance`. @default .isobar/conformance below the working directory */
  workDirectory?: string
  /** Hosts of platforms that `@isobar/hosts` does not know. */
  hosts?: readonly Host[]
}

/** Where the messages of a run ended. */
export interface NothingLostReport {
  /** `aws-lambda/events` */
  door: string
  messages: number
  /** Times that a message was handed over. */
  attempts: number
  kills: number
  /** Acknowledged, and a handler had resolved. */
  done: number
  /** Among the dead: rejected, or tried too often. */
  dead: number
  /** In no place, neither done nor among the dead, or dead without a cause. Every one is named. */
  lost: string[]
  /** Acknowledged although no handler resolved and nobody set them aside. A part of `lost`. */
  acknowledgedUnhandled: number
  /** Dead although no handler rejected it and it was not tried as often as its trigger says. A part of `lost`. */
  deadWithoutCause: number
  durationMs: number
}

const source = 'queue:jobs'
/** What the trigger of the events application says for this queue. */
const maxAttempts = 5
/** Messages that are sent at a time; the next ones follow a minute later, while those that failed are on their way. */
const chunk = 500
const minuteMs = 60_000
const hourMs = 3_600_000
/** Longer than any platform keeps a message in a queue, hours. */
const patienceHours = 15 * 24

/**
 * Sends messages to one queue of the events application while handlers fail, delay, reject and the runtime is killed, and
 * looks where each message is in the end.
 */
export async function runNothingLost(options: NothingLostOptions): Promise<NothingLostReport> {
  const { target, messages = 10_000, kills = 10, seed = 1 } = options
  const began = performance.now()
  const applications = await openApplications(resolve(options.workDirectory ?? join('.isobar', 'conformance')))
  try {
    const door = await bootEvents(applications, target, options.hosts ?? [])
    try {
      const told = await disturb(door, messages, kills, createRandom(seed))
      return {
        ...(await judge(door, messages, told.rejected)),
        door: eventDoorId(target),
        kills: told.killed,
        durationMs: Math.round(performance.now() - began),
      }
    } finally {
      await door.stop()
    }
  } finally {
    await applications.dispose()
  }
}

interface Disturbance {
  /** How often the runtime was killed. */
  killed: number
  /** The messages that a handler was told to reject. */
  rejected: Set<string>
}

async function disturb(door: EventDoor, messages: number, kills: number, random: Random): Promise<Disturbance> {
  const { running, control } = door
  const between = Math.max(1, Math.floor(messages / (kills + 1)))
  let calls = 0
  let killed = 0
  const rejected = new Set<string>()
  let killing: Promise<unknown> = Promise.resolve()
  control.answer((seen) => {
    calls += 1
    if (calls % between === 0 && killed < kills) {
      killed += 1
      killing = killing.then(() => running.kill())
    }
    const instruction = instructionFor(seen, random)
    if (instruction.do === 'reject') rejected.add(messageOf(seen))
    return instruction
  })
  const bodies = Array.from({ length: messages }, (_, index) => ({ body: JSON.stringify({ message: name(index) }) }))
  for (let from = 0; from < bodies.length; from += chunk) {
    await running.deliver(source, bodies.slice(from, from + chunk))
    await running.advance(minuteMs)
  }
  for (let hours = 0; hours < patienceHours && running.deliveries().some(({ end }) => end === undefined); hours++) {
    await running.advance(hourMs)
  }
  await killing
  return { killed, rejected }
}

/** Most resolve; the others fail, delay or reject, each by its own dice. */
function instructionFor(seen: SeenEvent, random: Random): Instruction {
  const dice = random.of(`${messageOf(seen)} ${seen.delivery.attempt ?? ''}`)
  if (dice < 0.15) return { do: 'throw', message: 'by chance' }
  if (dice < 0.25) return { do: 'retry-after', seconds: Math.ceil(dice * 1000) }
  if (dice < 0.28) return { do: 'reject', reason: 'by chance' }
  return { do: 'resolve' }
}

async function judge(
  { running, control }: EventDoor,
  messages: number,
  rejected: ReadonlySet<string>,
): Promise<Omit<NothingLostReport, 'door' | 'kills' | 'durationMs'>> {
  const records = running.deliveries().filter((record) => record.source === source)
  const resolved = new Set(control.resolved().map(messageOf))
  const dead = new Set((await running.deadLetters(source)).map(({ body }) => messageIn(Buffer.from(body).toString())))
  // Deliveries stand in the order in which their messages were sent.
  if (records.length !== messages) {
    throw new Error(`${messages} messages were sent, and ${records.length} were delivered.`)
  }
  const lost: string[] = []
  let done = 0
  let acknowledgedUnhandled = 0
  let deadWithoutCause = 0
  for (let index = 0; index < messages; index++) {
    const message = name(index)
    const { end, attempts = [] } = records[index] ?? {}
    if (dead.has(message)) {
      if (rejected.has(message) || attempts.length >= maxAttempts) continue
      deadWithoutCause += 1
      lost.push(`${message}: dead after ${attempts.length} attempts`)
      continue
    }
    if (end === 'acknowledged' && resolved.has(message)) {
      done += 1
      continue
    }
    if (end === 'acknowledged') acknowledgedUnhandled += 1
    lost.push(`${message}: ${end ?? 'on its way'}`)
  }
  return {
    messages,
    attempts: records.reduce((sum, { attempts }) => sum + attempts.length, 0),
    done,
    dead: dead.size - deadWithoutCause,
    lost,
    acknowledgedUnhandled,
    deadWithoutCause,
  }
}

function name(index: number): string {
  return `message-${String(index).padStart(6, '0')}`
}

function messageOf(seen: Pick<SeenEvent, 'bytes'>): string {
  return messageIn(Buffer.from(seen.bytes, 'hex').toString())
}

function messageIn(text: string): string {
  return /message-\d{6}/.exec(text)?.[0] ?? ''
}
