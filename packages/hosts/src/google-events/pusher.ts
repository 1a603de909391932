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

/** @param concurrency requests that the instance takes at a time; more wait. */
export function createPusher(instance: Instance, concurrency: number): Pusher {
  const waiting: (() => void)[] = []
  let busy = 0
  /** Keeps the instance from being frozen while one request follows another, and the connections that they share. */
  let session: Session | undefined

  const enter = async (): Promise<void> => {
    if (busy < concurrency) busy += 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const leave = (): void => {
    const next = waiting.shift()
    if (next !== undefined) return next()
    busy -= 1
    if (busy > 0) return
    // The instance is frozen now, and closes idle connections as soon as it is thawed: none may be used again.
    session?.agent.destroy()
    session?.lease.then((lease) => lease.release()).catch(() => {})
    session = undefined
  }

  return {
    async push(push) {
      await enter()
      try {
        session ??= { agent: new Agent({ keepAlive: true }), lease: instance.acquire() }
        const { agent, lease: first } = session
        await first
        // Another process may have been started meanwhile.
        const lease = await instance.acquire()
        try {
          return await exchange(agent, lease.port, push)
        } finally {
          lease.release()
        }
      } catch (error) {
        return { status: 503, text: error instanceof Error ? error.message : String(error) }
      } finally {
        leave()
      }
    },
  }
}

interface Session {
  agent: Agent
  lease: ReturnType<Instance['acquire']>
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
