import { Agent, request, type IncomingMessage } from 'node:http'

import { toContainer, type Fields } from '../google-headers.ts'
import type { Instance } from '../instance.ts'
import type { PushRequest } from './message.ts'

/** Sends requests of Google's own services to an instance, through its front end. */
export interface Pusher {
  /** Resolves with the status of the answer, or with why there is none. Never rejects. */
  push(push: Push): Promise<PushAnswer>
}

export interface Push extends PushRequest {
  method?: string
  /** Path and query. */
  target: string
  host: string
  /** After which nobody waits for the answer any more, in milliseconds of real time. */
  timeoutMs: number
}

export interface PushAnswer {
  status?: number
  /** The beginning of the body of an answer, or what went wrong. */
  text: string
}

/** How much of an answer is kept, in bytes. */
const maxTextBytes = 2048

/** Where Google's services send from; one of the addresses in https://www.gstatic.com/ipranges/goog.json */
const clientAddress = '66.249.93.1'

export interface Scaling {
  /** Requests that an instance takes at a time; more wait. */
  concurrency: number
  /** The most instances there may be. */
  maxInstances: number
  /** Starts one more. */
  startAnother(): Promise<Instance>
}

/** When requests wait and none has ended for so long, another instance is started; in milliseconds of real time. */
const scaleAfterMs = 1000

export function createPusher(first: Instance, { concurrency, maxInstances, startAnother }: Scaling): Pusher {
  const slots: Slot[] = [{ instance: first, busy: 0, session: undefined }]
  const waiting: ((slot: Slot) => void)[] = []
  /** When a request ended or an instance became ready. */
  let progressAt = 0
  let starting = 0
  let scaling = false

  /** A slot for one more request; undefined: it has to wait for one. */
  const pick = (): Slot | undefined => {
    const hasRoom = ({ busy }: Slot): boolean => busy < concurrency
    const free = slots.find((slot) => slot.instance.running && hasRoom(slot))
    if (free !== undefined) return free
    // What has crashed is started anew when nothing else is there or on its way.
    return slots.some((slot) => slot.instance.running || slot.busy > 0) ? undefined : slots.find(hasRoom)
  }
  const give = (slot: Slot): void => {
    slot.busy += 1
    waiting.shift()?.(slot)
  }
  const dispatch = (): void => {
    for (let slot = pick(); slot !== undefined && waiting.length > 0; slot = pick()) give(slot)
  }
  const enter = (): Promise<Slot> =>
    new Promise((resolve) => {
      waiting.push(resolve)
      dispatch()
      if (waiting.length > 0) scaleWhenStuck()
    })
  const leave = (slot: Slot): void => {
    progressAt = performance.now()
    slot.busy -= 1
    dispatch()
    if (slot.busy > 0) return
    // The instance is frozen now, and closes idle connections as soon as it is thawed: none may be used again.
    slot.session?.agent.destroy()
    slot.session?.lease.then((lease) => lease.release()).catch(() => {})
    slot.session = undefined
  }
  const scaleWhenStuck = (): void => {
    if (scaling) return
    scaling = true
    setTimeout(() => {
      const isStuck = waiting.length > 0 && starting === 0 && performance.now() - progressAt >= scaleAfterMs
      const scaled = isStuck ? scale() : Promise.resolve()
      void scaled.finally(() => {
        scaling = false
        if (waiting.length > 0) scaleWhenStuck()
      })
    }, scaleAfterMs)
  }
  const scale = async (): Promise<void> => {
    const ended = slots.find(({ instance, busy }) => !instance.running && busy === 0)
    if (ended !== undefined) return give(ended)
    if (slots.length >= maxInstances) return
    try {
      slots.push({ instance: await startAnother(), busy: 0, session: undefined })
      dispatch()
    } catch {
      // What it printed is in the logs; the requests go on waiting.
    }
  }
  /** A process may have to be started for it, for which others wait. */
  const acquire = async ({ instance, session }: Slot): ReturnType<Instance['acquire']> => {
    starting += 1
    try {
      await session?.lease
      // Another process may have been started meanwhile.
      return await instance.acquire()
    } finally {
      starting -= 1
      progressAt = performance.now()
    }
  }

  return {
    async push(push) {
      const slot = await enter()
      try {
        slot.session ??= { agent: new Agent({ keepAlive: true }), lease: slot.instance.acquire() }
        const { agent } = slot.session
        const lease = await acquire(slot)
        dispatch()
        try {
          return await exchange(agent, lease.port, push)
        } finally {
          lease.release()
        }
      } catch (error) {
        return { status: 503, text: error instanceof Error ? error.message : String(error) }
      } finally {
        leave(slot)
      }
    },
  }
}

/** An instance and the requests that it has. */
interface Slot {
  instance: Instance
  busy: number
  /** Keeps the instance from being frozen while one request follows another, and the connections that they share. */
  session: { agent: Agent; lease: ReturnType<Instance['acquire']> } | undefined
}

function exchange(agent: Agent, port: number, push: Push): Promise<PushAnswer> {
  return new Promise((resolve) => {
    const { method = 'POST', target: path, body } = push
    const fields: Fields = [['host', push.host], ...push.headers, ['content-length', String(body.length)]]
    const headers = toContainer(fields, clientAddress).flat()
    const outgoing = request({ agent, host: '127.0.0.1', port, method, path, headers })
    const done = (answer: PushAnswer): void => {
      clearTimeout(timer)
      resolve(answer)
    }
    const timer = setTimeout(() => {
      done({ text: `There was no answer within ${push.timeoutMs} ms.` })
      outgoing.destroy()
    }, push.timeoutMs)
    outgoing.once('information', ({ statusCode }) => {
      // The one interim answer that acknowledges: https://cloud.google.com/pubsub/docs/push#receive_push
      if (statusCode !== 102) return
      done({ status: 102, text: '' })
      outgoing.destroy()
    })
    outgoing.once('response', (answer) => {
      void textOf(answer).then((text) => done({ status: answer.statusCode ?? 0, text }))
    })
    // What ends without an answer gets a 503 of the front end: https://cloud.google.com/run/docs/troubleshooting#503
    outgoing.once('error', ({ message }) => done({ status: 503, text: `The instance gave no answer: ${message}` }))
    outgoing.end(body)
  })
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  try {
    for await (const piece of answer) {
      const bytes = Buffer.from(piece)
      if (length < maxTextBytes) pieces.push(bytes)
      length += bytes.length
    }
  } catch {
    // The status stands.
  }
  return Buffer.concat(pieces).toString('utf8', 0, maxTextBytes)
}
