/**
 * A Worker beside the user's, in the same workerd: it calls the handlers `queue` and `scheduled` of the one that is bound to
 * it. It decodes a body as the runtime does for a consumer: `bytes` is an ArrayBuffer, `v8` is left to workerd.
 */
export const dispatcherSource = `
import { Buffer } from 'node:buffer'

export default {
  async fetch(request, env) {
    const call = await request.json()
    if (call.type === 'scheduled') {
      return Response.json(await env.WORKER.scheduled({ cron: call.cron, scheduledTime: new Date(call.scheduledTime) }))
    }
    const messages = call.messages.map(({ id, timestamp, attempts, contentType, body }) => {
      const bytes = Buffer.from(body, 'base64')
      return { id, timestamp: new Date(timestamp), attempts, ...decoded(contentType, bytes) }
    })
    const { oldestMessageTimestamp: oldest, ...metrics } = call.metrics
    if (oldest > 0) metrics.oldestMessageTimestamp = new Date(oldest)
    return Response.json(await env.WORKER.queue(call.queue, messages, { metrics }))
  },
}

function decoded(contentType, bytes) {
  switch (contentType) {
    case 'text':
      return { body: bytes.toString('utf8') }
    case 'json':
      return { body: JSON.parse(bytes.toString('utf8')) }
    case 'bytes':
      return { body: new Uint8Array(bytes).buffer }
    default:
      return { serializedBody: new Uint8Array(bytes) }
  }
}
`

/** In the same workerd; no Worker of a user's may have a colon in its name. */
export const dispatcherName = 'isobar:events'

/** What the dispatcher is sent as JSON. */
export type DispatcherCall =
  | { type: 'scheduled'; cron: string; scheduledTime: number }
  | {
      type: 'queue'
      queue: string
      messages: DispatchedMessage[]
      metrics: QueueMetrics
    }

export interface DispatchedMessage {
  id: string
  /** Milliseconds since 1970. */
  timestamp: number
  /** Counts from 1. */
  attempts: number
  contentType: ContentType
  /** Base64. */
  body: string
}

/** https://developers.cloudflare.com/queues/configuration/javascript-apis/#queuescontenttype */
export type ContentType = (typeof contentTypes)[number]

export const contentTypes = ['text', 'bytes', 'json', 'v8'] as const

/** What workerd says of a batch. https://developers.cloudflare.com/workers/runtime-apis/bindings/service-bindings/ */
export interface QueueResult {
  outcome: string
  ackAll: boolean
  retryBatch: { retry: boolean; delaySeconds?: number }
  explicitAcks: string[]
  retryMessages: { msgId: string; delaySeconds?: number }[]
}

export interface ScheduledResult {
  outcome: string
}

/** https://developers.cloudflare.com/queues/observability/metrics/ */
export interface QueueMetrics {
  backlogCount: number
  backlogBytes: number
  /** Milliseconds since 1970; 0 when there is none. */
  oldestMessageTimestamp: number
}
